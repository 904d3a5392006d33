"""The list of cities: what it finds, what it counts, and that it counts nothing hidden."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cities.models import Priority, Tie
from innoteams.accounts.models import User
from innoteams.views.city_filters import CityListing
from projects.choices import Visibility
from tests.cast import Cast, accompany, make_city, make_person, make_programme, make_project, make_team, make_topic

pytestmark = pytest.mark.django_db


def listing(person: object, **asked: str | list[str]) -> CityListing:
    request = RequestFactory().get("/cities/", asked)
    request.user = person  # type: ignore[assignment]  # any kind of person
    return CityListing(request.user, request.GET, request)


def found(person: object, **asked: str | list[str]) -> list[str]:
    return [city.slug for city in listing(person, **asked).cities]


def numbers(person: object, facet: str, **asked: str | list[str]) -> dict[str, int]:
    for name, _label, options in listing(person, **asked).facets:
        if name == facet:
            return {option.value: option.number for option in options}
    raise AssertionError(facet)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_city_is_found_by_its_name_in_another_language_and_without_accents(cast: Cast) -> None:
    make_city("bogota", names={"en": "Bogotá", "he": "בוגוטה"}, country="CO")
    assert found(cast.visitor, q="bogota") == ["bogota"]
    assert found(cast.visitor, q="בוגוטה") == ["bogota"]


def test_a_city_is_found_by_the_readers_word_for_its_country(cast: Cast) -> None:
    with translation.override("en"):
        assert found(cast.visitor, q="israel") == ["tel-aviv-yafo"]


def test_a_city_is_found_by_a_word_of_its_priority(cast: Cast) -> None:
    Priority.objects.create(city=cast.boston.city, text="Énergie for all")
    assert found(cast.visitor, q="energie") == ["boston"]


def test_words_that_nothing_has_find_nothing_and_say_so(cast: Cast) -> None:
    response = Client().get("/cities/", {"q": "xyzzy"})
    assert "No member fits all of this" in response.content.decode()


def test_two_countries_widen_and_a_language_narrows(cast: Cast) -> None:
    assert found(cast.visitor, country=["IL", "US"], order="name") == ["boston", "tel-aviv-yafo"]
    assert found(cast.visitor, country=["IL", "US"], language="ar") == ["tel-aviv-yafo"]


def test_a_facet_counts_what_each_further_choice_would_leave(cast: Cast) -> None:
    # The other facets narrow the counts; the facet's own choice does not, or its other values would vanish.
    assert numbers(cast.visitor, "country", country="IL") == {"FR": 1, "IL": 1, "US": 1}
    assert numbers(cast.visitor, "country", language="ar") == {"IL": 1}


def test_a_programme_is_counted_once_for_a_city_with_two_periods_in_it(cast: Cast) -> None:
    accompany(cast.mulhouse.city, cast.other_programme, starts_on=None, ends_on=dt.date(2020, 1, 1))
    assert numbers(cast.visitor, "programme")[cast.other_programme.slug] == 1


@pytest.mark.parametrize(
    ("kind", "projects"), [("visitor", 1), ("stranger", 2), ("tel_aviv_lead", 4), ("coach", 3), ("coordinator", 3)]
)
def test_the_number_of_projects_is_of_those_the_reader_may_see(cast: Cast, kind: str, projects: int) -> None:
    city = next(city for city in listing(cast.person(kind)).cities if city.slug == "tel-aviv-yafo")
    assert city.project_count == projects  # type: ignore[attr-defined]  # given by the listing


def test_the_topic_of_a_hidden_project_is_neither_counted_nor_found(cast: Cast) -> None:
    secret = make_topic("secret-topic")
    make_project(cast.boston, visibility=Visibility.TEAM, topics=(secret,))
    assert "secret-topic" not in numbers(cast.stranger, "topic")
    assert found(cast.stranger, topic="secret-topic") == []


def test_neighbours_stand_apart_and_are_not_counted(cast: Cast) -> None:
    basel = make_city("basel", country="CH", in_network=False)
    Tie.objects.create(city=cast.mulhouse.city, neighbour=basel)
    here = listing(cast.visitor)
    assert [city.slug for city in here.neighbours] == ["basel"]
    assert "CH" not in numbers(cast.visitor, "country")


def test_order_by_number_of_projects_puts_the_busiest_first(cast: Cast) -> None:
    assert found(cast.tel_aviv_lead, order="projects")[0] == "tel-aviv-yafo"


def test_names_with_accents_stand_where_readers_look_for_them(cast: Cast) -> None:
    make_city("usa-town", country="US")
    make_city("zz", country="ZA", names={"en": "Zz"})
    with translation.override("fr"):
        make_city("etampes", names={"en": "Étampes"})
        assert found(cast.visitor, order="name")[:3] == ["boston", "etampes", "mulhouse"]


def test_a_choice_in_force_can_be_taken_back_alone(cast: Cast) -> None:
    without = {choice.label: choice.without for choice in listing(cast.visitor, country=["IL", "FR"], q="a").choices}
    assert without["Israel"] == "?country=FR&q=a"


@pytest.mark.parametrize(
    "address",
    [
        "?country=%00",
        "?country=" + "x" * 3000,
        "?page=zwei",
        "?page=-1",
        "?page=99999",
        "?order=%27",
        "?q=%00",
        "?q=%25",
    ],
)
def test_an_odd_address_shows_a_list_not_an_error(cast: Cast, address: str) -> None:
    assert Client().get(f"/cities/{address}").status_code == 200


def test_htmx_gets_the_list_alone_from_the_same_address(cast: Cast) -> None:
    part = Client().get("/cities/?country=IL", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "Tel Aviv" in part.content.decode()
    assert "HX-Request" in part.headers["Vary"]


def test_a_page_restored_from_history_is_whole(cast: Cast) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in Client().get("/cities/", headers=headers).content.decode()


def test_more_than_sixty_cities_come_in_pages_that_keep_the_filters(cast: Cast) -> None:
    for number in range(65):
        make_city(f"place-{number:02}", country="NL")
    response = Client().get("/cities/?country=NL")
    assert response.context["number"] == 65
    assert "country=NL" in response.content.decode().split('rel="next"')[1][:200]


def test_the_list_asks_the_database_as_often_for_many_cities_as_for_few(cast: Cast) -> None:
    client, address = signed_in(cast.tel_aviv_lead), "/cities/?country=FR&kind=city&language=fr&topic=t&programme=p&q=a"
    for page in ("/cities/", address):
        with CaptureQueriesContext(connection) as few:
            client.get(page)
        assert len(few) <= 12
        for _number in range(4):
            team = make_team()
            accompany(team.city, make_programme())
            make_project(team, topics=(make_topic(),))
        with CaptureQueriesContext(connection) as many:
            client.get(page)
        assert len(many) == len(few)


def test_people_without_an_account_see_no_names_of_people(cast: Cast) -> None:
    make_person("Somebody")
    assert "Tel Aviv lead" not in Client().get("/cities/").content.decode()
