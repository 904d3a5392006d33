"""Days and hours as somebody lives them: which day it is there, whether people work on it, whether they are up."""

import datetime as dt
import zoneinfo
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

# Reminders come between these hours of the recipient's clock: nobody is woken, and the day's own is the first thing.
FIRST_HOUR = 8
LAST_HOUR = 20
_DAY = dt.timedelta(days=1)
_SATURDAY_AND_SUNDAY = frozenset({5, 6})


def is_awake(now: dt.datetime, zone: dt.tzinfo) -> bool:
    return FIRST_HOUR <= now.astimezone(zone).hour < LAST_HOUR


def is_working_day(day: dt.date, zone: dt.tzinfo) -> bool:
    """By the week of the country that the zone lies in: Sunday to Thursday in Israel."""
    return day.weekday() not in _days_of_rest(zone)


def at_work_before(day: dt.date, zone: dt.tzinfo) -> dt.date:
    """The day, or the last working day before it."""
    while not is_working_day(day, zone):
        day -= _DAY
    return day


def at_work_after(day: dt.date, zone: dt.tzinfo) -> dt.date:
    """The day, or the first working day after it."""
    while not is_working_day(day, zone):
        day += _DAY
    return day


@cache
def _days_of_rest(zone: dt.tzinfo) -> frozenset[int]:
    """As datetime.date.weekday(), from the Unicode project's table of weekends by country."""
    name = zone.key if isinstance(zone, zoneinfo.ZoneInfo) else ""
    country = get_global("zone_territories").get(get_global("zone_aliases").get(name, name))
    if not country:
        return _SATURDAY_AND_SUNDAY
    try:
        week = Locale.parse(f"und_{country}")
    except (UnknownLocaleError, ValueError):
        return _SATURDAY_AND_SUNDAY
    length = (week.weekend_end - week.weekend_start) % 7 + 1
    return frozenset((week.weekend_start + step) % 7 for step in range(length))
