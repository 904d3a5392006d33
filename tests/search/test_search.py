"""One search for everything, in any language, and nothing that the person does not see."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cities.models import Topic
from engagement.models import Question
from innoteams.search import Found
from tests.cast import Cast, make_city, make_project, make_topic


@pytest.fixture
def lead(client: Client, cast: Cast) -> Client:
    type(cast.mulhouse_lead).objects.filter(pk=cast.mulhouse_lead.pk).update(language="en")
    client.force_login(cast.mulhouse_lead)
    return client


@pytest.fixture
def loneliness(cast: Cast) -> Topic:
    Topic.objects.filter(pk=cast.topic.pk).update(
        names={"en": "Loneliness and ageing", "fr": "Solitude et vieillissement", "he": "בדידות וזקנה"}
    )
    return cast.topic


def found(client: Client, text: str) -> Found:
    result = client.get(reverse("search"), {"q": text}).context["found"]
    assert isinstance(result, Found)
    return result


def body(client: Client, text: str) -> str:
    return client.get(reverse("search"), {"q": text}).content.decode()


def test_a_french_word_finds_a_project_written_in_hebrew_by_its_topic(
    lead: Client, cast: Cast, loneliness: Topic
) -> None:
    hebrew = make_project(cast.tel_aviv, title="שכנים פותחים", language="he", topics=(loneliness,))
    assert hebrew in [hit.row for hit in found(lead, "solitude").projects]


def test_words_are_marked_whatever_their_accents_and_everything_else_is_escaped(lead: Client, cast: Cast) -> None:
    make_project(cast.mulhouse, title="Rues fraîches", problem="<script>alert(1)</script> l'été à l'ombre fraîche")
    text = body(lead, "fraiches")
    assert "Rues <mark>fraîches</mark>" in text
    assert "<script>alert" not in text


def test_marks_that_somebody_typed_open_no_tag(lead: Client, cast: Cast) -> None:
    make_project(cast.mulhouse, title="Bench \ue000 here \ue001\ue001")
    text = body(lead, "bench")
    assert text.count("<mark>") == text.count("</mark>") == 2
    assert "\ue000" not in text


def test_a_project_is_found_by_those_alone_who_see_it(client: Client, cast: Cast) -> None:
    make_project(cast.tel_aviv, title="Zebra", visibility="team")
    client.force_login(cast.coach)
    assert found(client, "zebra").is_empty
    client.force_login(cast.tel_aviv_observer)
    assert [hit.row.title for hit in found(client, "zebra").projects] == ["Zebra"]


def test_a_question_about_a_hidden_project_is_not_found(client: Client, cast: Cast) -> None:
    hidden = make_project(cast.tel_aviv, visibility="team")
    Question.objects.create(author=cast.tel_aviv_lead, project=hidden, text="Who knows about giraffes?")
    Question.objects.create(author=cast.tel_aviv_lead, text="Who knows about giraffes and zebras?")
    client.force_login(cast.mulhouse_lead)
    assert len(found(client, "giraffes").questions) == 1


def test_a_visitor_finds_no_questions(client: Client, cast: Cast) -> None:
    Question.objects.create(author=cast.tel_aviv_lead, text="Who knows about giraffes?")
    assert found(client, "giraffes").is_empty


def test_a_city_is_found_by_its_name_in_any_language(lead: Client) -> None:
    make_city("dunkirk", names={"en": "Dunkirk", "fr": "Dunkerque", "local": "Dunkerque"})
    assert [city.slug for city in found(lead, "dunkerq").cities] == ["dunkirk"]


def test_a_better_match_comes_first(lead: Client, cast: Cast) -> None:
    make_project(cast.mulhouse, title="Streets", problem="Somewhere a tram")
    make_project(cast.mulhouse, title="A tram for the tram quarter")
    assert found(lead, "tram").projects[0].row.title == "A tram for the tram quarter"


def test_every_word_must_be_found(lead: Client, cast: Cast) -> None:
    make_project(cast.mulhouse, title="A tram for all")
    assert found(lead, "tram zebra").is_empty


def test_nothing_typed_says_what_can_be_found(lead: Client) -> None:
    assert "What are you looking for?" in body(lead, "")


@pytest.mark.parametrize("text", ["a", "?", "é "])
def test_one_letter_is_not_enough(lead: Client, text: str) -> None:
    assert lead.get(reverse("search"), {"q": text}).context["found"] is None


def test_nothing_found_says_what_to_try(lead: Client) -> None:
    assert "Nothing found for “zzzz”" in body(lead, "zzzz")


@pytest.mark.parametrize("text", ["'); DROP TABLE", "((", "a:* & !b", "<b>x</b>", "\\", "100%", "\x00null", "x" * 5000])
def test_no_words_break_the_search(lead: Client, text: str) -> None:
    assert lead.get(reverse("search"), {"q": text}).status_code == 200


@pytest.mark.parametrize("many", [1, 30])
def test_the_search_asks_the_database_the_same_few_times(
    lead: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    for number in range(many):
        make_topic(f"tram-{number}")
        make_city(f"tram-{number}")
        make_project(cast.mulhouse, title=f"Tram {number}")
        Question.objects.create(author=cast.mulhouse_lead, team=cast.mulhouse, text=f"A tram {number}?")
    with django_assert_max_num_queries(8):
        lead.get(reverse("search"), {"q": "tram"})


def test_a_word_after_a_typographic_apostrophe_is_found(lead: Client, cast: Cast) -> None:
    make_project(cast.mulhouse, title="Marcher à l’ombre")
    assert [hit.row.title for hit in found(lead, "ombre").projects] == ["Marcher à l’ombre"]
