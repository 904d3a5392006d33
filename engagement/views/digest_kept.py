"""One digest as operators see it: as sent with its scores and reasons, its words where they may be read."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from engagement.digests import archive, operating, reading_along, wording
from engagement.permissions import can_decide_about_digest
from engagement.views.digest_as_sent import headers_of, rows_of
from engagement.views.digest_oversight import digest_or_404, operator_of
from innoteams.lib.sealed import SANDBOX, sealed


@require_safe
def kept_digest(request: HttpRequest, pk: int) -> HttpResponse:
    person = operator_of(request)
    digest = digest_or_404(person, pk)
    verdict = reading_along.words_of(digest, person)
    [steps] = wording.trails_of([digest])
    decides = bool(can_decide_about_digest(person, digest))
    context = {
        "digest": digest,
        "period": wording.period_words(digest.period_key),
        "why": wording.reason_words(digest.reason) if digest.reason else "",
        "error": reading_along.without_addresses(digest.error),
        "steps": steps,
        "is_written": bool(digest.html_body),
        "words": verdict,
        "items": rows_of(digest, with_words=bool(verdict)),
        "sandbox": SANDBOX,
        "can_hold": decides and not digest.held_at and digest.state in operating.HOLDABLE,
        "can_release": decides and digest.held_at,
        "can_resend": decides and digest.state in operating.RESENDABLE,
        **headers_of(digest, with_words=bool(verdict)),
    }
    return render(request, "engagement/digest_kept.html", context)


@require_safe
def kept_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part as sent, without the keys of its links; 404 for whom its words are withheld."""
    person = operator_of(request)
    digest = digest_or_404(person, pk)
    if not digest.html_body or not reading_along.words_of(digest, person):
        raise Http404
    return sealed(reading_along.without_keys(archive.page_as_sent(digest)))
