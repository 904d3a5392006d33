"""Finding projects in a list that narrows, counts and can be shared as an address."""

import itertools
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cities.models import Topic
from projects.choices import Phase, Visibility
from projects.follows import follow
from projects.models import Project
from tests.cast import Cast, make_city, make_project, make_team, make_topic

URL = "/projects/"


def titles(client: Client, **query: Any) -> list[str]:
    response = client.get(URL, query)
    assert response.status_code == 200
    return [project.title for project in response.context["page_obj"]]


def counts(client: Client, facet: str, **query: Any) -> dict[str, int]:
    found: dict[str, int] = client.get(URL, query).context["facets"].counts(facet)
    return found


@pytest.fixture
def lead(client: Client, cast: Cast) -> Client:
    type(cast.mulhouse_lead).objects.filter(pk=cast.mulhouse_lead.pk).update(language="en")
    client.force_login(cast.mulhouse_lead)
    return client


@pytest.fixture
def few(cast: Cast) -> list[Project]:
    """Three projects of Mulhouse beside the four of Tel Aviv, of which Mulhouse sees two."""
    heat = Topic.objects.create(
        slug="urban-heat",
        group=make_topic("x", "environment").group,
        names={"en": "Urban heat", "fr": "Chaleur en ville", "he": "חום עירוני"},
        keywords=["shade"],
    )
    return [
        make_project(cast.mulhouse, title="Rues fraîches", phase="prepare", topics=(heat, cast.topic), language="fr"),
        make_project(cast.mulhouse, title="רחובות מוצלים", phase="generate", topics=(heat,), language="he"),
        make_project(cast.mulhouse, title="Buses", source_line="A newspaper", visibility="public"),
    ]


def test_everybody_finds_what_they_see_and_nothing_else(client: Client, cast: Cast) -> None:
    assert titles(client) == ["Tel Aviv at level public"]
    client.force_login(cast.mulhouse_lead)
    assert set(titles(client)) == {"Tel Aviv at level public", "Tel Aviv at level network"}
    client.force_login(cast.coach)
    assert len(titles(client)) == 3


@pytest.mark.parametrize("words", ["fraiches", "FRAÎCHES", "fraî", "rues fraiches"])
def test_words_are_found_without_accents_and_by_their_beginning(lead: Client, few: list[Project], words: str) -> None:
    assert titles(lead, q=words) == ["Rues fraîches"]


@pytest.mark.parametrize("words", ["chaleur", "heat", "shade"])
def test_a_topic_is_found_by_its_name_in_any_language(lead: Client, few: list[Project], words: str) -> None:
    assert set(titles(lead, q=words)) == {"Rues fraîches", "רחובות מוצלים"}


def test_words_of_the_city_and_of_the_project_go_together(lead: Client, few: list[Project]) -> None:
    assert titles(lead, q="mulhouse buses") == ["Buses"]
    assert titles(lead, q="boston buses") == []


@pytest.mark.parametrize("words", ["'); DROP TABLE", "a & b | !c :*", "\\", "((", "<script>", "%", "l'été\x00"])
def test_no_words_break_the_search(lead: Client, few: list[Project], words: str) -> None:
    assert lead.get(URL, {"q": words}).status_code == 200


def test_values_of_one_facet_widen_and_facets_narrow_each_other(lead: Client, few: list[Project]) -> None:
    assert len(titles(lead, phase=["prepare", "generate"])) == 2
    assert titles(lead, phase=["prepare", "generate"], language="he") == ["רחובות מוצלים"]


def test_each_facet_counts_what_its_choice_would_leave(lead: Client, few: list[Project]) -> None:
    assert counts(lead, "phase", language="fr") == {"prepare": 1}
    assert counts(lead, "language", language="fr") == {"en": 3, "fr": 1, "he": 1}
    assert counts(lead, "origin") == {"own": 4, "source": 1}
    assert counts(lead, "topic") == {"loneliness-ageing": 3, "urban-heat": 2}


def test_a_project_with_two_topics_of_a_group_is_counted_once(lead: Client, cast: Cast) -> None:
    Project.objects.all().delete()
    make_project(cast.mulhouse, topics=(make_topic("a", "people"), make_topic("b", "people")))
    assert counts(lead, "group") == {"people": 1}
    assert len(titles(lead, topic=["a", "b"])) == 1


def test_the_programme_facet_counts_cities_it_accompanies_today(lead: Client, cast: Cast, few: list[Project]) -> None:
    assert counts(lead, "programme") == {cast.programme.slug: 2, cast.other_programme.slug: 3}
    assert len(titles(lead, programme=cast.other_programme.slug)) == 3


def test_counts_never_tell_of_hidden_projects(client: Client, cast: Cast) -> None:
    client.force_login(cast.stranger)
    assert counts(client, "country") == {"IL": 2}


@pytest.mark.parametrize(
    "query",
    [{"phase": "nonsense"}, {"size": "x"}, {"mine": "x"}, {"page": "0"}, {"page": "x"}, {"order": "x"}, {"view": "x"}],
)
def test_an_odd_address_is_answered_calmly(lead: Client, few: list[Project], query: dict[str, str]) -> None:
    assert lead.get(URL, query).status_code == 200


def test_what_is_followed_is_found_by_project_city_and_topic(lead: Client, cast: Cast, few: list[Project]) -> None:
    assert titles(lead, mine="followed") == []
    follow(by=cast.mulhouse_lead, what=cast.tel_aviv.city)
    assert len(titles(lead, mine="followed")) == 2
    follow(by=cast.mulhouse_lead, what=few[2])
    follow(by=cast.mulhouse_lead, what=few[1].ranked_topics.get().topic)
    assert len(titles(lead, mine="followed")) == 5


def test_the_board_shows_a_column_for_each_phase(lead: Client, few: list[Project]) -> None:
    columns = lead.get(URL, {"view": "board"}).context["columns"]
    assert [column["count"] for column in columns] == [3, 1, 1, 0]


def test_a_chosen_value_can_be_taken_away_again(lead: Client, few: list[Project]) -> None:
    chips = lead.get(URL, {"phase": ["prepare", "generate"], "page": "2"}).context["chips"]
    assert [chip["url"] for chip in chips] == ["?phase=prepare", "?phase=generate"]


def test_htmx_gets_the_list_without_the_shell(lead: Client, few: list[Project]) -> None:
    body = lead.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in body
    assert 'id="explore"' in body


def test_nothing_found_says_what_to_do(lead: Client) -> None:
    assert "No project matches all of this" in lead.get(URL, {"q": "zzzz"}).content.decode()


@pytest.mark.parametrize("view", ["", "board"])
@pytest.mark.parametrize("many", [1, 30])
def test_the_list_asks_the_database_the_same_few_times(
    lead: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries, many: int, view: str
) -> None:
    topics = [make_topic(f"t{n}", f"g{n % 3}") for n in range(6)]
    trios = itertools.cycle(itertools.permutations(topics, 3))
    for number, phase in zip(range(many), itertools.cycle(Phase), strict=False):
        make_project(make_team(make_city()), title=f"P{number}", phase=phase, topics=next(trios))
    with django_assert_max_num_queries(8):
        lead.get(URL, {"q": "p", "view": view, "topic": [topic.slug for topic in topics]})


def test_a_page_holds_twenty_five_and_the_rest_follows(lead: Client, cast: Cast) -> None:
    for _ in range(30):
        make_project(cast.boston, visibility=Visibility.NETWORK)
    assert len(titles(lead)) == 25
    assert len(titles(lead, page=2)) == 7
