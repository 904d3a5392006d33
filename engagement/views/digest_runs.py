"""Digests as operators see them: how the sending goes, any digest with its scores and reasons, holding, releasing and
sending again; who is never shown and who receives nothing.

404 for everybody who oversees none. Figures and rows are those of the people one answers for.
"""

import csv
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cities.standing import standing_of
from engagement.choices import DigestState, Stream
from engagement.digests import archive, operating, reached, runs
from engagement.digests.exposure import MONTH
from engagement.exports import safe_cell
from engagement.forms.digest_runs import RunFilterForm, WhyForm
from engagement.models import Digest
from engagement.permissions import can_decide_about_digest, can_dry_run, can_hold_stream, oversees_digests
from engagement.querysets import DigestQuerySet
from engagement.views.digest_as_sent import headers_of, rows_of
from engagement.views.doors import UNPROCESSABLE, attempt, attempt_or_tell, or_403, posted, signed_in
from innoteams.accounts.models import User
from innoteams.lib.sealed import SANDBOX, sealed

logger = logging.getLogger(__name__)

RUNS_PER_PAGE = 20
ROWS_PER_PAGE = 50
# Those who are never shown come first; the others are one click away.
TEAMS_SHOWN = 40
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def operator_of(request: HttpRequest) -> User:
    """Whoever answers for digests; nobody else learns that there is anything here."""
    person = signed_in(request)
    if not oversees_digests(person):
        raise Http404
    return person


