"""When a digest is due: from a person's habit and time zone, whatever the clocks of that zone do.

A period is named after itself ("2026-W37"), never after the moment somebody looks: however often and however late the
tick runs, it asks for the same one.
"""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from engagement.choices import Cadence
from engagement.local_days import is_working_day


@dataclass(frozen=True)
class Habit:
    """How often, on which day (Monday is 0) and at which hour of which time zone; daily on working days alone, or on
    every day."""

    cadence: str
    weekday: int
    local_hour: int
    timezone: str
    working_days: bool = False


@dataclass(frozen=True, order=True)
class Slot:
    """The moment (UTC) from which a period's digest is due."""

    at: dt.datetime
    key: str


def latest_slot(habit: Habit, now: dt.datetime) -> Slot | None:
    """The last slot that has passed; None for who wants none."""
    return max((slot for slot in _slots_around(habit, now) if slot.at <= now), default=None)


def next_slot(habit: Habit, now: dt.datetime) -> Slot | None:
    """The first slot still to come; None for who wants none."""
    return min((slot for slot in _slots_around(habit, now) if slot.at > now), default=None)


def zone_of(name: str) -> zoneinfo.ZoneInfo:
    """The zone, or UTC for a name that this machine's time zone data does not know."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


def _slots_around(habit: Habit, now: dt.datetime) -> Iterator[Slot]:
    """The slots of the period that `now` lies in and of its neighbours."""
    zone = zone_of(habit.timezone)
    for key, day in _days_around(habit.cadence, habit.weekday, now.astimezone(zone).date()):
        if habit.working_days and habit.cadence == Cadence.DAILY and not is_working_day(day, zone):
            continue
        yield Slot(_moment(day, habit.local_hour, habit.timezone), key)


@cache
def _moment(day: dt.date, hour: int, timezone: str) -> dt.datetime:
    """An hour that a daylight-saving night leaves out is the moment the clock jumps; one it repeats is the first."""
    return dt.datetime.combine(day, dt.time(hour), tzinfo=zone_of(timezone)).astimezone(dt.UTC)


def _days_around(cadence: str, weekday: int, today: dt.date) -> Iterator[tuple[str, dt.date]]:
    if cadence == Cadence.DAILY:
        # Over the longest weekend, both ways.
        for step in range(-5, 6):
            day = today + dt.timedelta(days=step)
            yield day.isoformat(), day
    elif cadence in (Cadence.WEEKLY, Cadence.FORTNIGHTLY):
        weeks = 1 if cadence == Cadence.WEEKLY else 2
        for step in (-2, -1, 0, 1, 2):
            monday = _first_monday(today + dt.timedelta(weeks=step * weeks), weeks)
            yield _week_key(monday, weeks), monday + dt.timedelta(days=weekday)
    elif cadence == Cadence.MONTHLY:
        for step in (-2, -1, 0, 1, 2):
            first = _first_of_month(today, step)
            yield f"{first:%Y-%m}", first + dt.timedelta(days=(weekday - first.weekday()) % 7)


def _first_monday(day: dt.date, weeks: int) -> dt.date:
    """The Monday that the week, or the pair of weeks, begins with. Pairs are counted through, across the years: a
    year of 53 weeks must not make one of them short."""
    monday = day - dt.timedelta(days=day.weekday())
    return monday - dt.timedelta(weeks=(monday.toordinal() // 7) % weeks)


def _week_key(monday: dt.date, weeks: int) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}" if weeks == 1 else f"{year}-W{week:02}-2w"


def _first_of_month(day: dt.date, step: int) -> dt.date:
    months = day.year * 12 + day.month - 1 + step
    return dt.date(months // 12, months % 12 + 1, 1)
