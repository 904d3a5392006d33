"""Reminders: when they come, to whom, how often, and what stops them."""

import datetime as dt
import threading
from collections import defaultdict
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cities.choices import Right
from cities.models import Membership, Team
from engagement import promises, reminders
from engagement.choices import CheckInState, LetterKind
from engagement.coaching import engagements
from engagement.dues import Due
from engagement.local_days import is_awake, is_working_day
from engagement.models import (
    CheckIn,
    CheckInPeriod,
    CoachingEngagement,
    CoachingSession,
    Commitment,
    Letter,
    ReminderPreference,
)
from engagement.promises import Promise, Whom
from innoteams.accounts.models import User
from innoteams.celery import app
from tests.cast import Cast, coordinate, join, make_cast, make_city, make_person, make_team
from tests.engagement import accompany_scenes as scenes
from tests.engagement.calendar_scenes import WEDNESDAY, addresses, planned, post, remind, tell, utc, whole

DAY = dt.timedelta(days=1)
# A Monday: a week before and after it, and three days after it, people work in Paris, Jerusalem and Anchorage.
DUE = dt.date(2026, 10, 12)


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with time_machine.travel(utc("2026-09-30 09:00"), tick=False):
        yield make_cast()


def on(day: dt.date, hour: int = 9, minute: int = 0) -> "time_machine.travel":
    return time_machine.travel(dt.datetime.combine(day, dt.time(hour, minute), dt.UTC), tick=False)


def draft(cast: Cast, *, due: dt.date = DUE, team: Team | None = None, key: str = "2026-Q3") -> CheckIn:
    period, _ = CheckInPeriod.objects.get_or_create(
        programme=cast.programme,
        key=key,
        defaults={"starts_on": due - 100 * DAY, "ends_on": due - 14 * DAY, "due_on": due},
    )
    return CheckIn.objects.create(period=period, team=team or cast.tel_aviv)


def day_by_day(first: dt.date, last: dt.date) -> dict[dt.date, set[str]]:
    """Whom the mails of each day went to, with a worker that rings every day at nine."""
    found = {}
    day = first
    while day <= last:
        with on(day):
            if sent := remind():
                found[day] = addresses(sent)
        day += DAY
    return found


def offsets(found: dict[dt.date, set[str]], due: dt.date) -> dict[int, set[str]]:
    return {(day - due).days: people for day, people in found.items()}


# --- Who hears of what, when ---------------------------------------------------------------------------------------


def test_a_check_in_is_reminded_of_before_on_and_after_its_day_and_rises(cast: Cast) -> None:
    draft(cast)
    team = {cast.tel_aviv_lead.email, cast.tel_aviv_member.email}
    assert offsets(day_by_day(DUE - 11 * DAY, DUE + 20 * DAY), DUE) == {
        -7: team,
        0: team,
        3: team,
        7: team | {cast.coordinator.email},
        14: team | {cast.coordinator.email},
    }


def test_an_answer_is_reminded_of_and_from_a_week_late_its_team_is_told_that_it_counts(cast: Cast) -> None:
    with on(DUE):
        scenes.submitted(cast, draft(cast))
        post()
    due = DUE + promises.DAYS_TO_ANSWER * DAY
    every = {cast.tel_aviv_lead.email, cast.tel_aviv_member.email, cast.coordinator.email}
    assert offsets(day_by_day(DUE + DAY, due + 20 * DAY), due) == {
        0: {cast.coordinator.email},
        3: {cast.coordinator.email},
        7: every,
        14: every,
    }


def test_the_lead_is_told_in_so_many_words_and_the_subject_names_the_most_urgent(cast: Cast) -> None:
    draft(cast)
    engagement = scenes.engagement(cast)
    Commitment.objects.create(
        engagement=engagement, text="Ring the clinic", owner=cast.tel_aviv_lead, due_on=DUE + 3 * DAY
    )
    with on(DUE + 3 * DAY):
        by_person = {min(addresses([message])): message for message in remind()}
    lead, member = by_person[cast.tel_aviv_lead.email], by_person[cast.tel_aviv_member.email]
    assert lead.subject == "Check-in Quarter 3 of 2026, Tel Aviv Yafo: 3 days late, and 1 more"
    assert member.subject == "Check-in Quarter 3 of 2026, Tel Aviv Yafo: 3 days late"
    assert "Nobody of your team has sent it yet. You lead the team" in str(lead.body)
    assert "Nobody of your team" not in str(member.body)
    assert "Promised until Oct. 12, 2026." in str(lead.body)
    assert "Commitment, coaching Tel Aviv Yafo: due today\n  “Ring the clinic”" in str(lead.body)
    for part in (str(lead.body), str(lead.alternatives[0][0])):
        assert "/check-ins/" in part
        assert "#commitments" in part
        assert "/calendar/#reminders" in part


