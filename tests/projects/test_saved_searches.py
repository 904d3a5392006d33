"""Searches that a person keeps: saved once, theirs alone, and asked together for what newly fits."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed
from innoteams.own_data import own_data
from projects import saved_searches
from projects.filters import ProjectFilter
from projects.follows import follow
from projects.models import Project, SavedSearch
from projects.saved_searches import LONGEST_NAME, MOST_SEARCHES, NameRefused, SearchRefused, canonical, matching
from tests.cast import Cast, make_cast, make_project, make_topic

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


# --- One search, however it is written ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("q=heat&page=3&order=title&view=board", "q=heat"),
        ("phase=prepare&phase=deliver&phase=prepare", "phase=deliver&phase=prepare"),
        ("topic=b&country=FR&topic=a", "country=FR&topic=a&topic=b"),
        ("q=++urban%20%20heat+", "q=urban+heat"),
        ("mine=team&mine=followed", "mine=followed"),
        ("mine=everybody", ""),
        ("utm_source=mail&page=2", ""),
        ("q=&phase=", ""),
        ("q=%00", ""),
        ("", ""),
    ],
)
def test_what_narrows_in_the_same_way_is_the_same_search(given: str, kept: str) -> None:
    assert canonical(given) == kept


@given(
    st.dictionaries(st.sampled_from(["q", "phase", "topic", "city", "x"]), st.lists(st.text(max_size=8), max_size=3))
)
def test_a_search_once_brought_into_order_stays_as_it_is(parts: dict[str, list[str]]) -> None:
    query = QueryDict(mutable=True)
    for name, values in parts.items():
        query.setlist(name, values)
    once = canonical(query)
    assert canonical(once) == once


# --- Keeping --------------------------------------------------------------------------------------------------------


def test_the_same_search_is_kept_once_under_the_newest_name(cast: Cast) -> None:
    saved_searches.save(by=cast.stranger, query="phase=deliver&q=heat", name="Heat")
    again = saved_searches.save(by=cast.stranger, query="q=heat&phase=deliver&page=2", name=" Shade  now ")

    assert SavedSearch.objects.get() == again
    assert (again.name, again.query) == ("Shade now", "phase=deliver&q=heat")


def test_two_people_keep_the_same_search_each_for_themselves(cast: Cast) -> None:
    for person in (cast.stranger, cast.coach):
        saved_searches.save(by=person, query="q=heat", name="Heat")

    assert SavedSearch.objects.count() == 2


@pytest.mark.parametrize("name", ["", "   ", "x" * (LONGEST_NAME + 1)])
def test_a_search_has_a_proper_name(cast: Cast, name: str) -> None:
    with pytest.raises(NameRefused):
        saved_searches.save(by=cast.stranger, query="q=heat", name=name)


@pytest.mark.parametrize("query", ["", "page=2", "&".join(f"city={'x' * 60}{n}" for n in range(9))])
def test_what_finds_everything_or_is_endless_is_not_kept(cast: Cast, query: str) -> None:
    with pytest.raises(SearchRefused):
        saved_searches.save(by=cast.stranger, query=query, name="All")


def test_there_is_a_most(cast: Cast) -> None:
    for number in range(MOST_SEARCHES):
        keep(cast.stranger, f"q={number}")

    with pytest.raises(SearchRefused, match="20 searches already"):
        saved_searches.save(by=cast.stranger, query="q=more", name="More")
    assert saved_searches.save(by=cast.stranger, query="q=7", name="Seven").name == "Seven"


@pytest.mark.django_db(transaction=True)
def test_the_most_holds_in_two_windows_at_once() -> None:
    person = make_cast().stranger
    for number in range(MOST_SEARCHES - 1):
        keep(person, f"q={number}")
    start, refused = threading.Barrier(2), []

    def save(query: str) -> None:
        try:
            start.wait(timeout=20)
            saved_searches.save(by=person, query=query, name=query)
        except SearchRefused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[query]) for query in ("q=a", "q=b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(refused), SavedSearch.objects.count()) == (1, MOST_SEARCHES)


def test_nobody_changes_the_search_of_another(cast: Cast) -> None:
    search = keep(cast.stranger, "q=heat")
    with pytest.raises(NotAllowed):
        saved_searches.rename(by=cast.coach, search=search, name="Mine")
    with pytest.raises(NotAllowed):
        saved_searches.remove(by=cast.coach, search=search)


def test_a_copy_of_ones_own_data_holds_them(cast: Cast) -> None:
    keep(cast.stranger, "q=heat")
    assert [row["query"] for row in own_data(cast.stranger)["saved_searches"]] == ["q=heat"]


# --- Pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def mine(client: Client, cast: Cast) -> Client:
    client.force_login(cast.stranger)
    return client


def test_a_narrowed_list_offers_to_be_saved(client: Client, cast: Cast) -> None:
    address = "/searches/new/?country=IL&amp;q=tel"
    assert address not in client.get("/projects/?q=tel&country=IL").content.decode()
    client.force_login(cast.stranger)
    assert address in client.get("/projects/?q=tel&country=IL&page=1&order=title").content.decode()
    assert "/searches/new/" not in client.get("/projects/?page=1").content.decode()


def test_the_name_is_the_search_in_words(mine: Client, cast: Cast) -> None:
    follow(by=cast.stranger, what=cast.tel_aviv.city)
    query = {
        "q": "tel  aviv",
        "topic": cast.topic.slug,
        "phase": "investigate",
        "country": "IL",
        "city": "tel-aviv-yafo",
        "programme": cast.programme.slug,
        "mine": "followed",
    }

    page = mine.get(reverse("search_save"), query)

    name = page.context["form"].initial["name"]
    assert name.startswith("“tel aviv” · Loneliness Ageing · Investigate · Israel · ")
    assert len(name) <= LONGEST_NAME
    assert page.context["parts"][-3:] == [cast.programme.name, "Tel Aviv Yafo", "what I follow"]
    assert "<strong>2</strong> projects fit it today" in page.content.decode()


def test_it_is_saved_opened_renamed_and_removed(mine: Client, cast: Cast) -> None:
    assert mine.post("/searches/new/?q=tel&page=2", {"name": "Tel Aviv"}).status_code == 302
    search = SavedSearch.objects.get()

    page = mine.get("/searches/").content.decode()
    assert 'href="/projects/?q=tel"' in page
    assert mine.get(search.get_absolute_url()).context["facets"].total == 2

    mine.post(f"/searches/{search.pk}/", {"name": "Elsewhere"})
    assert SavedSearch.objects.get().name == "Elsewhere"

    answer = mine.post(f"/searches/{search.pk}/remove/", follow=True).content.decode()
    assert not SavedSearch.objects.exists()
    assert "“Elsewhere” is removed." in answer
    assert "No search is saved yet" in answer


def test_a_removal_is_taken_back_with_its_name(mine: Client, cast: Cast) -> None:
    search = keep(cast.stranger, "phase=deliver&q=heat")
    SavedSearch.objects.update(name="Heat & shade")
    answer = mine.post(f"/searches/{search.pk}/remove/", follow=True)
    undo = next(message.extra_tags for message in answer.context["messages"])

    mine.post(undo, {"next": "/searches/"})

    again = SavedSearch.objects.get()
    assert (again.name, again.query) == ("Heat & shade", "phase=deliver&q=heat")


def test_what_was_typed_stays_on_an_error(mine: Client, cast: Cast) -> None:
    for number in range(MOST_SEARCHES):
        keep(cast.stranger, f"q={number}")

    full = mine.post("/searches/new/?q=more", {"name": "One more"})
    assert full.status_code == 422
    assert 'value="One more"' in full.content.decode()
    assert "20 searches already" in full.content.decode()

    search = SavedSearch.objects.first()
    assert search is not None
    long = mine.post(f"/searches/{search.pk}/", {"name": "y" * 90})
    assert long.status_code == 422
    assert "y" * 90 in long.content.decode()
    assert long.content.decode().count('<details class="searches__rename" open>') == 1


def test_a_search_kept_already_is_named_again(mine: Client, cast: Cast) -> None:
    saved_searches.save(by=cast.stranger, query="q=heat", name="Shade")

    page = mine.get("/searches/new/?q=heat").content.decode()

    assert "You keep this search already, as “Shade”." in page
    assert 'value="Shade"' in page


def test_nothing_chosen_is_nothing_to_save(mine: Client) -> None:
    assert "There is nothing to save yet" in mine.get("/searches/new/").content.decode()
    assert mine.post("/searches/new/", {"name": "All"}).status_code == 200
    assert not SavedSearch.objects.exists()


def test_the_list_costs_the_same_with_one_and_with_many(
    mine: Client, cast: Cast, django_assert_num_queries: Any
) -> None:
    keep(cast.stranger, "topic=loneliness-ageing&programme=x&city=boston")
    mine.get("/searches/")
    with django_assert_num_queries(7):
        mine.get("/searches/")
    for number in range(10):
        keep(cast.stranger, f"topic=loneliness-ageing&programme=x&city=boston&q={number}")
    with django_assert_num_queries(7):
        mine.get("/searches/")
