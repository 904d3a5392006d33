"""Searches that a person keeps: saved once, theirs alone, and asked together for what newly fits."""

import pytest
from django.http import QueryDict
from pytest_django import DjangoAssertNumQueries

from innoteams.accounts.models import User
from projects.filters import ProjectFilter
from projects.follows import follow
from projects.models import Project, SavedSearch
from projects.saved_searches import matching
from tests.cast import Cast, make_project, make_topic

pytestmark = pytest.mark.django_db

QUERIES = (
    "q=tel+aviv",
    "phase=investigate",
    "phase=deliver&phase=prepare",
    "topic=loneliness-ageing",
    "country=FR",
    "kind=city&size=middle",
    "told=lesson",
    "origin=source",
    "programme=programme-1&country=IL",
    "q=zzzz",
    "q=%21%21",
    "size=nonsense",
    "mine=team",
    "mine=followed",
    "mine=team&q=mulhouse",
)


def keep(person: User, query: str) -> SavedSearch:
    return SavedSearch.objects.create(person=person, query=query, name=query)


# --- Which projects fit --------------------------------------------------------------------------------------------


def test_each_search_finds_what_the_list_itself_finds(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_project(cast.mulhouse, title="Rues", phase="prepare", source_line="A newspaper")
    make_project(cast.boston, title="Buses", lesson="Ask earlier.", topics=(make_topic("buses"),))
    follow(by=cast.mulhouse_lead, what=cast.topic)
    people = (cast.mulhouse_lead, cast.tel_aviv_lead)
    searches = [keep(person, query) for query in QUERIES for person in people]
    pks = set(Project.objects.values_list("pk", flat=True))

    with django_assert_num_queries(1):
        found = matching(searches, pks)

    for search in searches:
        wanted = ProjectFilter(QueryDict(search.query), Project.objects.all(), person=search.person).qs
        assert found[search.pk] == set(wanted.values_list("pk", flat=True)), search
    assert found[searches[-2].pk] != found[searches[-1].pk]


def test_only_the_projects_asked_for_are_told(cast: Cast) -> None:
    search = keep(cast.stranger, "country=IL")
    one = cast.projects["network"].pk

    assert matching([search], [one]) == {search.pk: {one}}
    assert matching([search], []) == {search.pk: set()}
    assert matching([], [one]) == {}


def test_searches_that_find_nothing_at_all_are_answered_too(cast: Cast) -> None:
    searches = [keep(cast.stranger, "q=%21"), keep(cast.stranger, "size=x")]

    assert matching(searches, [cast.projects["public"].pk]) == {search.pk: set() for search in searches}


def test_more_than_a_hundred_different_searches_are_asked_by_the_hundred(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    searches = [
        SavedSearch(pk=number, person=cast.stranger, query=f"q=tel&country=X{number}&country=IL")
        for number in range(1, 121)
    ]
    pks = [project.pk for project in cast.projects.values()]

    with django_assert_num_queries(2):
        found = matching(searches, pks)

    assert all(found[search.pk] == set(pks) for search in searches)
