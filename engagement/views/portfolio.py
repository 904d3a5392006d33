"""The coordinator's portfolio, the lists that its figures lead to, and the same as files."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cities.querysets import today
from cities.standing import settled, standing_of
from engagement import exports
from engagement.forms.portfolio import NarrowingForm, chosen_words
from engagement.models import CheckIn
from engagement.portfolio import Board, Portfolio, portfolio_of
from engagement.portfolio.figures import figures_of, footer_of, unasked_of
from engagement.portfolio.narrowing import from_address
from engagement.portfolio.tables import LISTS, Table, state_words, titles
from engagement.promises import check_in_due, is_late
from engagement.views.doors import signed_in

PER_PAGE = 50
# Of a heat map; the totals below it are of all teams.
TEAMS_PER_PAGE = 40
WAITING_SHOWN = 3
WHAT = "|".join(LISTS)

Spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    """404 for everybody who coordinates nothing: there is no portfolio of theirs."""
    found = _found(request, of_page=True)
    boards = [_paged(board, request) for board in found.boards]
    context = {
        "portfolio": found,
        "query": found.wanted.query,
        "boards": boards,
        "figures": figures_of(found),
        "form": NarrowingForm(found),
        "chosen": chosen_words(found),
        "words": state_words(),
        "waiting": _waiting(found.queue[:WAITING_SHOWN]),
        "waiting_count": len(found.queue),
        "decides": any(board.decides for board in found.boards),
        "reads_only": bool(found.programmes) and not found.queue and not any(b.decides for b in found.boards),
    }
    return render(request, "engagement/portfolio.html", context)


@require_safe
def portfolio_rows(request: HttpRequest, what: str) -> HttpResponse:
    """Exactly the rows that a figure counts."""
    found = _found(request)
    table = LISTS[what](found)
    page = Paginator(table.rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "portfolio": found,
        "what": what,
        "title": titles()[what],
        "table": table,
        "page_obj": page,
        "page_rows": [list(zip(table.heads, row, strict=True)) for row in page.object_list],
        "query": found.wanted.query,
        "back": found.wanted.of_page.query,
        "chosen": chosen_words(found),
        "people": sum(one.people or 0 for one in found.heard) if what == "consultations" else None,
    }
    return render(request, "engagement/portfolio_rows.html", context)


@require_safe
def portfolio_export(request: HttpRequest, what: str) -> HttpResponse:
    """What the list shows at the same address, all its pages."""
    response = _file(what, "csv", "text/csv; charset=utf-8")
    # So that spreadsheets read the letters outside ASCII as what they are.
    response.write("\ufeff")
    exports.write_csv(response, LISTS[what](_found(request)))
    return response


@require_safe
def portfolio_sheet(request: HttpRequest, what: str) -> HttpResponse:
    response = _file(what, "xlsx", Spreadsheet)
    response.write(exports.workbook({titles()[what]: LISTS[what](_found(request))}))
    return response


@require_safe
def portfolio_workbook(request: HttpRequest) -> HttpResponse:
    """The teams and the projects of the page at the same address."""
    found = _found(request, of_page=True)
    sheets: dict[str, Table] = {titles()[what]: LISTS[what](found) for what in ("teams", "projects")}
    response = _file("portfolio", "xlsx", Spreadsheet)
    response.write(exports.workbook(sheets))
    return response


def _waiting(keys: list[int]) -> list[CheckIn]:
    """In that order, each with the day that an answer is promised for."""
    rows = CheckIn.objects.for_rows().in_bulk(keys)
    for check_in in rows.values():
        check_in.due = check_in_due(check_in)
        check_in.late = is_late(check_in.due)
    return [rows[key] for key in keys]


def _file(what: str, ending: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content_type=content_type)
    name = what if what == "portfolio" else f"portfolio-{what}"
    response["Content-Disposition"] = f'attachment; filename="{name}-{today()}.{ending}"'
    return response


def _found(request: HttpRequest, *, of_page: bool = False) -> Portfolio:
    reader = signed_in(request)
    if not standing_of(reader).is_coordinator:
        raise Http404
    settled(reader)
    wanted = from_address(request.GET)
    return portfolio_of(reader, wanted.of_page if of_page else wanted)


def _paged(board: Board, request: HttpRequest) -> dict[str, object]:
    """One page of a heat map; each board turns its own pages."""
    name = f"page-{board.programme.slug}"
    asked = [row for row in board.rows if not row.is_unasked]
    page = Paginator(asked, TEAMS_PER_PAGE).get_page(request.GET.get(name))
    wanted = from_address(request.GET)
    labels = {"accepted": _("Accepted"), "waiting": _("Waits for an answer"), "late": _("Team late")}
    return {
        "board": board,
        "page": page,
        "name": name,
        "pages": [(number, _page_url(request, name, number)) for number in page.paginator.page_range],
        "unasked": unasked_of(board, wanted),
        "footer": [(key, labels[key], figures) for key, figures in footer_of(board, wanted)],
    }


def _page_url(request: HttpRequest, name: str, number: int) -> str:
    asked = request.GET.copy()
    asked[name] = str(number)
    return f"?{asked.urlencode()}"