def tabs_of(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """The pages of this area that are for the one who asks."""
    person = signed_in(request)
    tabs = [(_("Runs"), "digest_runs")]
    if can_dry_run(person):
        tabs.append((_("Dry run"), "digest_dry_run"))
    if standing_of(person).is_coordinator:
        tabs.append((_("Pinned"), "digest_pins"))
    tabs.append((_("Who is reached"), "digest_exposure"))
    return [(label, reverse(name), request.path == reverse(name)) for label, name in tabs]


def _ledger(person: User) -> DigestQuerySet:
    rows: DigestQuerySet = Digest.objects.overseen_by(person)
    return rows


# --- Runs ----------------------------------------------------------------------------------------------------------


@require_safe
def run_list(request: HttpRequest) -> HttpResponse:
    person = operator_of(request)
    rows, now = _ledger(person), timezone.now()
    form = RunFilterForm(request.GET)
    chosen = form.chosen()
    # As a list: counting the runs costs as much as reading them.
    page = Paginator(list(runs.runs_of(rows, **chosen)), RUNS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "narrowed": any(chosen.values()),
        "page_obj": page,
        "runs": runs.told(page.object_list, rows),
        "waiting": runs.waiting_of(rows, operating.open_holds(), now),
        "holds_streams": bool(can_hold_stream(person)),
        "tabs": tabs_of(request),
    }
    return render(request, "engagement/digest_runs.html", context)


@require_safe
def run_detail(request: HttpRequest, stream: str, period_key: str) -> HttpResponse:
    person = operator_of(request)
    rows = _run(person, stream, period_key)
    [run] = runs.told(_group_or_404(rows), rows)
    state = request.GET.get("state", "")
    state = state if state in DigestState.values else ""
    light = rows.filter(state=state) if state else rows
    light = light.select_related("person").defer("html_body", "text_body").order_by("person__name", "pk")
    page = Paginator(light, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    digests = list(page.object_list)
    context = {
        "run": run,
        "state": state,
        "page_obj": page,
        "rows": [_row(digest, steps) for digest, steps in zip(digests, runs.trails_of(digests), strict=True)],
        "exposure": runs.exposure_of(rows) if stream == Stream.NETWORK else None,
    }
    return render(request, "engagement/digest_run.html", context)


@require_safe
def run_export(request: HttpRequest, stream: str, period_key: str) -> StreamingHttpResponse:
    """The rows of the page at the same address, all its pages, as CSV."""
    rows = _run(operator_of(request), stream, period_key)
    _group_or_404(rows)
    if (state := request.GET.get("state", "")) in DigestState.values:
        rows = rows.filter(state=state)
    response = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="digests-{stream}-{period_key}.csv"'
    return response


def _run(person: User, stream: str, period_key: str) -> DigestQuerySet:
    return _ledger(person).filter(stream=stream, period_key=period_key)


def _group_or_404(rows: DigestQuerySet) -> Iterable[dict[str, Any]]:
    found = list(runs.runs_of(rows))
    if not found:
        raise Http404
    return found


def _row(digest: Digest, steps: list[runs.Step]) -> dict[str, object]:
    return {
        "digest": digest,
        "why": runs.reason_words(digest.reason) if digest.reason else "",
        "error": runs.without_addresses(digest.error),
        "steps": steps,
    }


class _Line:
    """What a csv.writer writes to: it hands each line on."""

    def write(self, text: str) -> str:
        return text


_COLUMNS = ("id", "stream", "period_key", "state", "reason", "language", "attempts", "message_id", "error")
_MOMENTS = ("due_at", "built_at", "sent_at", "next_attempt_at", "held_at")


def _csv(rows: DigestQuerySet) -> Iterator[str]:
    # So that spreadsheets read the letters outside ASCII as what they are.
    yield "\ufeff"
    writer = csv.writer(_Line())
    yield writer.writerow(["person", *_COLUMNS, *_MOMENTS])
    found = rows.order_by("pk").values_list("person__name", *_COLUMNS, *_MOMENTS)
    for name, *values in found.iterator(chunk_size=2000):
        cells = [name, *values[: len(_COLUMNS) - 1], runs.without_addresses(values[len(_COLUMNS) - 1])]
        moments = [moment.isoformat(timespec="seconds") if moment else "" for moment in values[len(_COLUMNS) :]]
        yield writer.writerow([safe_cell(cell) for cell in [*cells, *moments]])


# --- One digest ----------------------------------------------------------------------------------------------------


@require_safe
def kept_digest(request: HttpRequest, pk: int) -> HttpResponse:
    person = operator_of(request)
    digest = _digest_or_404(person, pk)
    verdict = runs.words_of(digest, person)
    [steps] = runs.trails_of([digest])
    decides = bool(can_decide_about_digest(person, digest))
    context = {
        "digest": digest,
        "period": runs.period_words(digest.period_key),
        "why": runs.reason_words(digest.reason) if digest.reason else "",
        "error": runs.without_addresses(digest.error),
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
    digest = _digest_or_404(person, pk)
    if not digest.html_body or not runs.words_of(digest, person):
        raise Http404
    return sealed(runs.without_keys(archive.page_as_sent(digest)))


def _digest_or_404(person: User, pk: int) -> Digest:
    digest: Digest = get_object_or_404(_ledger(person).select_related("person", "held_by"), pk=pk)
    return digest


# --- Holding, releasing, sending again -----------------------------------------------------------------------------


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
    digest = _digest_or_404(person, pk)
    or_403(can_decide_about_digest(person, digest))
    form = WhyForm(posted(request))
    if form.is_valid() and _done(form, lambda why: operating.hold_digest(by=person, digest=digest, why=why)):
        messages.success(request, _("Held back until somebody releases it."))
        return redirect("digest_kept", digest.pk)
    context = {"form": form, "digest": digest, "period": runs.period_words(digest.period_key)}
    return render(request, "engagement/digest_hold.html", context, status=_status(form))


@require_POST
def digest_release(request: HttpRequest, pk: int) -> HttpResponse:
    person = operator_of(request)
    digest = _digest_or_404(person, pk)
    or_403(can_decide_about_digest(person, digest))
    if attempt_or_tell(request, lambda: operating.release_digest(by=person, digest=digest)):
        messages.success(request, _("Released. It goes out once its time has come."))
    return redirect("digest_kept", digest.pk)


@_get_or_post
def digest_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """GET says what it would mean; POST puts it back into the queue."""
    person = operator_of(request)
    digest = _digest_or_404(person, pk)
    or_403(can_decide_about_digest(person, digest))
    form = WhyForm(posted(request))
    if form.is_valid() and _done(form, lambda why: operating.resend(by=person, digest=digest, why=why)):
        messages.success(request, _("It goes out again within minutes."))
        return redirect("digest_kept", digest.pk)
    context = {
        "form": form,
        "digest": digest,
        "period": runs.period_words(digest.period_key),
        "possible": digest.state in operating.RESENDABLE,
        "twice": digest.state == DigestState.UNKNOWN,
    }
    return render(request, "engagement/digest_resend.html", context, status=_status(form))


def _done(form: WhyForm, act: Callable[[str], object]) -> bool:
    """The verb, with why. A refusal stands in the form."""
    return attempt(form, lambda: act(form.cleaned_data["why"])) is not None


def _status(form: WhyForm) -> int:
    return UNPROCESSABLE if form.is_bound else 200


# --- Who is never shown, who receives nothing ----------------------------------------------------------------------


@require_safe
def exposure(request: HttpRequest) -> HttpResponse:
    person, now = operator_of(request), timezone.now()
    since = now - MONTH
    teams = reached.teams_shown(person, since)
    people = reached.unreached(person, since, now)
    why = request.GET.get("why", "")
    chosen = [row for row in people if row.why == why] if why in reached.WHY else people
    page = Paginator(chosen, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    cities = reached.cities_of(row.person for row in page.object_list)
    context = {
        "tabs": tabs_of(request),
        "teams": teams if request.GET.get("teams") == "all" else teams[:TEAMS_SHOWN],
        "teams_count": len(teams),
        "never": sum(not row.times for row in teams),
        "most": max((row.times for row in teams), default=1) or 1,
        "page_obj": page,
        "people": [(row, cities.get(row.person.pk, [])) for row in page.object_list],
        "people_count": len(people),
        "reasons": reached.counted(people),
        "why": why if why in reached.WHY else "",
    }
    return render(request, "engagement/digest_exposure.html", context)
