"""How the sending goes: the runs, and one run row by row, as a page and as CSV."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from engagement.choices import DigestState, Stream
from engagement.digests import operating, overdue, reading_along, runs, shown, wording
from engagement.exports import safe_cell
from engagement.forms.digest_runs import RunFilterForm
from engagement.models import Digest
from engagement.permissions import can_hold_stream
from engagement.querysets import DigestQuerySet
from engagement.views.digest_oversight import ledger_of, operator_of, tabs_of
from innoteams.accounts.models import User

RUNS_PER_PAGE = 20
ROWS_PER_PAGE = 50


@require_safe
def run_list(request: HttpRequest) -> HttpResponse:
    person = operator_of(request)
    rows, now = ledger_of(person), timezone.now()
    form = RunFilterForm(request.GET)
    chosen = form.chosen()
    # As a list: counting the runs costs as much as reading them.
    page = Paginator(list(runs.runs_of(rows, **chosen)), RUNS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "narrowed": any(chosen.values()),
        "page_obj": page,
        "runs": runs.told(page.object_list, rows),
        "waiting": overdue.waiting_of(rows, operating.open_holds(), now),
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
        "rows": [_row(digest, steps) for digest, steps in zip(digests, wording.trails_of(digests), strict=True)],
        "exposure": shown.exposure_of(rows) if stream == Stream.NETWORK else None,
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
    return ledger_of(person).filter(stream=stream, period_key=period_key)


def _group_or_404(rows: DigestQuerySet) -> Iterable[dict[str, Any]]:
    found = list(runs.runs_of(rows))
    if not found:
        raise Http404
    return found


def _row(digest: Digest, steps: list[wording.Step]) -> dict[str, object]:
    return {
        "digest": digest,
        "why": wording.reason_words(digest.reason) if digest.reason else "",
        "error": reading_along.without_addresses(digest.error),
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
        cells = [name, *values[: len(_COLUMNS) - 1], reading_along.without_addresses(values[len(_COLUMNS) - 1])]
        moments = [moment.isoformat(timespec="seconds") if moment else "" for moment in values[len(_COLUMNS) :]]
        yield writer.writerow([safe_cell(cell) for cell in [*cells, *moments]])
