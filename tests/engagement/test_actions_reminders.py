"""What waits, by mail: when it comes, to whom, how often, and what stops it."""

import datetime as dt
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
from engagement import promises
from engagement.choices import Cadence, CheckInState, DigestState, ItemKind, LetterKind, Stream
from engagement.coaching import engagements
from engagement.digests import preferences
from engagement.digests.actions import compose, settled_meanwhile
from engagement.digests.archive import preview
from engagement.digests.building import build
from engagement.digests.preferences import default_of
from engagement.dues import Due
from engagement.local_days import is_awake, is_working_day
from engagement.models import (
    CheckIn,
    CoachingEngagement,
    CoachingNote,
    CoachingSession,
    Commitment,
    Digest,
    Letter,
    Question,
)
from engagement.promises import Promise, Whom
from innoteams.accounts.models import User
from projects.models import Project
from tests.access.table import plant_all
from tests.cast import KINDS, Cast, coordinate, join, make_cast, make_city, make_person, make_project, make_team
from tests.engagement import accompany_scenes as scenes
from tests.engagement.action_scenes import (
    DAY,
    DUE,
    day_by_day,
    digest_to,
    digests,
    draft,
    offsets,
    on,
    up_to,
)
from tests.engagement.calendar_scenes import addresses, planned, post, tell, utc, whole
from tests.engagement.digest_scenes import digest_of, plan_and_build

CATCH_UP_DAYS = 7


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with time_machine.travel(utc("2026-09-30 09:00"), tick=False):
        made = make_cast()
        # Its own draft would wait for the lead.
        Project.objects.filter(team=made.tel_aviv).update(created_by=None)
        yield made


# --- Who hears of what, when ---------------------------------------------------------------------------------------


