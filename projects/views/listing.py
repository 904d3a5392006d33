"""Finding projects: words, facets with counts, a list and a board, at one address that can be shared."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cities.models import Topic
from cities.standing import settled, standing_of
from innoteams.accounts.models import User
from projects.choices import Phase
from projects.facets import Facets, facets_of
from projects.filters import MINE, ProjectFilter
from projects.models import Project
from projects.saved_searches import as_address
from projects.words import words_of

PER_PAGE = 25
PER_COLUMN = 8
BEST_MATCH = "match"
ORDERS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "changed": (_("Last changed"), ("-updated_at", "-pk")),
    "newest": (_("Newest"), ("-created_at", "-pk")),
    "title": (_("Title"), ("title", "pk")),
    "city": (_("City"), ("team__city__slug", "title", "pk")),
}


@login_not_required
def project_list(request: HttpRequest) -> HttpResponse:
    reader = settled(request.user)
    filters = ProjectFilter(request.GET, Project.objects.visible_to(reader), person=reader)
    topics = list(Topic.objects.select_related("group").order_by("group__position", "position"))
    facets = facets_of(filters, topics)
    words = str(filters.chosen.get("q", "")).strip()
    order = _order(request, words)
    context: dict[str, object] = {
        "facets": facets,
        "words": words,
        "order": order,
        "orders": _orders(words),
        "mine": filters.chosen.get("mine", ""),
        "mines": MINE.items(),
        "is_narrowed": bool(filters.chosen),
        "chips": _chips(request.GET, facets, words),
        "may_log": isinstance(request.user, User) and standing_of(request.user).writes,
        "save_url": _save_url(request, filters),
        "is_board": request.GET.get("view") == "board",
        "view": request.GET.get("view", ""),
    }
    if context["is_board"]:
        context["columns"] = _board(filters, facets)
    else:
        context["page_obj"] = _page(request, filters, facets.total, words, order)
    # An answer to htmx is the same page without its shell.
    is_fragment = bool(getattr(request, "htmx", False))
    template = "projects/_project_list.html" if is_fragment else "projects/project_list.html"
    response = render(request, template, context)
    response["Vary"] = "HX-Request, Cookie"
    return response


def _save_url(request: HttpRequest, filters: ProjectFilter) -> str:
    """Where this search is kept, for whoever is signed in and has chosen something."""
    narrowed = as_address(filters.chosen) if isinstance(request.user, User) else ""
    return f"{reverse('search_save')}?{narrowed}" if narrowed else ""


def _chips(query: QueryDict, facets: Facets, words: str) -> list[dict[str, str]]:
    """What is chosen, each with the address that leaves it out."""
    chips = [{"label": choice.label, "url": _less(query, facet.name, choice.value)} for facet, choice in facets.chosen]
    if words:
        chips.insert(0, {"label": f"“{words}”", "url": _less(query, "q", query.get("q", ""))})
    if city := query.getlist("city"):
        chips += [{"label": slug, "url": _less(query, "city", slug)} for slug in city]
    return chips


def _less(query: QueryDict, name: str, value: str) -> str:
    left = query.copy()
    left.setlist(name, [kept for kept in left.getlist(name) if kept != value])
    left.pop("page", None)
    return f"?{left.urlencode()}"


def _order(request: HttpRequest, words: str) -> str:
    wanted = request.GET.get("order", "")
    if wanted in ORDERS:
        return wanted
    return BEST_MATCH if words_of(words) else "changed"


def _orders(words: str) -> list[tuple[str, str | Promise]]:
    orders = [(key, label) for key, (label, _fields) in ORDERS.items()]
    return [(BEST_MATCH, _("Best match")), *orders] if words_of(words) else orders


def _page(request: HttpRequest, filters: ProjectFilter, total: int, words: str, order: str) -> Page[Any]:
    found: Any = filters.qs
    found = found.by_rank(words) if order == BEST_MATCH else found.order_by(*ORDERS[order][1])
    paginator = Paginator(found.for_cards(), PER_PAGE)
    # The facets counted the rows already; Django would count them again.
    paginator.count = total
    return paginator.get_page(request.GET.get("page"))


def _board(filters: ProjectFilter, facets: Facets) -> list[dict[str, object]]:
    """A column for each phase with the projects changed last."""
    place = Window(RowNumber(), partition_by="phase", order_by=[F("updated_at").desc(), F("pk").desc()])
    found: Any = filters.qs
    rows = found.annotate(place=place).filter(place__lte=PER_COLUMN).order_by("-updated_at", "-pk")
    cards: dict[str, list[Project]] = {phase: [] for phase in Phase}
    for project in rows.for_cards():
        cards[project.phase].append(project)
    counts = facets.counts("phase")
    return [{"phase": phase, "count": counts.get(phase, 0), "projects": cards[phase]} for phase in Phase]