def test_coordinators_are_led_to_the_portfolio_because_a_draft_is_the_teams_alone(cast: Cast) -> None:
    check_in = draft(cast)
    with on(DUE + 7 * DAY):
        [message] = [one for one in remind() if addresses([one]) == {cast.coordinator.email}]
    assert "/portfolio/" in str(message.body)
    assert check_in.get_absolute_url() not in str(message.body)
    assert "The team has not sent it" in str(message.body)


def test_a_check_in_that_came_back_is_late_from_its_own_day(cast: Cast) -> None:
    with on(DUE):
        check_in = scenes.submitted(cast, draft(cast))
    with on(DUE + 2 * DAY):
        scenes.answered(cast, check_in, CheckInState.RETURNED)
        post()
    due = DUE + (2 + promises.DAYS_TO_RESUBMIT) * DAY
    # Wednesday 21 October; three days after it is a Saturday, which Israel takes for Sunday.
    assert sorted(offsets(day_by_day(DUE + 3 * DAY, due + 5 * DAY), due)) == [0, 4]
    with on(due):
        assert "It came back with a question." in promised_words(cast.tel_aviv_lead, due)


def promised_words(person: User, day: dt.date) -> str:
    Letter.objects.filter(person=person, kind=LetterKind.PROMISES).delete()
    [message] = [message for message in remind() if addresses([message]) == {person.email}]
    return str(message.body)


def test_a_commitment_is_reminded_of_a_day_before_on_the_day_and_once_late(cast: Cast) -> None:
    due = dt.date(2026, 10, 14)
    Commitment.objects.create(engagement=scenes.engagement(cast), text="Ring the clinic", owner=cast.coach, due_on=due)
    # Three days late is a Saturday: told on Monday.
    assert offsets(day_by_day(due - 5 * DAY, due + 20 * DAY), due) == {
        -1: {cast.coach.email},
        0: {cast.coach.email},
        5: {cast.coach.email},
    }


def test_what_was_promised_today_is_not_reminded_of_today(cast: Cast) -> None:
    Commitment.objects.create(
        engagement=scenes.engagement(cast), text="Tomorrow", owner=cast.coach, due_on=dt.date(2026, 10, 1)
    )
    assert list(day_by_day(dt.date(2026, 9, 30), dt.date(2026, 10, 1))) == [dt.date(2026, 10, 1)]


def test_a_session_nobody_logged_is_asked_for_the_same_day_and_three_days_later(cast: Cast) -> None:
    planned(scenes.engagement(cast), utc("2026-10-05 07:00"))
    found = day_by_day(dt.date(2026, 10, 1), dt.date(2026, 10, 20))
    # The day before it is a reminder for the whole pair.
    assert offsets(found, dt.date(2026, 10, 5)) == {
        -1: found[dt.date(2026, 10, 4)],
        1: {cast.coach.email},
        3: {cast.coach.email},
    }
    assert len(found[dt.date(2026, 10, 4)]) == 4


def test_a_lead_who_left_and_an_observer_hear_nothing_and_the_successor_does(cast: Cast) -> None:
    draft(cast)
    with on(DUE - 10 * DAY):
        successor = make_person("Successor")
        join(cast.tel_aviv, successor, Right.LEAD)
        Membership.objects.filter(person=cast.tel_aviv_lead).update(ends_on=timezone.now().date())
    assert day_by_day(DUE, DUE)[DUE] == {successor.email, cast.tel_aviv_member.email}


def test_a_coordinator_who_belongs_to_the_team_hears_of_it_as_one_of_the_team(cast: Cast) -> None:
    with on(DUE):
        scenes.submitted(cast, draft(cast))
        coordinate(cast.operator, cast.tel_aviv_observer)
    due = DUE + promises.DAYS_TO_ANSWER * DAY
    assert day_by_day(due, due)[due] == {cast.coordinator.email}