def test_a_check_in_is_reminded_of_before_on_and_after_its_day_and_rises(cast: Cast) -> None:
    draft(cast)
    team = {cast.tel_aviv_lead.email, cast.tel_aviv_member.email}
    assert offsets(day_by_day(DUE - 10 * DAY, DUE + 20 * DAY), DUE) == {
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
    CoachingEngagement.objects.update(starts_on=DUE - 90 * DAY)
    up_to(DUE + 2 * DAY)
    with on(DUE + 3 * DAY):
        by_person = {min(addresses([message])): message for message in digests()}
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
        assert "/digests/stop/" in part


def test_coordinators_are_led_to_the_portfolio_because_a_draft_is_the_teams_alone(cast: Cast) -> None:
    check_in = draft(cast)
    up_to(DUE + 6 * DAY)
    with on(DUE + 7 * DAY):
        message = digest_to(cast.coordinator)
    assert "/portfolio/" in str(message.body)
    assert check_in.get_absolute_url() not in str(message.body)
    assert "The team has not sent it" in str(message.body)
    # The row that is asked after again before it is sent is one that a coordinator sees.
    item = digest_of(cast.coordinator, Stream.ACTIONS).items.get()
    assert (item.kind, item.team, item.check_in) == (ItemKind.TEAM, cast.tel_aviv, None)


def test_a_check_in_that_came_back_is_late_from_its_own_day(cast: Cast) -> None:
    with on(DUE):
        check_in = scenes.submitted(cast, draft(cast))
    with on(DUE + 2 * DAY):
        scenes.answered(cast, check_in, CheckInState.RETURNED)
        post()
    due = DUE + (2 + promises.DAYS_TO_RESUBMIT) * DAY
    found = day_by_day(DUE + 4 * DAY, due - DAY)
    assert found == {}
    with on(due):
        assert "It came back with a question." in str(digest_to(cast.tel_aviv_lead).body)
    # Wednesday 21 October; three days after it is a Saturday, which Israel takes for Sunday.
    assert sorted(offsets(day_by_day(due + DAY, due + 5 * DAY), due)) == [4]


def test_a_commitment_is_reminded_of_a_day_before_on_the_day_and_once_late(cast: Cast) -> None:
    due = dt.date(2026, 10, 14)
    Commitment.objects.create(engagement=scenes.engagement(cast), text="Ring the clinic", owner=cast.coach, due_on=due)
    # Three days late is a Saturday: told on Monday.
    assert offsets(day_by_day(due - 5 * DAY, due + 13 * DAY), due) == {
        -1: {cast.coach.email},
        0: {cast.coach.email},
        5: {cast.coach.email},
    }


def test_what_was_promised_today_is_not_reminded_of_today(cast: Cast) -> None:
    Commitment.objects.create(
        engagement=scenes.engagement(cast), text="Tomorrow", owner=cast.coach, due_on=dt.date(2026, 10, 1)
    )
    CoachingEngagement.objects.update(starts_on=DUE - 90 * DAY)
    assert list(day_by_day(dt.date(2026, 9, 30), dt.date(2026, 10, 1))) == [dt.date(2026, 10, 1)]


def test_a_session_nobody_logged_is_asked_for_three_days_later(cast: Cast) -> None:
    planned(scenes.engagement(cast), utc("2026-10-05 07:00"))
    assert offsets(day_by_day(dt.date(2026, 10, 2), dt.date(2026, 10, 20)), dt.date(2026, 10, 5)) == {
        3: {cast.coach.email}
    }


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


def test_an_ended_engagement_asks_for_nothing_but_a_look_back(cast: Cast) -> None:
    engagement = scenes.engagement(cast)
    Commitment.objects.create(engagement=engagement, text="x", owner=cast.coach, due_on=dt.date(2026, 10, 6))
    planned(engagement, utc("2026-10-05 07:00"))
    engagements.end_engagement(by=cast.coordinator, engagement=engagement)
    assert day_by_day(dt.date(2026, 10, 2), dt.date(2026, 10, 20)) == {}


def test_whoever_stopped_it_or_cannot_sign_in_is_left_alone(cast: Cast) -> None:
    draft(cast)
    preferences.stop(by=cast.tel_aviv_lead, stream=Stream.ACTIONS)
    User.objects.filter(pk=cast.tel_aviv_member.pk).update(is_active=False)
    assert day_by_day(DUE, DUE) == {}


# --- What is new ---------------------------------------------------------------------------------------------------


def test_what_began_to_wait_is_told_once_and_no_old_list_is_repeated(cast: Cast) -> None:
    up_to(DUE)
    with on(DUE, hour=15):
        scenes.introduction(cast)
    found = day_by_day(DUE + DAY, DUE + 12 * DAY)
    assert list(found) == [DUE + DAY]
    up_to(DUE + 13 * DAY)
    with on(DUE + 13 * DAY, hour=15):
        Question.objects.create(
            author=cast.mulhouse_lead, team=cast.mulhouse, text="zzHow?", project=cast.projects["network"]
        )
    with on(DUE + 14 * DAY):
        message = digest_to(cast.tel_aviv_lead)
    # The promised day of the older one has come as well.
    assert message.subject == "Mulhouse asks to meet your team, and 1 more"
    assert "A question about “Tel Aviv at level network”: due in 13 days\n  “zzHow?”" in str(message.body)
    with on(DUE + 15 * DAY):
        assert digests() == []


def test_a_new_introduction_is_told_to_those_whom_no_letter_told(cast: Cast) -> None:
    up_to(DUE)
    with on(DUE, hour=15):
        asked = scenes.introduction(cast)
        Letter.objects.create(
            kind=LetterKind.INTRODUCTION_ASKED,
            person=cast.tel_aviv_lead,
            introduction=asked,
            next_attempt_at=timezone.now(),
        )
    with on(DUE + DAY):
        assert addresses(digests()) == {cast.tel_aviv_member.email}


def test_a_letter_that_was_closed_unsent_told_nothing(cast: Cast) -> None:
    up_to(DUE)
    with on(DUE, hour=15):
        asked = scenes.introduction(cast)
        Letter.objects.create(
            kind=LetterKind.INTRODUCTION_ASKED,
            person=cast.tel_aviv_lead,
            introduction=asked,
            next_attempt_at=timezone.now(),
            closed_at=timezone.now(),
        )
    with on(DUE + DAY):
        assert addresses(digests()) == {cast.tel_aviv_member.email, cast.tel_aviv_lead.email}


def test_news_come_first_and_what_waits_besides_in_a_line_each(cast: Cast) -> None:
    for number in range(14):
        make_project(cast.tel_aviv, title=f"Old {number}", visibility="team", created_by=cast.tel_aviv_lead)
    draft(cast)
    up_to(DUE - DAY)
    with on(DUE):
        message = digest_to(cast.tel_aviv_lead)
    body = str(message.body)
    assert message.subject == "Check-in Quarter 3 of 2026, Tel Aviv Yafo: due today, and 14 more"
    assert body.index("It is drafted from what your team logged.") < body.index("Also waiting") < body.index("- Old ")
    assert body.count("\n- Old ") == 11
    assert "3 more are in the portal." in body
    codes = [item.reasons[0]["code"] for item in digest_of(cast.tel_aviv_lead, Stream.ACTIONS).items.all()]
    assert codes == ["due_soon", *["waits"] * 11]


def test_who_reads_weekly_gets_all_that_waits_also_without_news(cast: Cast) -> None:
    make_project(cast.tel_aviv, title="My old draft", visibility="team", created_by=cast.tel_aviv_lead)
    preferences.choose(by=cast.tel_aviv_lead, cadence=Cadence.WEEKLY, weekday=0, local_hour=8, stream=Stream.ACTIONS)
    with on(DUE):
        message = digest_to(cast.tel_aviv_lead)
    assert message.subject == "My old draft"
    assert "nothing new since the last time; this still waits:" in str(message.body)
    assert "every week, on Monday at 08:00 (Asia/Jerusalem)" in str(message.body)


def test_scores_put_news_before_the_rest_and_the_own_before_what_others_owe(cast: Cast) -> None:
    with on(DUE - 11 * DAY):
        scenes.submitted(cast, draft(cast))
    due = DUE - 11 * DAY + (promises.DAYS_TO_ANSWER + 7) * DAY
    draft(cast, due=due, key="2026-07")
    up_to(due - DAY)
    with on(due):
        message = digest_to(cast.tel_aviv_lead)
    # The answer is seven days late on the day when the next check-in is due.
    assert message.subject == "Check-in July 2026, Tel Aviv Yafo: due today, and 1 more"
    assert "Hazira owes you an answer." in str(message.body)
    items = digest_of(cast.tel_aviv_lead, Stream.ACTIONS).items.all()
    assert [item.reasons[0]["code"] for item in items] == ["due_soon", "late"]
    assert [item.score for item in items] == sorted((item.score for item in items), reverse=True)


# --- Once, and only while it is so ---------------------------------------------------------------------------------


def test_it_comes_once_a_day_however_often_the_tick_runs(cast: Cast) -> None:
    draft(cast)
    up_to(DUE - DAY)
    with on(DUE):
        assert len(digests()) == 2
        assert digests() == []
        draft(cast, key="2026-09", due=DUE)
        assert digests() == []


def test_what_was_done_between_building_and_sending_is_noticed(cast: Cast) -> None:
    check_in = draft(cast)
    one = Commitment.objects.create(
        engagement=scenes.engagement(cast), text="Ring", owner=cast.tel_aviv_lead, due_on=DUE
    )
    up_to(DUE - DAY)
    with on(DUE):
        plan_and_build(timezone.now(), Stream.ACTIONS)
        digest = digest_of(cast.tel_aviv_lead, Stream.ACTIONS)
        assert digest.state == DigestState.BUILT
        with CaptureQueriesContext(connection) as asked:
            assert settled_meanwhile([digest]) == set()
        assert len(asked) <= 9
        scenes.submitted(cast, check_in)
        assert settled_meanwhile([digest]) == {digest.pk}
        Digest.objects.filter(pk=digest.pk).update(state=DigestState.PLANNED)
        build([digest.pk], timezone.now())
        digest.refresh_from_db()
        assert "Check-in" not in digest.text_body
        assert settled_meanwhile([digest]) == set()
        Commitment.objects.filter(pk=one.pk).update(done_at=timezone.now(), done_by=cast.tel_aviv_lead)
        assert settled_meanwhile([digest]) == {digest.pk}
        Digest.objects.filter(pk=digest.pk).update(state=DigestState.PLANNED)
        build([digest.pk], timezone.now())
    digest.refresh_from_db()
    assert digest.state == DigestState.EMPTY


def test_what_was_deleted_does_not_wait(cast: Cast) -> None:
    asked = scenes.introduction(cast)
    with on(DUE - 11 * DAY):
        plan_and_build(timezone.now(), Stream.ACTIONS)
        digest = digest_of(cast.tel_aviv_member, Stream.ACTIONS)
        assert settled_meanwhile([digest]) == set()
        asked.delete()
        assert settled_meanwhile([digest]) == {digest.pk}


def test_a_check_in_that_came_back_is_not_the_one_that_was_drafted(cast: Cast) -> None:
    check_in = draft(cast)
    up_to(DUE - DAY)
    with on(DUE):
        plan_and_build(timezone.now(), Stream.ACTIONS)
        digest = digest_of(cast.tel_aviv_lead, Stream.ACTIONS)
        scenes.answered(cast, scenes.submitted(cast, check_in), CheckInState.RETURNED)
        assert settled_meanwhile([digest]) == {digest.pk}


def test_sending_the_check_in_stops_it(cast: Cast) -> None:
    check_in = draft(cast)
    up_to(DUE)
    with on(DUE, hour=15):
        scenes.submitted(cast, check_in)
        post()
    assert day_by_day(DUE + DAY, DUE + 13 * DAY) == {}


def test_after_days_without_a_worker_one_mail_makes_up_for_them(cast: Cast) -> None:
    draft(cast)
    engagement = scenes.engagement(cast)
    CoachingEngagement.objects.update(starts_on=DUE - 90 * DAY)
    Commitment.objects.create(engagement=engagement, text="x", owner=cast.tel_aviv_lead, due_on=DUE + DAY)
    up_to(DUE - 3 * DAY)
    with on(DUE + 2 * DAY):
        message = digest_to(cast.tel_aviv_lead)
    assert message.subject.endswith("2 days late, and 1 more")
    with on(DUE + 2 * DAY, hour=15):
        assert digests() == []


def test_what_is_older_than_a_week_is_no_news_any_more(cast: Cast) -> None:
    draft(cast)
    with on(DUE + 23 * DAY):
        assert digests() == []


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
    CoachingEngagement.objects.update(starts_on=DUE - 90 * DAY)
    with time_machine.travel(utc(at) - 3 * DAY, tick=False):
        # On the last working day it was told that it comes near.
        assert addresses(digests()) == {cast.coach.email}
    with time_machine.travel(utc(before), tick=False):
        assert digests() == []
    with time_machine.travel(utc(at), tick=False):
        assert addresses(digests()) == {cast.coach.email}


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


@given(zone=ZONES, due=DAYS, up=st.lists(st.integers(1, CATCH_UP_DAYS), min_size=8, max_size=12))
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


def test_a_zone_that_this_machine_does_not_know_stops_nobody(cast: Cast) -> None:
    draft(cast)
    User.objects.filter(pk=cast.tel_aviv_lead.pk).update(timezone="Mars/Olympus")
    with on(DUE):
        assert len(digests()) == 2


# --- Many people ---------------------------------------------------------------------------------------------------


def test_composing_costs_the_same_for_many_people(cast: Cast) -> None:
    draft(cast)
    scene(cast, cast.tel_aviv, cast.coach)
    scenes.introduction(cast)
    for_one = _queries()
    for number in range(12):
        team, coach = make_team(make_city(f"town-{number}")), make_person()
        join(team, make_person(), Right.LEAD)
        draft(cast, team=team)
        scene(cast, team, coach)
        scenes.introduction(cast, to_team=team)
    assert _queries() == for_one
    assert for_one <= 9


def scene(cast: Cast, team: Team, coach: User) -> None:
    engagement = CoachingEngagement.objects.filter(team=team).first() or engagements.open_engagement(
        by=cast.administrator, coaches=[coach], team=team
    )
    Commitment.objects.create(engagement=engagement, text="x", owner=coach, due_on=DUE)
    planned(engagement, dt.datetime.combine(DUE - 3 * DAY, dt.time(5), dt.UTC))


def _queries() -> int:
    with on(DUE):
        now = timezone.now()
        rows = [
            Digest(
                person=person,
                stream=Stream.ACTIONS,
                due_at=now,
                window_start=now - DAY,
                window_end=now,
                language="en",
                timezone=person.timezone,
            )
            for person in User.objects.filter(is_active=True)
        ]
        chosen = {row.person_id: default_of(row.person_id, Stream.ACTIONS) for row in rows}
        with CaptureQueriesContext(connection) as queries:
            drafts = compose(rows, chosen, {row.person_id: "https://stop.example/" for row in rows})
        assert sum(draft.rendered is not None for draft in drafts) > 2
    return len(queries)


# --- What stands in it ---------------------------------------------------------------------------------------------


def test_it_is_read_in_the_own_language_and_by_the_own_clock(cast: Cast) -> None:
    draft(cast)
    User.objects.filter(pk=cast.tel_aviv_lead.pk).update(language="fr")
    up_to(DUE - DAY)
    with on(DUE):
        message = digest_to(cast.tel_aviv_lead)
    assert message.extra_headers["Content-Language"] == "fr"
    assert message.subject.startswith("Point d’étape") or "Tel Aviv" in message.subject
    assert '<html lang="fr" dir="ltr">' in str(message.alternatives[0][0])


def test_many_things_are_told_in_part_and_counted(cast: Cast) -> None:
    for number in range(15):
        draft(cast, team=make_team(make_city(f"town-{number}")))
    up_to(DUE + 6 * DAY)
    with on(DUE + 7 * DAY):
        message = digest_to(cast.coordinator)
    assert message.subject.endswith(": 7 days late, and 14 more")
    assert str(message.body).count("The team has not sent it") == 12
    assert "3 more are in the portal." in str(message.body)


def test_what_a_check_in_a_session_or_a_note_says_is_not_in_it(cast: Cast) -> None:
    engagement = scenes.engagement(cast)
    check_in = draft(cast)
    CheckIn.objects.filter(pk=check_in.pk).update(hard="zzhard", help_wanted="zzhelp")
    scenes.with_line(check_in, cast.projects["team"], note="zznote")
    CoachingSession.objects.create(engagement=engagement, starts_at=utc("2026-10-07 08:00"), aim="zzaim")
    for drawer in ("private", "team", "coordinators"):
        CoachingNote.objects.create(engagement=engagement, author=cast.coach, text="zzdrawer", drawer=drawer)
    scenes.introduction(cast, message="zzmessage")
    up_to(DUE - 4 * DAY)
    secret = ("zzhard", "zzhelp", "zznote", "zzdrawer", "zzmessage", cast.projects["team"].title)
    messages = []
    for days in range(-3, 9):
        with on(DUE + days * DAY):
            messages += digests()
    assert addresses(messages) >= {cast.tel_aviv_lead.email, cast.coach.email, cast.coordinator.email}
    for message in messages:
        assert not [word for word in secret if word in whole(message)]
        if addresses([message]) != {cast.coach.email}:
            assert "zzaim" not in whole(message)


def test_nothing_that_its_reader_does_not_see_is_in_it(cast: Cast) -> None:
    canaries = plant_all(cast)
    kinds = {scenes.somebody(cast, kind).email: kind for kind in KINDS if kind != "visitor"}
    with on(DUE):
        for person in User.objects.filter(email__in=kinds):
            preferences.choose(by=person, cadence=Cadence.WEEKLY, weekday=0, local_hour=8, stream=Stream.ACTIONS)
    with on(DUE + 7 * DAY):
        messages = digests()
    assert len(messages) > 3
    for message in messages:
        words = whole(message)
        kind = kinds.get(min(addresses([message])))
        hidden = [canary.word for canary in canaries if kind and canary.hidden_from(kind)]
        assert not [word for word in hidden if word in words]


def test_the_subject_names_neither_a_promise_nor_a_question(cast: Cast) -> None:
    Commitment.objects.create(
        engagement=scenes.engagement(cast), text="zzpromise", owner=cast.coach, due_on=dt.date(2026, 10, 1)
    )
    Question.objects.create(
        author=cast.mulhouse_lead, team=cast.mulhouse, text="zzquestion", project=cast.projects["network"]
    )
    with on(dt.date(2026, 10, 1)):
        messages = digests()
    subjects = " ".join(str(message.subject) for message in messages)
    assert "zzpromise" in " ".join(str(message.body) for message in messages)
    assert "zzquestion" in " ".join(str(message.body) for message in messages)
    assert "zz" not in subjects


def test_the_next_one_can_be_looked_at_and_stores_nothing(cast: Cast) -> None:
    assert preview(cast.stranger, stream=Stream.ACTIONS).rendered is None
    scenes.introduction(cast)
    read = preview(cast.tel_aviv_member, stream=Stream.ACTIONS).rendered
    assert read
    assert read.subject == "Mulhouse asks to meet your team"
    assert not Digest.objects.exists()


def test_a_letter_about_a_session_tells_its_people_once(cast: Cast) -> None:
    """A session that is planned has letters of its own: the digest waits until its log is due."""
    session = planned(scenes.engagement(cast), utc("2026-10-05 07:00"))
    tell(LetterKind.SESSION_PLANNED, session, cast.tel_aviv_lead)
    assert day_by_day(dt.date(2026, 10, 2), dt.date(2026, 10, 6)) == {}
