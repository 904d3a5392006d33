"""The demo: its contract, its story, and that nothing of it is taken for real."""

import datetime as dt
import html
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.core.files.storage import Storage
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from cities.models import MembershipPeriod, Team
from cities.querysets import TeamQuerySet
from engagement.choices import Act, CheckInState, IntroductionState
from engagement.models import (
    CheckIn,
    CheckInComment,
    CheckInMove,
    CoachingEngagement,
    Commitment,
    Introduction,
    Letter,
    Question,
    Reflection,
)
from innoteams.accounts.models import User
from innoteams.demo.load import load_demo
from innoteams.demo.people import PASSWORD, accounts
from projects.choices import Direction, Measure, Rung, Verb
from projects.freshness import freshness
from projects.models import (
    Activity,
    Adaptation,
    Attachment,
    CityLink,
    Follow,
    Indicator,
    Pilot,
    Project,
    Reading,
    Revision,
)
from projects.models.attachments import private_storage
from projects.shelf import paths_of

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
    assert Introduction.objects.filter(state=IntroductionState.ASKED).count() == 2
    assert Introduction.objects.filter(helped=True).count() == 1
    assert CoachingEngagement.objects.get().sessions.count() == 4
    assert Question.objects.count() == 6


def test_the_story_of_a_coaching_is_whole(demo: None) -> None:
    [kept] = Commitment.objects.filter(done_activity__isnull=False)
    assert kept.done_activity is not None
    assert kept.done_activity.verb == Verb.JOURNAL_ADDED
    assert Commitment.objects.open().filter(act=Act.ADD_READING).exists()
    assert set(Reflection.objects.values_list("moment", flat=True)) == {"start", "middle"}
    moves = CheckInMove.objects.filter(check_in__team__slug="tel-aviv-yafo", check_in__state=CheckInState.ACCEPTED)
    assert [move.to_state for move in moves] == ["submitted", "returned", "submitted", "accepted"]
    assert CheckInComment.objects.filter(asks=True, settled_at__isnull=False).count() == 1
    assert CheckInComment.objects.filter(asks=True, settled_at=None).count() == 1


def page_of(email: str, address: str) -> str:
    client = Client()
    client.force_login(User.objects.get(email=email))
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_every_documented_link_stands_on_the_pages_of_its_project_and_its_cities(demo: None) -> None:
    assert CityLink.objects.count() == 8
    for link in CityLink.objects.select_related("project", "city").prefetch_related("idea_from"):
        places = [link.city, *link.idea_from.all(), *([link.project] if link.project else [])]
        for place in places:
            assert link.what in page_of("lead@mulhouse.demo.example", place.get_absolute_url()), (link, place)


def test_the_entry_about_loneliness_tells_both_pilots_and_what_was_not_found(demo: None) -> None:
    page = page_of("lead@mulhouse.demo.example", "/projects/tel-aviv-loneliness-older-residents/")
    assert "Little-used synagogues as community centres" in page
    assert "Older people paired with students" in page
    assert "citylab.com" in page
    assert page.count('<tr class="is-gap">') == 5


def test_figures_are_of_every_kind_and_two_sources_disagree(demo: None) -> None:
    indicators = Indicator.objects.filter(project__is_demo=True)
    assert set(indicators.values_list("measure", flat=True)) == set(Measure)
    assert {Measure.DURATION, Measure.PERCENT} <= {one.measure for one in indicators if one.better == Direction.DOWN}
    assert "Deux sources" in page_of("lead@mulhouse.demo.example", "/projects/le-car-de-18-h-40/")
    wrong = Reading.objects.get(withdrawn_at__isnull=False)
    assert wrong.corrected_by.value == 71


def test_the_neighbours_on_the_stairs_stand_on_the_highest_rung_and_others_below(demo: None) -> None:
    rungs = dict(Project.objects.filter(is_demo=True).with_rung().values_list("title", "rung"))
    assert rungs["שכנים פותחים את חדר המדרגות"] == Rung.REPEATED
    assert len(set(rungs.values())) >= 4


def test_photos_say_what_they_show_and_every_file_is_there(demo: None) -> None:
    files = Attachment.objects.all()
    assert files.exclude(width=None).count() == 3
    assert files.filter(width=None, reading__isnull=False).count() == 2
    shelf: Storage = private_storage()
    assert all(shelf.exists(path) for file in files for path in paths_of(file))


def test_what_one_team_learned_is_offered_to_another_in_my_work(demo: None) -> None:
    assert "Avant d’expliquer une lettre" in page_of("lead@durham.demo.example", "/my-work/")
    assert "הספסל אינו מבקש דבר" in page_of("lead@mulhouse.demo.example", "/my-work/")


def test_learning_went_over_three_cities_and_came_from_outside_too(demo: None) -> None:
    page = page_of("lead@tel-aviv-yafo.demo.example", _stairs().get_absolute_url())
    assert "Voisins de palier" in page
    assert "Een bank bij de brievenbussen" in page
    assert "Neuf personnes chaque mardi" in page
    assert Adaptation.objects.filter(source=None).count() == 1


def test_what_is_the_teams_alone_is_not_shown_to_a_partner_city(demo: None) -> None:
    address, words = _stairs().get_absolute_url(), "בבניין השלישי שוקלים"
    assert words in page_of("member@tel-aviv-yafo.demo.example", address)
    assert words not in page_of("lead@mulhouse.demo.example", address)


def test_an_earlier_text_was_brought_back(demo: None) -> None:
    brought = Revision.objects.get(restores__isnull=False)
    assert "<li>" in _stairs().conditions
    assert brought.project == _stairs()


def test_one_project_was_not_confirmed_for_fourteen_months(demo: None) -> None:
    project = Project.objects.get(title="Une table au marché pour les factures")
    assert freshness(project).months == 14
    assert "14 mois" in page_of("lead@mulhouse.demo.example", project.get_absolute_url())


def test_a_question_is_answered_and_another_open_and_projects_are_followed(demo: None) -> None:
    questions = Question.objects.filter(project=_stairs())
    assert sorted(question.answers.exists() for question in questions) == [False, True]
    assert Follow.objects.exclude(project=None).count() >= 4


def _stairs() -> Project:
    found: Project = Project.objects.get(title="שכנים פותחים את חדר המדרגות")
    return found


def test_nothing_happened_before_the_network_or_after_now(demo: None) -> None:
    now = timezone.now()
    assert not Activity.objects.filter(at__gt=now).exists()
    assert not Project.objects.filter(updated_at__gt=now).exists()
    assert Activity.objects.filter(at__gt=now - dt.timedelta(days=7)).count() >= 5


def test_only_letters_about_what_waits_are_left_for_the_worker(demo: None) -> None:
    assert {letter.kind for letter in Letter.objects.filter(closed_at=None)} == {
        "introduction_asked",
        "introduction_brokered",
        "checkin_submitted",
        "question_asked",
    }


def test_a_second_time_changes_nothing(demo: None) -> None:
    before = (User.objects.count(), Project.objects.count(), Activity.objects.count())
    assert not load_demo(say=quiet)
    assert (User.objects.count(), Project.objects.count(), Activity.objects.count()) == before