def test_an_ended_engagement_reminds_of_nothing(cast: Cast) -> None:
    engagement = scenes.engagement(cast)
    Commitment.objects.create(engagement=engagement, text="x", owner=cast.coach, due_on=dt.date(2026, 10, 6))
    planned(engagement, utc("2026-10-05 07:00"))
    engagements.end_engagement(by=cast.coordinator, engagement=engagement)
    # That its session is called off is told, and no reminder.
    Letter.objects.filter(kind=LetterKind.SESSION_CALLED_OFF).delete()
    assert day_by_day(dt.date(2026, 10, 1), dt.date(2026, 10, 20)) == {}


def test_whoever_switched_them_off_or_cannot_sign_in_is_left_alone(cast: Cast) -> None:
    draft(cast)
    reminders.choose(by=cast.tel_aviv_lead, promises=False, sessions=True)
    User.objects.filter(pk=cast.tel_aviv_member.pk).update(is_active=False)
    assert day_by_day(DUE, DUE) == {}


def test_switching_off_also_stops_what_is_written_and_not_sent(cast: Cast) -> None:
    draft(cast)
    with on(DUE):
        reminders.write_due(timezone.now())
        ReminderPreference.objects.create(person=cast.tel_aviv_lead, promises=False)
        assert addresses(post()) == {cast.tel_aviv_member.email}


# --- Once, and only while it is so ---------------------------------------------------------------------------------


def test_it_comes_once_a_day_however_often_the_bell_rings(cast: Cast) -> None:
    draft(cast)
    with on(DUE):
        assert len(remind()) == 2
        assert remind() == []
        draft(cast, key="2026-09", due=DUE)
        assert remind() == []


def test_sending_the_check_in_stops_it_also_between_writing_and_posting(cast: Cast) -> None:
    check_in = draft(cast)
    with on(DUE):
        reminders.write_due(timezone.now())
        scenes.submitted(cast, check_in)
        Letter.objects.exclude(kind=LetterKind.PROMISES).delete()
        assert post() == []
        assert not Letter.objects.filter(closed_at=None).exists()
    assert day_by_day(DUE + DAY, DUE + 13 * DAY) == {}


def test_after_days_without_a_worker_one_mail_makes_up_for_them(cast: Cast) -> None:
    draft(cast)
    scenes_of = scenes.engagement(cast)
    Commitment.objects.create(engagement=scenes_of, text="x", owner=cast.tel_aviv_lead, due_on=DUE + DAY)
    found = day_by_day(DUE + 2 * DAY, DUE + 8 * DAY)
    assert sorted(offsets(found, DUE)) == [2, 3, 6, 7]
    with on(DUE + 2 * DAY):
        Letter.objects.all().delete()
        [message] = [one for one in remind() if addresses([one]) == {cast.tel_aviv_lead.email}]
    assert message.subject.endswith("2 days late, and 1 more")


def test_where_only_posting_stood_still_the_last_letter_says_it_all(cast: Cast) -> None:
    draft(cast)
    with on(DUE):
        reminders.write_due(timezone.now())
    with on(DUE + DAY):
        reminders.write_due(timezone.now())
        assert [message.subject for message in post()] == ["Check-in Quarter 3 of 2026, Tel Aviv Yafo: 1 day late"] * 2
    with on(DUE + 2 * DAY):
        assert remind() == []


def test_what_is_older_than_a_week_is_no_news_any_more(cast: Cast) -> None:
    draft(cast)
    assert sorted(offsets(day_by_day(DUE + 22 * DAY, DUE + 40 * DAY), DUE)) == []


# --- Hours and days of people --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "before", "at"),
    [
        # The Mondays after clocks went back in Europe (25 October 2026) and in America (1 November), and before.
        ("Europe/Paris", "2026-10-26 06:59", "2026-10-26 07:00"),
        ("Europe/Paris", "2026-10-19 05:59", "2026-10-19 06:00"),
        ("America/Anchorage", "2026-11-02 16:59", "2026-11-02 17:00"),
        ("America/Anchorage", "2026-10-26 15:59", "2026-10-26 16:00"),
        ("Asia/Jerusalem", "2026-10-25 05:59", "2026-10-25 06:00"),
    ],
)
def test_it_comes_at_eight_by_the_own_clock(cast: Cast, zone: str, before: str, at: str) -> None:
    due = utc(at).date()
    User.objects.filter(pk=cast.coach.pk).update(timezone=zone)
    Commitment.objects.create(engagement=scenes.engagement(cast), text="x", owner=cast.coach, due_on=due)
    with time_machine.travel(utc(before), tick=False):
        Letter.objects.create(
            kind=LetterKind.PROMISES,
            person=cast.coach,
            day=due - DAY,
            next_attempt_at=timezone.now(),
            closed_at=timezone.now(),
            sent_at=timezone.now(),
        )
        assert remind() == []
    with time_machine.travel(utc(at), tick=False):
        assert addresses(remind()) == {cast.coach.email}


