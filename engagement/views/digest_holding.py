"""What operators do with a stream or a digest: hold it back, release it, send it again."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from engagement.choices import DigestState, Stream
from engagement.digests import operating, wording
from engagement.forms.digest_runs import WhyForm
from engagement.models import Digest
from engagement.permissions import can_decide_about_digest, can_hold_stream
from engagement.views.digest_oversight import digest_or_404, operator_of
from engagement.views.doors import UNPROCESSABLE, attempt, attempt_or_tell, or_403, posted

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@_get_or_post
def stream_hold(request: HttpRequest, stream: str) -> HttpResponse:
    person = operator_of(request)
    if stream not in Stream.values:
        raise Http404
    or_403(can_hold_stream(person))
    form = WhyForm(posted(request))
    if form.is_valid() and _done(form, lambda why: operating.hold_stream(by=person, stream=stream, why=why)):
        messages.success(request, _("Held back. Nothing of this stream goes out until somebody releases it."))
        return redirect("digest_runs")
    waiting = Digest.objects.filter(stream=stream, state__in=operating.HOLDABLE).count()
    context = {"form": form, "stream": Stream(stream), "number": waiting}
    return render(request, "engagement/digest_stream_hold.html", context, status=_status(form))


@require_POST
def stream_release(request: HttpRequest, stream: str) -> HttpResponse:
    person = operator_of(request)
    if stream not in Stream.values:
        raise Http404
    or_403(can_hold_stream(person))
    if attempt_or_tell(request, lambda: operating.release_stream(by=person, stream=stream)):
        messages.success(request, _("Released. What waits goes out within minutes."))
    return redirect("digest_runs")


@_get_or_post
def digest_hold(request: HttpRequest, pk: int) -> HttpResponse:
    person = operator_of(request)
    digest = digest_or_404(person, pk)
    or_403(can_decide_about_digest(person, digest))
    form = WhyForm(posted(request))
    if form.is_valid() and _done(form, lambda why: operating.hold_digest(by=person, digest=digest, why=why)):
        messages.success(request, _("Held back until somebody releases it."))
        return redirect("digest_kept", digest.pk)
    context = {"form": form, "digest": digest, "period": wording.period_words(digest.period_key)}
    return render(request, "engagement/digest_hold.html", context, status=_status(form))


@require_POST
def digest_release(request: HttpRequest, pk: int) -> HttpResponse:
    person = operator_of(request)
    digest = digest_or_404(person, pk)
    or_403(can_decide_about_digest(person, digest))
    if attempt_or_tell(request, lambda: operating.release_digest(by=person, digest=digest)):
        messages.success(request, _("Released. It goes out once its time has come."))
    return redirect("digest_kept", digest.pk)


@_get_or_post
def digest_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """GET says what it would mean; POST puts it back into the queue."""
    person = operator_of(request)
    digest = digest_or_404(person, pk)
    or_403(can_decide_about_digest(person, digest))
    form = WhyForm(posted(request))
    if form.is_valid() and _done(form, lambda why: operating.resend(by=person, digest=digest, why=why)):
        messages.success(request, _("It goes out again within minutes."))
        return redirect("digest_kept", digest.pk)
    context = {
        "form": form,
        "digest": digest,
        "period": wording.period_words(digest.period_key),
        "possible": digest.state in operating.RESENDABLE,
        "twice": digest.state == DigestState.UNKNOWN,
    }
    return render(request, "engagement/digest_resend.html", context, status=_status(form))


def _done(form: WhyForm, act: Callable[[str], object]) -> bool:
    """The verb, with why. A refusal stands in the form."""
    return attempt(form, lambda: act(form.cleaned_data["why"])) is not None


def _status(form: WhyForm) -> int:
    return UNPROCESSABLE if form.is_bound else 200
