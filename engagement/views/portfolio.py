"""The coordinator's portfolio, and the same as CSV."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cities.querysets import today
from cities.standing import standing_of
from engagement import exports
from engagement.choices import CheckInState
from engagement.portfolio import ANSWER_LATE, LATE, Narrowing, Portfolio, ProjectRow, portfolio_of
from engagement.views.doors import signed_in
from projects.choices import PHASES

PER_PAGE = 50


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    """404 for everybody who coordinates nothing: there is no portfolio of theirs."""
    wanted, found = _found(request)
    rows = _project_rows(found, wanted)
    words = exports.state_words()
    context = {
        "portfolio": found,
        "wanted": wanted,
        "words": words,
        "states": [*((key, words[key]) for key in words), ("quiet", _("nothing logged for 90 days"))],
        "phases": PHASES,
        "teams": len(found.teams),
        "phase_counts": found.phases,
        "most_in_phase": max((count for _phase, count in found.phases), default=0),
        "stale": found.stale_count,
        "quiet": found.quiet_count,
        "to_answer": found.count(CheckInState.SUBMITTED, ANSWER_LATE, mine=True),
        "answer_late": found.count(ANSWER_LATE),
        "team_late": found.count(LATE),
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "reads_only": bool(found.boards) and not any(board.decides for board in found.boards),
    }
    return render(request, "engagement/portfolio.html", context)


@require_safe
def portfolio_export(request: HttpRequest, what: str) -> HttpResponse:
    """What the page shows at the same address, all its pages: the teams, or the projects."""
    wanted, found = _found(request)
    rows = exports.team_rows(found) if what == "teams" else exports.project_rows(_project_rows(found, wanted))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="portfolio-{what}-{today()}.csv"'
    # So that spreadsheets read the letters outside ASCII as what they are.
    response.write("\ufeff")
    exports.write_rows(response, rows)
    return response


def _found(request: HttpRequest) -> tuple[Narrowing, Portfolio]:
    reader = signed_in(request)
    if not standing_of(reader).is_coordinator:
        raise Http404
    asked = request.GET
    wanted = Narrowing(
        programme=asked.get("programme", ""),
        phase=asked.get("phase", ""),
        state=asked.get("state", ""),
        stale=asked.get("stale") == "1",
    )
    return wanted, portfolio_of(reader, wanted)


def _project_rows(found: Portfolio, wanted: Narrowing) -> list[ProjectRow]:
    rows = [row for row in found.projects if wanted.phase in ("", row.project.phase)]
    return [row for row in rows if row.is_stale or not wanted.stale]