def test_it_does_not_come_in_the_evening(cast: Cast) -> None:
    draft(cast)
    with on(DUE, hour=17):
        assert remind() == []
    with on(DUE, hour=16, minute=59):
        assert len(remind()) == 2


@pytest.mark.parametrize(
    ("zone", "due", "told"),
    [
        ("Europe/Paris", "2026-10-18", "2026-10-16"),
        ("Europe/Paris", "2026-10-16", "2026-10-16"),
        ("Asia/Jerusalem", "2026-10-18", "2026-10-18"),
        ("Asia/Jerusalem", "2026-10-16", "2026-10-15"),
    ],
)
def test_a_day_of_rest_is_told_of_on_the_working_day_before_it(zone: str, due: str, told: str) -> None:
    one = Due(Promise.CHECK_IN, Whom.LEADS, dt.date.fromisoformat(due), dt.date(2026, 9, 1), CheckIn())
    assert list(one.reminders(ZoneInfo(zone)))[1] == dt.date.fromisoformat(told)


ZONES = st.sampled_from(["Europe/Paris", "Asia/Jerusalem", "America/Anchorage", "Africa/Cairo", "UTC"]).map(ZoneInfo)
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2028, 12, 31))


@given(zone=ZONES, due=DAYS, promise=st.sampled_from(Promise), whom=st.sampled_from(Whom))
def test_reminders_come_on_working_days_in_time_before_and_close_after(
    zone: ZoneInfo, due: dt.date, promise: Promise, whom: Whom
) -> None:
    one = Due(promise, whom, due, due - 30 * DAY, CheckIn())
    steps = [step for step in promises.STEPS[promise] if whom in step.told]
    days = list(one.reminders(zone))
    assert len(days) == len(steps)
    for step, day in zip(steps, days, strict=True):
        exact = due + step.days * DAY
        assert is_working_day(day, zone)
        assert exact <= day <= exact + 2 * DAY if step.days > 0 else exact - 2 * DAY <= day <= exact


@given(zone=ZONES, due=DAYS, up=st.lists(st.integers(1, reminders.CATCH_UP_DAYS), min_size=8, max_size=12))
def test_every_step_is_told_of_in_one_mail_whichever_days_a_worker_was_there(
    zone: ZoneInfo, due: dt.date, up: list[int]
) -> None:
    one = Due(Promise.CHECK_IN, Whom.LEADS, due, due - 30 * DAY, CheckIn())
    mails: dict[dt.date, int] = defaultdict(int)
    sent = due - 12 * DAY
    for gap in up:
        day = sent + gap * DAY
        for reminder in one.reminders(zone):
            mails[reminder] += sent < reminder <= day
        assert one.is_news(zone, sent, day) == any(sent < reminder <= day for reminder in one.reminders(zone))
        sent = day
    assert all(mails[reminder] == (due - 12 * DAY < reminder <= sent) for reminder in one.reminders(zone))


def test_people_are_up_from_eight_to_eight() -> None:
    zone = ZoneInfo("Asia/Jerusalem")
    hours = [hour for hour in range(24) if is_awake(dt.datetime(2026, 10, 7, hour, tzinfo=zone), zone)]
    assert hours == list(range(8, 20))


# --- Sessions ------------------------------------------------------------------------------------------------------


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
    reminders.choose(by=cast.coach, promises=True, sessions=False)
    with time_machine.travel(WEDNESDAY - DAY, tick=False):
        assert addresses(remind()) == pair(cast) - {cast.coach.email}


# --- Two workers, and many people ----------------------------------------------------------------------------------


def test_beat_rings_the_door_that_writes_them(cast: Cast) -> None:
    draft(cast)
    ring = app.conf.beat_schedule["reminder-tick"]["task"]
    app.autodiscover_tasks(force=True)
    with on(DUE):
        app.tasks[ring]()
    assert Letter.objects.filter(kind=LetterKind.PROMISES, day=DUE).count() == 2


