"""Searches of the project list that a person keeps: saved under a name, opened again, and told of in the digest."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Value
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cities.sight import among
from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed, Refused
from projects.filters import ProjectFilter
from projects.models import Project, SavedSearch
from projects.refusals import RefusedField

MOST_SEARCHES = 20
LONGEST_NAME = 80
LONGEST_QUERY = 500
# Distinct searches that are asked in one query.
_AT_ONCE = 100


class SearchRefused(Refused):
    """The search is not one to keep."""


class NameRefused(RefusedField):
    field = "name"


def canonical(query: QueryDict | str) -> str:
    """The same for every address that narrows the list in the same way: what narrows alone, in one order, each value
    once. Empty where nothing is chosen."""
    given = QueryDict(query) if isinstance(query, str) else query
    return as_address(ProjectFilter(given, Project.objects.none(), person=User()).chosen)


def as_address(chosen: Mapping[str, Any]) -> str:
    """What is chosen in a filter (`ProjectFilter.chosen`), in the one order."""
    kept = QueryDict(mutable=True)
    for name in sorted(chosen):
        value = chosen[name]
        values = sorted(set(value) - {""}) if isinstance(value, list) else [" ".join(str(value).split())]
        if values:
            kept.setlist(name, values)
    return kept.urlencode()


def matching(searches: Sequence[SavedSearch], project_pks: Collection[int]) -> dict[int, set[int]]:
    """Which of the projects fit each search, by the search's key. The searches' own narrowing only: whoever tells a
    person of a project asks beside whether they see it. One query for every hundred different searches."""
    found: dict[int, set[int]] = {search.pk: set() for search in searches}
    by_question: dict[tuple[str, int | None], list[int]] = defaultdict(list)
    for search in searches:
        by_question[_question(search)].append(search.pk)
    if not project_pks:
        return found
    questions = list(by_question)
    for start in range(0, len(questions), _AT_ONCE):
        some = questions[start : start + _AT_ONCE]
        for project, place in _asked(some, project_pks):
            for pk in by_question[some[place]]:
                found[pk].add(project)
    return found


def _question(search: SavedSearch) -> tuple[str, int | None]:
    """The same search of two people is asked once, but for “my team's” and “what I follow”."""
    is_theirs = "mine" in QueryDict(search.query)
    return search.query, search.person_id if is_theirs else None


def _asked(questions: Sequence[tuple[str, int | None]], pks: Collection[int]) -> Iterable[tuple[int, int]]:
    """Pairs of a project and the place of a question that it fits."""
    rows = [_narrowed(query, person, pks, place) for place, (query, person) in enumerate(questions)]
    return rows[0].union(*rows[1:], all=True) if len(rows) > 1 else rows[0]


def _narrowed(query: str, person: int | None, pks: Collection[int], place: int) -> QuerySet[Any, tuple[int, int]]:
    some = Project.objects.filter(pk__in=among(frozenset(pks)))
    rows: QuerySet[Project] = ProjectFilter(QueryDict(query), some, person=User(pk=person)).qs
    return rows.order_by().values_list("pk", Value(place))


@transaction.atomic
def save(*, by: User, query: QueryDict | str, name: str) -> SavedSearch:
    """Keeps it for the person. Saved again it stays one, under the newer name."""
    kept, name = canonical(query), _proper(name)
    if not kept:
        raise SearchRefused(_("Choose something first: a search without words or filters finds every project."))
    if len(kept) > LONGEST_QUERY:
        raise SearchRefused(_("This search has too many parts to keep. Take some choices away."))
    # Two windows of one person: the second waits, and counts what the first has saved.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    found = SavedSearch.objects.filter(person=by, query=kept).first()
    if found is not None:
        return rename(by=by, search=found, name=name)
    if SavedSearch.objects.filter(person=by).count() >= MOST_SEARCHES:
        raise SearchRefused(
            _("You keep %(number)s searches already, which is the most. Remove one of them first.")
            % {"number": MOST_SEARCHES}
        )
    return SavedSearch.objects.create(person=by, query=kept, name=name)


@transaction.atomic
def rename(*, by: User, search: SavedSearch, name: str) -> SavedSearch:
    _demand_own(by, search)
    search.name = _proper(name)
    search.save(update_fields=["name"])
    return search


@transaction.atomic
def remove(*, by: User, search: SavedSearch) -> None:
    """Safe to ask for again."""
    _demand_own(by, search)
    SavedSearch.objects.filter(pk=search.pk).delete()


def _demand_own(by: User, search: SavedSearch) -> None:
    if search.person_id != by.pk:
        raise NotAllowed(_("This search is somebody else's."))


def _proper(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise NameRefused(_("Give it a name by which you will know it again."))
    if len(name) > LONGEST_NAME:
        raise NameRefused(_("A shorter name, please: %(most)s characters at most.") % {"most": LONGEST_NAME})
    return name
