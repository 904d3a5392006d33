"""Reminders of sessions: when they come, to whom, how often, and what stops them.

What is promised is told by the digest of actions (test_actions_reminders.py).
"""

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cities.choices import Right
from cities.models import Team
from engagement import reminders
from engagement.choices import LetterKind
from engagement.coaching import engagements
from engagement.models import CoachingEngagement, Letter
from innoteams.accounts.models import User
from innoteams.celery import app
from tests.cast import Cast, join, make_cast, make_city, make_person, make_team
from tests.engagement import accompany_scenes as scenes
from tests.engagement.action_scenes import DAY, DUE, on
from tests.engagement.calendar_scenes import WEDNESDAY, addresses, planned, post, remind, tell, utc


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with time_machine.travel(utc("2026-09-30 09:00"), tick=False):
        yield make_cast()


@pytest.fixture
def engagement(cast: Cast) -> CoachingEngagement:
    return scenes.engagement(cast)


def pair(cast: Cast) -> set[str]:
    return {person.email for person in (cast.coach, cast.tel_aviv_lead, cast.tel_aviv_member, cast.tel_aviv_observer)}


def test_a_day_before_a_session_everybody_of_the_pair_is_reminded_once(
    cast: Cast, engagement: CoachingEngagement
) -> None:
    session = planned(engagement, WEDNESDAY, planned_by=cast.coach)
    tell(LetterKind.SESSION_PLANNED, session, cast.tel_aviv_lead)
    post()
    with time_machine.travel(WEDNESDAY - DAY - dt.timedelta(minutes=1), tick=False):
        assert remind() == []
    with time_machine.travel(WEDNESDAY - DAY, tick=False):
        messages = remind()
        assert addresses(messages) == pair(cast)
        assert remind() == []
    assert messages[0].subject == "Coming up on 7 October: coaching session, Tel Aviv Yafo"
    assert "Nobody has written an agenda yet" in str(messages[0].body)
    assert "/calendar/#reminders" in str(messages[0].body)


def test_whoever_was_told_less_than_a_day_before_is_not_reminded(cast: Cast, engagement: CoachingEngagement) -> None:
    with time_machine.travel(WEDNESDAY - dt.timedelta(hours=20), tick=False):
        tell(LetterKind.SESSION_PLANNED, planned(engagement, WEDNESDAY), cast.tel_aviv_lead)
        assert len(post()) == 1
    with time_machine.travel(WEDNESDAY - dt.timedelta(hours=3), tick=False):
        assert remind() == []


def test_a_session_that_was_moved_is_reminded_of_anew(cast: Cast, engagement: CoachingEngagement) -> None:
    session = planned(engagement, WEDNESDAY)
    with time_machine.travel(WEDNESDAY - dt.timedelta(hours=20), tick=False):
        assert len(remind()) == 4
        session.starts_at, session.sequence = WEDNESDAY + 7 * DAY, 1
        session.save()
        assert remind() == []
    with time_machine.travel(WEDNESDAY + 6 * DAY, tick=False):
        assert addresses(remind()) == pair(cast)


@pytest.mark.parametrize("field", ["called_off_at", "logged_at"])
def test_about_a_session_called_off_or_logged_nobody_is_reminded(
    cast: Cast, engagement: CoachingEngagement, field: str
) -> None:
    planned(engagement, WEDNESDAY, **{field: timezone.now()})
    with time_machine.travel(WEDNESDAY - dt.timedelta(hours=20), tick=False):
        assert remind() == []
    with time_machine.travel(WEDNESDAY + dt.timedelta(hours=8), tick=False):
        assert remind() == []


@pytest.mark.parametrize(
    ("zone", "starts", "asked"),
    [
        # An hour long; two hours after its end where that is no night, else at eight.
        ("Europe/Paris", "2026-10-07 09:00", "2026-10-07 12:00"),
        ("Europe/Paris", "2026-10-07 16:00", "2026-10-08 06:00"),
        ("America/Anchorage", "2026-10-07 07:00", "2026-10-07 16:00"),
        ("Asia/Jerusalem", "2026-10-08 16:00", "2026-10-11 05:00"),
        ("Europe/Paris", "2026-10-10 08:00", "2026-10-10 11:00"),
    ],
)
def test_coaches_are_asked_to_log_at_a_decent_hour(
    cast: Cast, engagement: CoachingEngagement, zone: str, starts: str, asked: str
) -> None:
    User.objects.filter(pk=cast.coach.pk).update(timezone=zone)
    planned(engagement, utc(starts))
    found, now = [], utc(starts) + dt.timedelta(minutes=1)
    while now < utc(starts) + 4 * DAY:
        with time_machine.travel(now, tick=False):
            reminders.write_sessions_to_log(timezone.now())
            found += [(timezone.now(), addresses([message])) for message in post()]
        now += dt.timedelta(minutes=59 if now.minute else 60)
    assert found == [(utc(asked), {cast.coach.email})]


def test_reminders_of_sessions_can_be_switched_off(cast: Cast, engagement: CoachingEngagement) -> None:
    planned(engagement, WEDNESDAY)
    reminders.choose(by=cast.coach, sessions=False)
    with time_machine.travel(WEDNESDAY - DAY, tick=False):
        assert addresses(remind()) == pair(cast) - {cast.coach.email}


# --- Two workers, and many people ----------------------------------------------------------------------------------


def test_beat_rings_the_door_that_writes_them(cast: Cast, engagement: CoachingEngagement) -> None:
    planned(engagement, dt.datetime.combine(DUE, dt.time(15), dt.UTC))
    ring = app.conf.beat_schedule["reminder-tick"]["task"]
    app.autodiscover_tasks(force=True)
    with on(DUE):
        app.tasks[ring]()
    assert Letter.objects.filter(kind=LetterKind.SESSION_SOON).count() == len(pair(cast))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_each_letter_once() -> None:
    with time_machine.travel(utc("2026-09-30 09:00"), tick=False):
        cast = make_cast()
        engagement = scenes.engagement(cast)
        planned(engagement, dt.datetime.combine(DUE, dt.time(15), dt.UTC))
        planned(engagement, dt.datetime.combine(DUE, dt.time(5), dt.UTC))
    at_once = threading.Barrier(4)

    def work() -> None:
        try:
            at_once.wait(timeout=20)
            reminders.write_due(dt.datetime.combine(DUE, dt.time(9), dt.UTC))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    with on(DUE):
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(timeout=60)
    written = list(Letter.objects.exclude(kind=LetterKind.CHECK_IN_OPENED).values_list("kind", flat=True))
    assert {kind: written.count(kind) for kind in written} == {"session_soon": 4, "session_to_log": 1}


def test_the_ring_costs_the_same_for_many_people(cast: Cast) -> None:
    scene(cast, cast.tel_aviv, cast.coach)
    for_one = _queries()
    for number in range(12):
        team, coach = make_team(make_city(f"town-{number}")), make_person()
        join(team, make_person(), Right.LEAD)
        scene(cast, team, coach)
    assert _queries() == for_one
    assert Letter.objects.filter(kind=LetterKind.SESSION_TO_LOG).count() > 12


def scene(cast: Cast, team: Team, coach: User) -> None:
    engagement = engagements.open_engagement(by=cast.administrator, coaches=[coach], team=team)
    planned(engagement, dt.datetime.combine(DUE, dt.time(15), dt.UTC))
    planned(engagement, dt.datetime.combine(DUE, dt.time(5), dt.UTC))


def _queries() -> int:
    Letter.objects.all().delete()
    with on(DUE), CaptureQueriesContext(connection) as queries:
        reminders.write_due(timezone.now())
    return len(queries)
