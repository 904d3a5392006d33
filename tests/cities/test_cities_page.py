"""A city's own page: where it lies, who is there, what it works on; to each reader what they may see."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cities.choices import PeriodStatus, Right
from cities.models import Tie
from innoteams.accounts.models import User
from innoteams.views.city_page import CityPage, city_for_page
from projects.choices import LinkKind, Phase, Visibility
from projects.models import CityLink, Follow
from tests.cast import Cast, accompany, join, make_city, make_person, make_project, make_team, make_topic

pytestmark = pytest.mark.django_db


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(slug: str, person: User | None = None, language: str = "en") -> str:
    client = client_of(person) if person else Client()
    return client.get(f"/cities/{slug}/", headers={"Accept-Language": language}).content.decode()


def test_a_neighbour_is_told_with_its_distance_on_both_pages(cast: Cast) -> None:
    basel = make_city("basel", country="CH", in_network=False)
    Tie.objects.create(city=cast.mulhouse.city, neighbour=basel, distance_km=28)
    assert "28 km" in page_of("mulhouse")
    assert "28 km" in page_of("basel")


def test_a_distance_that_nobody_wrote_down_is_measured(cast: Cast) -> None:
    basel = make_city("basel", latitude=47.5584, longitude=7.5733, in_network=False)
    Tie.objects.create(city=cast.mulhouse.city, neighbour=basel)
    city = city_for_page(cast.visitor).get(slug="mulhouse")
    assert 25 <= CityPage(city, cast.visitor).neighbours[0].distance_km <= 30


def test_a_neighbour_outside_the_network_says_so(cast: Cast) -> None:
    make_city("basel", in_network=False)
    assert "Neighbour outside the network" in page_of("basel")


def test_a_period_to_be_confirmed_says_so_and_an_unknown_year_too(cast: Cast) -> None:
    accompany(make_city("toulouse"), cast.programme, status=PeriodStatus.INVITED, starts_on=None)
    body = page_of("toulouse")
    assert "to be confirmed" in body
    assert "year not known" in body


def test_a_year_without_a_source_is_marked_unverified(cast: Cast) -> None:
    accompany(make_city("metz"), cast.programme, starts_on=dt.date(2018, 1, 1), ends_on=dt.date(2020, 12, 31))
    assert "2018–2020 (unverified)" in page_of("metz")


def test_projects_stand_under_their_phase(cast: Cast) -> None:
    make_project(cast.boston, phase=Phase.PREPARE, visibility=Visibility.PUBLIC, title="Rooms")
    steps = CityPage(cast.boston.city, cast.visitor).steps
    assert [(step.phase, [project.title for project in step.projects]) for step in steps] == [
        (Phase.PREPARE, ["Rooms"])
    ]


@pytest.mark.parametrize(("kind", "levels"), [("visitor", 1), ("stranger", 2), ("coach", 3), ("tel_aviv_observer", 4)])
def test_each_reader_sees_the_projects_shared_with_them(cast: Cast, kind: str, levels: int) -> None:
    assert len(CityPage(cast.tel_aviv.city, cast.person(kind)).projects) == levels


def test_names_of_people_are_for_people_who_are_signed_in(cast: Cast) -> None:
    assert "Tel Aviv lead" not in page_of("tel-aviv-yafo")
    assert "Tel Aviv lead" in page_of("tel-aviv-yafo", cast.stranger)


def test_no_address_of_anybody_stands_on_the_page(cast: Cast) -> None:
    assert cast.tel_aviv_lead.email not in page_of("tel-aviv-yafo", cast.stranger)


def test_people_who_left_coaches_and_closed_accounts_are_not_people_to_reach(cast: Cast) -> None:
    closed = make_person("Closed account", is_active=False)
    join(cast.tel_aviv, closed)
    names = [person.name for person in CityPage(cast.tel_aviv.city, cast.stranger).people]
    assert names == ["Tel Aviv lead", "Tel Aviv member", "Tel Aviv observer"]


def test_a_person_to_reach_comes_with_languages_and_local_time(cast: Cast) -> None:
    join(cast.boston, make_person("Speaker", spoken_languages=["es"], timezone="America/Bogota"), Right.LEAD)
    person = CityPage(cast.boston.city, cast.stranger).people[0]
    assert (person.languages, person.timezone, person.is_lead) == (["en", "es"], "America/Bogota", True)


def test_a_documented_link_stands_on_both_pages_but_names_no_hidden_project(cast: Cast) -> None:
    hidden = cast.projects["team"]
    link = CityLink.objects.create(
        slug="l", kind=LinkKind.STUDIED, city=cast.tel_aviv.city, project=hidden, what="They looked at it."
    )
    link.idea_from.add(cast.boston.city)
    for slug in ("tel-aviv-yafo", "boston"):
        body = page_of(slug, cast.mulhouse_lead)
        assert "They looked at it." in body
        assert hidden.title not in body
    assert hidden.title in page_of("boston", cast.tel_aviv_lead)


def test_the_page_knows_whether_its_reader_follows(cast: Cast) -> None:
    Follow.objects.create(person=cast.mulhouse_lead, city=cast.boston.city)
    assert 'aria-pressed="true"' in page_of("boston", cast.mulhouse_lead)
    assert 'aria-pressed="false"' in page_of("boston", cast.stranger)


def test_a_city_without_team_or_anything_has_a_page(cast: Cast) -> None:
    make_city("bare", population=None, languages=[])
    assert "Nothing to read here yet" in page_of("bare", cast.stranger)


def test_the_page_asks_the_database_as_often_for_much_as_for_little(cast: Cast) -> None:
    client, city = client_of(cast.mulhouse_lead), cast.tel_aviv.city
    with CaptureQueriesContext(connection) as little:
        client.get("/cities/tel-aviv-yafo/")
    for number in range(3):
        other = make_city()
        Tie.objects.create(city=city, neighbour=other)
        link = CityLink.objects.create(
            slug=f"l{number}", kind=LinkKind.ADAPTED, city=other, what="It.", project=cast.projects["public"]
        )
        link.idea_from.add(city, cast.boston.city)
        make_project(cast.tel_aviv, topics=(make_topic(), make_topic()), visibility=Visibility.PUBLIC)
        join(make_team(city, slug=f"t{number}"), make_person())
        accompany(
            city, cast.other_programme, starts_on=dt.date(2001 + number, 1, 1), ends_on=dt.date(2002 + number, 1, 1)
        )
    with CaptureQueriesContext(connection) as much:
        client.get("/cities/tel-aviv-yafo/")
    assert len(much) <= 12
    # The first time there was no link, so its project and its sources were not asked for.
    assert len(much) <= len(little) + 2
