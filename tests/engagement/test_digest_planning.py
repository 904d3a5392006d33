"""Who is due: once for a period, at their own hour, also after an outage."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from engagement.choices import Cadence, DigestState, Stream
from engagement.digests import planning
from engagement.digests.planning import FIRST_WINDOW
from engagement.models import Digest
from tests.cast import Cast, make_person
from tests.engagement.digest_scenes import DAY, digest_of, only, plan_and_build, prefer, run

pytestmark = pytest.mark.django_db


def plan(now: dt.datetime) -> int:
    return planning.plan(now, Stream.NETWORK)


TUESDAY_8_IN_PARIS = dt.datetime(2025, 9, 9, 6, 0, tzinfo=dt.UTC)


def test_a_digest_is_planned_when_the_local_hour_has_come_and_not_before(cast: Cast) -> None:
    person = make_person(timezone="Europe/Paris")
    only(person)
    prefer(person, weekday=1, local_hour=8, changed_at=TUESDAY_8_IN_PARIS - 10 * DAY)
    Digest.objects.create(
        person=person,
        stream="network",
        period_key="2025-W36",
        due_at=TUESDAY_8_IN_PARIS - 7 * DAY,
        window_start=TUESDAY_8_IN_PARIS - 14 * DAY,
        window_end=TUESDAY_8_IN_PARIS - 7 * DAY,
        state=DigestState.SENT,
    )

    assert plan(TUESDAY_8_IN_PARIS - dt.timedelta(seconds=1)) == 0
    assert plan(TUESDAY_8_IN_PARIS) == 1
    assert digest_of(person).period_key == "2025-W37"


def test_without_a_row_of_their_own_people_are_due_on_tuesday_at_8_local_time(cast: Cast) -> None:
    person = make_person(timezone="America/Denver")

    plan(dt.datetime(2025, 9, 9, 14, 0, tzinfo=dt.UTC))

    assert digest_of(person).due_at == dt.datetime(2025, 9, 9, 14, 0, tzinfo=dt.UTC)


def test_planning_twice_plans_once(cast: Cast) -> None:
    assert plan(timezone.now()) > 0
    before = Digest.objects.count()

    assert plan(timezone.now()) == 0
    assert Digest.objects.count() == before


def test_after_an_outage_of_weeks_one_digest_is_planned(cast: Cast) -> None:
    person = make_person(timezone="Europe/Paris")
    only(person)
    plan(TUESDAY_8_IN_PARIS)

    plan(TUESDAY_8_IN_PARIS + 24 * DAY)

    states = dict(Digest.objects.filter(person=person).values_list("period_key", "state"))
    assert states == {"2025-W37": DigestState.SKIPPED, "2025-W40": DigestState.PLANNED}
    assert Digest.objects.get(period_key="2025-W37").reason == "superseded"


def test_the_first_window_is_a_month_and_the_next_starts_where_the_last_settled_one_ended(cast: Cast) -> None:
    person = make_person(timezone="Europe/Paris")
    only(person)
    run(TUESDAY_8_IN_PARIS)
    first = digest_of(person)
    run(TUESDAY_8_IN_PARIS + 7 * DAY)

    assert first.state == DigestState.EMPTY
    assert first.window_start == TUESDAY_8_IN_PARIS - FIRST_WINDOW
    assert digest_of(person).window_start == first.window_end


@pytest.mark.parametrize("state", [DigestState.UNKNOWN, DigestState.FAILED, DigestState.SKIPPED])
def test_the_window_of_one_that_was_not_surely_sent_is_told_again(cast: Cast, state: DigestState) -> None:
    person = make_person(timezone="Europe/Paris")
    only(person)
    plan(TUESDAY_8_IN_PARIS)
    Digest.objects.update(state=state)

    plan(TUESDAY_8_IN_PARIS + 7 * DAY)

    assert digest_of(person).window_start == TUESDAY_8_IN_PARIS + 7 * DAY - FIRST_WINDOW


def test_a_window_never_ends_in_the_future(cast: Cast) -> None:
    ahead = timezone.now() + 30 * DAY

    plan(ahead)

    assert digest_of(cast.stranger).window_end <= timezone.now()


def test_who_wants_none_or_has_left_or_not_yet_arrived_is_not_planned(cast: Cast) -> None:
    off, left, arriving = make_person(), make_person(is_active=False), make_person(welcomed_at=None)
    prefer(off, cadence=Cadence.OFF)

    plan(timezone.now())

    assert not Digest.objects.filter(person__in=[off, left, arriving]).exists()


def test_a_slot_that_passed_before_the_person_chose_it_is_not_made_up_for(cast: Cast) -> None:
    person = make_person(timezone="UTC")
    prefer(person, cadence=Cadence.MONTHLY, changed_at=timezone.now())

    plan(timezone.now())

    assert not Digest.objects.filter(person=person).exists()


def test_a_paused_digest_is_skipped_with_its_reason(cast: Cast) -> None:
    person = make_person()
    prefer(person, paused_until=timezone.now().date() + 5 * DAY)

    plan_and_build()

    assert (digest_of(person).state, digest_of(person).reason) == (DigestState.SKIPPED, "paused")


def test_moving_to_another_time_zone_brings_no_second_one_for_the_period(cast: Cast) -> None:
    person = make_person(timezone="Pacific/Auckland")
    only(person)
    run(TUESDAY_8_IN_PARIS)
    person.timezone = "America/Los_Angeles"
    person.save()

    run(TUESDAY_8_IN_PARIS + DAY)

    assert list(Digest.objects.filter(person=person).values_list("period_key", flat=True)) == ["2025-W37"]


@pytest.mark.parametrize("night", ["2025-03-30", "2025-10-26"])
def test_ticks_every_five_minutes_through_a_night_of_clock_changes_plan_one(cast: Cast, night: str) -> None:
    person = make_person(timezone="Europe/Paris")
    only(person)
    midnight = dt.datetime.fromisoformat(f"{night}T00:00:00+01:00")
    prefer(person, cadence=Cadence.DAILY, local_hour=2, changed_at=midnight - 9 * DAY)
    plan(midnight)

    planned = [plan(midnight + dt.timedelta(minutes=minutes)) for minutes in range(0, 360, 5)]

    assert sum(planned) == 1
    assert digest_of(person).period_key == night


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_plan_each_person_once(cast: Cast) -> None:
    now, start = timezone.now(), threading.Barrier(2)

    def work() -> None:
        start.wait()
        plan(now)
        connection.close()

    planners = [threading.Thread(target=work) for _ in range(2)]
    for planner in planners:
        planner.start()
    for planner in planners:
        planner.join()

    people = list(Digest.objects.values_list("person", flat=True))
    assert len(people) == len(set(people)) > 5
