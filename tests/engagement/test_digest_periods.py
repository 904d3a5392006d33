"""When a digest is due: in every time zone, on every night, whatever the clocks do."""

import datetime as dt
import zoneinfo
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement.choices import Cadence
from engagement.digests.periods import Habit, latest_slot, next_slot

ZONES = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone)
CADENCES = [Cadence.DAILY, Cadence.WEEKLY, Cadence.FORTNIGHTLY, Cadence.MONTHLY]

# Hypothesis wants these without a zone and gives them one.
_FROM, _TO = dt.datetime(1995, 1, 1), dt.datetime(2060, 1, 1)  # noqa: DTZ001
habits = st.builds(Habit, st.sampled_from(CADENCES), st.integers(0, 6), st.integers(0, 23), st.sampled_from(ZONES))
moments = st.datetimes(_FROM, _TO, timezones=st.just(dt.UTC))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def key(habit: Habit, now: str) -> str:
    slot = latest_slot(habit, at(now))
    assert slot is not None
    return slot.key


@settings(deadline=None)
@given(habits, moments)
def test_now_lies_between_the_latest_slot_and_the_next(habit: Habit, now: dt.datetime) -> None:
    latest, following = latest_slot(habit, now), next_slot(habit, now)

    assert latest is not None
    assert following is not None
    assert latest.at <= now < following.at
    assert latest.key != following.key


@settings(deadline=None)
@given(habits, moments, st.floats(0, 0.999))
def test_whenever_one_looks_within_a_period_it_is_the_same_one(habit: Habit, now: dt.datetime, part: float) -> None:
    latest, following = latest_slot(habit, now), next_slot(habit, now)
    assert latest is not None
    assert following is not None

    later = latest.at + (following.at - latest.at) * part

    assert latest_slot(habit, later) == latest
    assert next_slot(habit, later) == following


@settings(deadline=None)
@given(habits, moments)
def test_the_slot_is_the_chosen_hour_on_the_local_clock_or_the_moment_that_skips_it(
    habit: Habit, now: dt.datetime
) -> None:
    slot = latest_slot(habit, now)
    assert slot is not None
    zone = zoneinfo.ZoneInfo(habit.timezone)
    local = slot.at.astimezone(zone)

    on_the_hour = (local.hour, local.minute) == (habit.local_hour, 0)
    assert on_the_hour or (slot.at - dt.timedelta(days=1)).astimezone(zone).utcoffset() != local.utcoffset()
    if on_the_hour and habit.cadence != Cadence.DAILY:
        assert local.weekday() == habit.weekday


@settings(deadline=None)
@given(st.sampled_from(ZONES), st.integers(0, 23), moments)
def test_every_day_brings_one_period_and_never_the_same_twice(zone: str, hour: int, start: dt.datetime) -> None:
    habit = Habit(Cadence.DAILY, 0, hour, zone)
    keys: list[str] = []
    for hours in range(24 * 8):
        slot = latest_slot(habit, start + dt.timedelta(hours=hours))
        assert slot is not None
        if not keys or keys[-1] != slot.key:
            keys.append(slot.key)

    assert keys == sorted(set(keys))
    assert len(keys) in (7, 8, 9)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # The hour from 2 to 3 does not exist on this night: the digest is due when the clock jumps.
        ("2026-03-29T00:59:00+00:00", "2026-03-28"),
        ("2026-03-29T01:00:00+00:00", "2026-03-29"),
        # The hour from 2 to 3 happens twice: the first counts.
        ("2026-10-24T23:59:00+00:00", "2026-10-24"),
        ("2026-10-25T00:00:00+00:00", "2026-10-25"),
        ("2026-10-25T01:30:00+00:00", "2026-10-25"),
    ],
)
def test_nights_when_the_clocks_of_paris_change(now: str, expected: str) -> None:
    assert key(Habit(Cadence.DAILY, 0, 2, "Europe/Paris"), now) == expected


def test_a_week_is_named_after_itself_also_at_the_turn_of_the_year() -> None:
    habit = Habit(Cadence.WEEKLY, 1, 8, "Europe/Paris")

    assert key(habit, "2026-09-08T06:00:00+00:00") == "2026-W37"
    assert key(habit, "2026-09-08T05:59:59+00:00") == "2026-W36"
    assert key(habit, "2026-12-31T12:00:00+00:00") == "2026-W53"
    assert key(habit, "2027-01-05T12:00:00+00:00") == "2027-W01"


def test_every_two_weeks_stays_every_two_weeks_over_a_year_of_53() -> None:
    habit = Habit(Cadence.FORTNIGHTLY, 0, 8, "UTC")
    slots = {latest_slot(habit, at("2026-12-01T12:00:00+00:00") + dt.timedelta(days=day)) for day in range(90)}
    moments_ = sorted(slot.at for slot in slots if slot)

    assert {later - earlier for earlier, later in pairwise(moments_)} == {dt.timedelta(weeks=2)}


def test_every_month_is_the_first_such_day_of_the_month() -> None:
    habit = Habit(Cadence.MONTHLY, 1, 8, "UTC")

    assert key(habit, "2026-09-01T08:00:00+00:00") == "2026-09"
    assert key(habit, "2026-10-05T08:00:00+00:00") == "2026-09"
    assert key(habit, "2026-10-06T08:00:00+00:00") == "2026-10"


def test_off_has_no_slot() -> None:
    assert latest_slot(Habit(Cadence.OFF, 1, 8, "UTC"), at("2026-10-06T08:00:00+00:00")) is None
    assert next_slot(Habit(Cadence.OFF, 1, 8, "UTC"), at("2026-10-06T08:00:00+00:00")) is None
