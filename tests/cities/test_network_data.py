"""Loading the real network: what is there afterwards, and that loading again harms nothing."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from cities.choices import CityKind, PeriodStatus
from cities.models import City, MembershipPeriod, Operator, Priority, Programme, Team, Tie, Topic, TopicGroup
from innoteams.lib.languages import CONTENT_LANGUAGES
from projects.choices import Outcome, ResultKind, Visibility
from projects.models import CityLink, Pilot, Project, ProjectTopic, PublishedResult
from projects.network_data import load_network

pytestmark = pytest.mark.django_db

PLACES = (City, Tie, Team, Topic, TopicGroup, Operator, Programme, MembershipPeriod, Priority)
TABLES: tuple[type[Model], ...] = (*PLACES, Project, ProjectTopic, PublishedResult, Pilot, CityLink)


def quiet(line: str) -> None: ...


@pytest.fixture
def network(db: None) -> None:
    load_network(say=quiet)


def sizes() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in TABLES}


def test_it_holds_what_the_sources_hold(network: None) -> None:
    assert City.objects.members().count() == 52
    assert City.objects.filter(in_network=False).count() == Tie.objects.count() == 6
    assert (Topic.objects.count(), TopicGroup.objects.count()) == (40, 7)
    assert (Project.objects.count(), CityLink.objects.count()) == (45, 8)
    assert Project.objects.values("team__city").distinct().count() == 32


def test_every_member_but_the_unconfirmed_one_has_a_team_that_writes_in_its_language(network: None) -> None:
    assert set(City.objects.members().filter(teams=None).values_list("slug", flat=True)) == {"toulouse"}
    known = {code for code, _name in CONTENT_LANGUAGES}
    assert set(Team.objects.values_list("language", flat=True)) <= known


def test_names_are_there_in_all_four_languages(network: None) -> None:
    for thing in [*City.objects.all(), *Topic.objects.all(), *TopicGroup.objects.all()]:
        assert {"en", "fr", "es", "he"} <= set(thing.names), thing


def test_sourced_projects_are_public_have_a_source_and_no_author(network: None) -> None:
    for project in Project.objects.all():
        assert project.visibility == Visibility.PUBLIC
        assert project.source_line
        assert project.created_by is None
        assert project.is_from_public_source
        assert not project.is_draft
        assert project.for_whom
        project.full_clean(exclude=["words"])


def test_what_was_not_found_is_a_result_of_its_own(network: None) -> None:
    told = PublishedResult.objects.filter(project__slug="tel-aviv-loneliness-older-residents")
    assert {result.kind for result in told} == {ResultKind.GAP}
    assert told[0].value == "none published in the article"
    assert Pilot.objects.filter(project=told[0].project).count() == 2


def test_the_stopped_pilot_keeps_its_outcome(network: None) -> None:
    assert Project.objects.get(outcome=Outcome.STOPPED).slug == "centennial-go-centennial"


def test_what_nobody_could_verify_says_so(network: None) -> None:
    assert not Project.objects.get(slug="chicago-restaurant-licensing").source_verified
    assert not MembershipPeriod.objects.get(city__slug="metz-metropole").source_verified


def test_programmes_and_periods_follow_the_decision(network: None) -> None:
    assert Programme.objects.get(slug="la-transfo").funder == Operator.objects.get(slug="bloomberg-philanthropies")
    status = dict(MembershipPeriod.objects.filter(programme__slug="la-transfo").values_list("city__slug", "status"))
    assert status.pop("toulouse") == PeriodStatus.INVITED
    assert set(status.values()) == {PeriodStatus.ALUMNI}
    assert MembershipPeriod.objects.filter(city__slug="tel-aviv-yafo").count() == 2
    assert not MembershipPeriod.objects.filter(status=PeriodStatus.ACTIVE).exists()


def test_countries_are_neighbours_only(network: None) -> None:
    assert not City.objects.members().filter(kind=CityKind.COUNTRY).exists()


def test_loading_again_adds_nothing(network: None) -> None:
    before = sizes()
    load_network(say=quiet)
    assert sizes() == before


def test_loading_again_keeps_what_people_changed_and_removed(network: None) -> None:
    mulhouse = City.objects.get(slug="mulhouse")
    mulhouse.population = 1
    mulhouse.save()
    Priority.objects.filter(city=mulhouse).update(text="Reworded")
    Project.objects.filter(slug="dunkirk-reflexenergie").update(title="Another title", visibility=Visibility.TEAM)
    PublishedResult.objects.filter(project__slug="mulhouse-megotiers").delete()
    MembershipPeriod.objects.filter(city=mulhouse).delete()
    before = sizes()
    load_network(say=quiet)
    assert sizes() == before
    mulhouse.refresh_from_db()
    assert mulhouse.population == 1
    assert Priority.objects.get(city=mulhouse).text == "Reworded"
    assert Project.objects.get(slug="dunkirk-reflexenergie").visibility == Visibility.TEAM


def test_loading_again_brings_back_what_is_missing_with_all_that_belongs_to_it(network: None) -> None:
    before = sizes()
    Project.objects.get(slug="tel-aviv-loneliness-older-residents").delete()
    CityLink.objects.filter(slug="tel-aviv-boston-same-theme").delete()
    City.objects.get(slug="basel").delete()
    load_network(say=quiet)
    assert sizes() == before


def test_loading_takes_few_queries_however_much_there_is(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        load_network(say=quiet)
    assert len(queries) < 80


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_make_one_network() -> None:
    start, failures = Barrier(2), []

    def load() -> None:
        start.wait()
        try:
            load_network(say=quiet)
        except Exception as error:  # noqa: BLE001 - told to the test, which runs in another thread
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=load) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert City.objects.count() == 58
    assert Project.objects.count() == 45