def test_a_zone_that_this_machine_does_not_know_stops_nobody(cast: Cast) -> None:
    draft(cast)
    User.objects.filter(pk=cast.tel_aviv_lead.pk).update(timezone="Mars/Olympus")
    with on(DUE):
        assert len(remind()) == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_each_letter_once() -> None:
    with time_machine.travel(utc("2026-09-30 09:00"), tick=False):
        cast = make_cast()
        draft(cast)
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
    assert {kind: written.count(kind) for kind in written} == {"promises": 2, "session_soon": 4, "session_to_log": 1}


def test_the_ring_costs_the_same_for_many_people(cast: Cast) -> None:
    draft(cast)
    Commitment.objects.create(engagement=scenes.engagement(cast), text="x", owner=cast.coach, due_on=DUE)
    scene(cast, cast.tel_aviv, cast.coach)
    for_one = _queries()
    for number in range(12):
        team, coach = make_team(make_city(f"town-{number}")), make_person()
        join(team, make_person(), Right.LEAD)
        draft(cast, team=team)
        scene(cast, team, coach)
    assert _queries() == for_one
    assert Letter.objects.filter(kind=LetterKind.PROMISES).count() > 12


def scene(cast: Cast, team: Team, coach: User) -> None:
    engagement = CoachingEngagement.objects.filter(team=team).first() or engagements.open_engagement(
        by=cast.administrator, coaches=[coach], team=team
    )
    Commitment.objects.create(engagement=engagement, text="x", owner=coach, due_on=DUE)
    planned(engagement, dt.datetime.combine(DUE, dt.time(15), dt.UTC))
    planned(engagement, dt.datetime.combine(DUE, dt.time(5), dt.UTC))


def _queries() -> int:
    Letter.objects.all().delete()
    with (
        on(DUE),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        reminders.write_due(timezone.now())
    return len(queries)


# --- What stands in it ---------------------------------------------------------------------------------------------


def test_it_is_read_in_the_own_language_and_by_the_own_clock(cast: Cast) -> None:
    draft(cast)
    User.objects.filter(pk=cast.tel_aviv_lead.pk).update(language="fr")
    with on(DUE):
        [message] = [one for one in remind() if addresses([one]) == {cast.tel_aviv_lead.email}]
    assert message.extra_headers["Content-Language"] == "fr"


def test_many_things_are_told_in_part_and_counted(cast: Cast) -> None:
    for number in range(15):
        draft(cast, team=make_team(make_city(f"town-{number}")))
    with on(DUE + 7 * DAY):
        [message] = [one for one in remind() if addresses([one]) == {cast.coordinator.email}]
    assert message.subject.endswith(": 7 days late, and 14 more")
    assert str(message.body).count("The team has not sent it") == 12
    assert "3 more are in the portal." in str(message.body)


def test_the_most_urgent_of_the_own_comes_before_what_others_owe(cast: Cast) -> None:
    with on(DUE - 11 * DAY):
        scenes.submitted(cast, draft(cast))
    # The answer is seven days late on the day when the next check-in is due.
    due = DUE - 11 * DAY + (promises.DAYS_TO_ANSWER + 7) * DAY
    draft(cast, due=due, key="2026-07")
    with on(due):
        [message] = [one for one in remind() if addresses([one]) == {cast.tel_aviv_lead.email}]
    assert message.subject == "Check-in July 2026, Tel Aviv Yafo: due today, and 1 more"
    assert "Hazira owes you an answer." in str(message.body)


def test_what_a_check_in_or_a_session_says_is_not_in_it(cast: Cast, engagement: CoachingEngagement) -> None:
    check_in = draft(cast)
    CheckIn.objects.filter(pk=check_in.pk).update(hard="zzhard")
    scenes.with_line(check_in, cast.projects["team"], note="zznote")
    CoachingSession.objects.create(engagement=engagement, starts_at=utc("2026-10-09 08:00"), aim="zzaim")
    with on(DUE):
        messages = remind()
    assert addresses(messages) >= {cast.tel_aviv_lead.email, cast.coach.email}
    promised = [message for message in messages if "session of" not in message.subject or ":" in message.subject]
    for message in promised:
        assert not [word for word in ("zzhard", "zznote", cast.projects["team"].title) if word in whole(message)]
