"""The demo: its contract, its story, and that nothing of it is taken for real."""

import datetime as dt
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from cities.models import MembershipPeriod, Team
from cities.querysets import TeamQuerySet
from engagement.choices import CheckInState, IntroductionState
from engagement.models import CheckIn, CoachingEngagement, Introduction, Letter, Question
from innoteams.accounts.models import User
from innoteams.demo.load import load_demo
from innoteams.demo.people import PASSWORD, accounts
from projects.models import Activity, Adaptation, Pilot, Project, Reading

PROMISED = ("tel-aviv-yafo", "mulhouse", "paris", "dunkirk", "occitanie", "boston", "jerusalem", "centennial")

pytestmark = pytest.mark.django_db


def quiet(line: str) -> None: ...


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for all tests here, which only read; rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert load_demo(say=quiet)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded: None, db: None) -> None: ...


def test_the_promised_accounts_are_there_and_can_sign_in(demo: None) -> None:
    addresses = {account.email for account in accounts()}
    assert {f"{role}@{slug}.demo.example" for slug in PROMISED for role in ("lead", "member")} <= addresses
    staff = {"admin@demo.example", "coach@demo.example", "coordinator@bloomberg.demo.example"}
    assert staff | {"coordinator@27eregion.demo.example"} <= addresses
    assert Client().login(email="lead@mulhouse.demo.example", password=PASSWORD)
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == len(addresses)


def test_demo_people_are_marked_welcomed_and_named_by_their_role(demo: None) -> None:
    assert not User.objects.exclude(is_demo=True).exists()
    assert not User.objects.filter(welcomed_at=None).exists()
    assert User.objects.get(email="lead@mulhouse.demo.example").name == "Mulhouse team lead"


def test_people_have_the_language_and_the_clock_of_their_city(demo: None) -> None:
    lead = User.objects.get(email="lead@mulhouse.demo.example")
    assert (lead.language, lead.timezone) == ("fr", "Europe/Paris")
    other = User.objects.get(email="lead@tel-aviv-yafo.demo.example")
    # Hebrew is not among the languages of the interface here, so mails come in English.
    assert (other.language, other.timezone, "he" in other.spoken_languages) == ("en", "Asia/Jerusalem", True)


def test_coordinators_have_teams_to_accompany(demo: None) -> None:
    teams: TeamQuerySet = Team.objects.all()
    french = User.objects.get(email="coordinator@27eregion.demo.example")
    funder = User.objects.get(email="coordinator@bloomberg.demo.example")
    slugs = set(teams.coordinated_by(french).values_list("slug", flat=True))
    assert slugs == {"mulhouse", "paris", "dunkirk", "occitanie"}
    assert {"tel-aviv-yafo", "boston", "centennial"} <= set(teams.coordinated_by(funder).values_list("slug", flat=True))
    assert slugs <= set(teams.read_by_coordinator(funder).values_list("slug", flat=True))


def test_everything_that_the_demo_people_wrote_is_marked(demo: None) -> None:
    assert not Project.objects.exclude(created_by=None).filter(is_demo=False).exists()
    assert not Project.objects.filter(created_by=None, is_demo=True).exists()
    invented = MembershipPeriod.objects.filter(status="active")
    assert all(period.source.startswith("Invented for the demo") for period in invented)


def test_the_story_has_a_bit_of_everything(demo: None) -> None:
    assert Project.objects.filter(is_demo=True).values("language").distinct().count() >= 6
    assert Project.objects.filter(is_demo=True).values("visibility").distinct().count() == 4
    assert Adaptation.objects.count() == 4
    assert Pilot.objects.filter(decision="stop").count() == 2
    assert Reading.objects.count() >= 12
    assert set(CheckIn.objects.values_list("state", flat=True)) == set(CheckInState)
    assert Introduction.objects.filter(state=IntroductionState.ASKED).count() == 1
    assert Introduction.objects.filter(helped=True).count() == 1
    assert CoachingEngagement.objects.get().sessions.count() == 4
    assert Question.objects.count() == 5


def test_nothing_happened_before_the_network_or_after_now(demo: None) -> None:
    now = timezone.now()
    assert not Activity.objects.filter(at__gt=now).exists()
    assert not Project.objects.filter(updated_at__gt=now).exists()
    assert Activity.objects.filter(at__gt=now - dt.timedelta(days=7)).count() >= 5


def test_only_letters_about_what_waits_are_left_for_the_worker(demo: None) -> None:
    assert {letter.kind for letter in Letter.objects.filter(closed_at=None)} == {
        "introduction_asked",
        "checkin_submitted",
        "question_asked",
    }


def test_a_second_time_changes_nothing(demo: None) -> None:
    before = (User.objects.count(), Project.objects.count(), Activity.objects.count())
    assert not load_demo(say=quiet)
    assert (User.objects.count(), Project.objects.count(), Activity.objects.count()) == before
