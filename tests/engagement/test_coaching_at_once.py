"""Two people, or two clicks, at the same moment: real threads, each with its own connection."""

import datetime as dt

import pytest
from django.utils import timezone

from cities import invitations
from cities.choices import Right
from cities.models import Membership
from engagement.choices import LetterKind
from engagement.coaching import engagements, sessions
from engagement.coaching.sessions import ChangedMeanwhile, LoggedMeanwhile
from engagement.models import CoachingEngagement, CoachingSession, Letter
from innoteams.lib.verdicts import Refused
from tests.cast import Cast, make_cast, make_person
from tests.cities.test_people_at_once import at_once, refused
from tests.engagement.accompany_scenes import engagement, session
from tests.engagement.coaching_scenes import DAY, planned

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return make_cast()


def test_two_who_log_at_once_lose_no_word(people: Cast) -> None:
    one = session(engagement(people), days=-1)
    outcomes = at_once(
        *(
            lambda by=by: sessions.log_session(by=by, session=one, version=1, happened=f"{by.name} wrote this.")
            for by in (people.coach, people.tel_aviv_lead)
        )
    )
    second = next(outcome for outcome in outcomes if isinstance(outcome, Refused))
    assert isinstance(second, LoggedMeanwhile)
    assert second.theirs.happened == CoachingSession.objects.get().happened
    assert CoachingSession.objects.get().version == 2


def test_two_who_move_at_once_move_it_once_and_tell_it_once(people: Cast) -> None:
    one = planned(engagement(people), people.coach, timezone.now() + DAY)
    outcomes = at_once(
        *(
            lambda by=by, days=days: sessions.move_session(
                by=by, session=one, version=1, starts_at=one.starts_at + days * DAY, minutes=60
            )
            for by, days in ((people.coach, 1), (people.tel_aviv_lead, 2))
        )
    )
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Refused)] == [ChangedMeanwhile]
    assert CoachingSession.objects.get().sequence == 1
    assert Letter.objects.filter(kind=LetterKind.SESSION_MOVED).count() == 3


@pytest.mark.parametrize("_again", range(3))
def test_whoever_plans_while_the_coaching_ends_leaves_nothing_planned(people: Cast, _again: int) -> None:
    opened = engagement(people)
    at_once(
        lambda: engagements.end_engagement(by=people.coordinator, engagement=opened),
        lambda: planned(opened, people.tel_aviv_lead, timezone.now() + dt.timedelta(days=3)),
    )
    assert CoachingEngagement.objects.get().ends_on is not None
    assert not CoachingSession.objects.planned().exists()


def test_the_last_two_coaches_who_leave_at_once_end_it(people: Cast) -> None:
    second = make_person("Second")
    opened = engagements.open_engagement(by=people.coordinator, coaches=[people.coach, second], team=people.tel_aviv)
    outcomes = at_once(
        *(lambda by=by: engagements.take_out_coach(by=by, engagement=opened, coach=by) for by in (people.coach, second))
    )
    assert refused(outcomes) == 0
    now = CoachingEngagement.objects.get()
    assert now.ends_on is not None
    assert now.coaches.filter(left_early=True).count() == 1
    assert not Membership.objects.current().coaches().filter(team=people.tel_aviv).exists()


def test_nobody_becomes_coach_and_member_of_a_team_at_once(people: Cast) -> None:
    person = make_person("Both")
    invited = invitations.invite(by=people.tel_aviv_lead, team=people.tel_aviv, email=person.email, right=Right.MEMBER)
    outcomes = at_once(
        lambda: invitations.accept(by=person, digest=invited.invitation.key_digest),
        lambda: engagements.open_engagement(by=people.coordinator, coaches=[person], team=people.tel_aviv),
    )
    assert refused(outcomes) == 1
    assert Membership.objects.current().filter(team=people.tel_aviv, person=person).count() == 1
