"""Searches that a person keeps: saved from the project list, opened, renamed and removed. They are their person's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from innoteams.lib.posted import typed
from projects import saved_searches
from projects.filters import ProjectFilter
from projects.forms.searches import SearchNameForm
from projects.models import Project, SavedSearch
from projects.saved_searches import LONGEST_NAME, MOST_SEARCHES
from projects.search_words import in_words
from projects.views.doors import attempt, signed_in

UNPROCESSABLE = 422


@require_safe
def search_list(request: HttpRequest) -> HttpResponse:
    return _list_page(request)


@require_http_methods(["GET", "HEAD", "POST"])
def search_save(request: HttpRequest) -> HttpResponse:
    """The search stands in the address, as on the project list; what it is called is asked here."""
    person = signed_in(request)
    query = saved_searches.canonical(request.GET)
    if not query:
        return render(request, "projects/search_save.html", {})
    kept = SavedSearch.objects.visible_to(person).filter(query=query).first()
    parts = in_words([query])[0]
    # Taking back a removal brings the name along in the address.
    named = request.GET.get("name", "") or (kept.name if kept else _name_of(parts))
    data = typed(request)
    if data is not None and "name" not in data:
        data = QueryDict(mutable=True)
        data["name"] = named
    form = SearchNameForm(data, initial={"name": named})
    if form.is_valid():
        name = form.cleaned_data["name"]
        if attempt(form, lambda: saved_searches.save(by=person, query=query, name=name)):
            messages.success(request, _("Saved. What newly fits it is told in your network digest."))
            return redirect("search_list")
    context = {
        "form": form,
        "kept": kept,
        "parts": parts,
        "found": ProjectFilter(QueryDict(query), Project.objects.visible_to(person), person=person).qs.count(),
        "query": query,
        "search_url": f"{reverse('project_list')}?{query}",
    }
    return render(request, "projects/search_save.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_POST
def search_rename(request: HttpRequest, pk: int) -> HttpResponse:
    person, search = signed_in(request), _own_or_404(request, pk)
    form = SearchNameForm(request.POST, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        name = form.cleaned_data["name"]
        if attempt(form, lambda: saved_searches.rename(by=person, search=search, name=name)):
            messages.success(request, _("Renamed."))
            return redirect("search_list")
    return _list_page(request, renaming=(pk, form), status=UNPROCESSABLE)


@require_POST
def search_remove(request: HttpRequest, pk: int) -> HttpResponse:
    search = _own_or_404(request, pk)
    saved_searches.remove(by=signed_in(request), search=search)
    back = QueryDict(search.query, mutable=True)
    back["name"] = search.name
    # An extra tag that is an address takes it back (components/messages.html).
    undo = f"{reverse('search_save')}?{back.urlencode()}"
    messages.info(request, _("“%(name)s” is removed.") % {"name": search.name}, extra_tags=undo)
    return redirect("search_list")


def _list_page(
    request: HttpRequest, *, renaming: tuple[int, SearchNameForm] | None = None, status: int = 200
) -> HttpResponse:
    searches = list(SavedSearch.objects.visible_to(signed_in(request)))
    forms = {
        search.pk: SearchNameForm(initial={"name": search.name}, auto_id=f"id_{search.pk}_%s") for search in searches
    }
    if renaming:
        forms[renaming[0]] = renaming[1]
    words = in_words([search.query for search in searches])
    rows = [
        {"search": search, "parts": parts, "form": forms[search.pk]}
        for search, parts in zip(searches, words, strict=True)
    ]
    return render(request, "projects/search_list.html", {"rows": rows, "most": MOST_SEARCHES}, status=status)


def _name_of(parts: list[str]) -> str:
    name = " · ".join(parts)
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _own_or_404(request: HttpRequest, pk: int) -> SavedSearch:
    found: SavedSearch = get_object_or_404(SavedSearch.objects.visible_to(signed_in(request)), pk=pk)
    return found
