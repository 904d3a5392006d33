"""How often a pair means to meet: the next day by its rhythm, and whether the rhythm is kept."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from engagement.choices import MeetingRhythm
from engagement.models import CoachingEngagement, CoachingSession

WEEK = dt.timedelta(days=7)
# From one session to the next; later than this and half as long again the rhythm counts as not kept.
_DAYS = {MeetingRhythm.WEEKLY: 7, MeetingRhythm.FORTNIGHTLY: 14, MeetingRhythm.MONTHLY: 31}


@dataclass(frozen=True)
class Proposal:
    """“The same hour next time”: the hour on the clock by which the last session was planned."""

    day: dt.date | None
    hour: dt.time
    zone: str
    minutes: int
    place: str


def propose(rhythm: str, last: CoachingSession, today: dt.date) -> Proposal:
    """After the last session, by the rhythm, and not in the past; without a rhythm the day is left open."""
    there = last.starts_at.astimezone(ZoneInfo(last.planned_zone))
    hour = there.time().replace(second=0, microsecond=0)
    return Proposal(next_day(rhythm, there.date(), today), hour, last.planned_zone, last.minutes, last.place)


def next_day(rhythm: str, last: dt.date, today: dt.date) -> dt.date | None:
    """The first day by the rhythm after both `last` and `today`; None where there is no rhythm. The weekday stays."""
    if rhythm == MeetingRhythm.FREE:
        return None
    day = last
    while day <= max(last, today):
        day = _after(rhythm, day)
    return day


def _after(rhythm: str, day: dt.date) -> dt.date:
    if rhythm == MeetingRhythm.WEEKLY:
        return day + WEEK
    if rhythm == MeetingRhythm.FORTNIGHTLY:
        return day + 2 * WEEK
    # The second Tuesday stays the second Tuesday; the fifth becomes the fourth where a month has no fifth.
    nth = min((day.day - 1) // 7, 3)
    first = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return first + dt.timedelta(days=(day.weekday() - first.weekday()) % 7) + nth * WEEK


def is_kept(engagement: CoachingEngagement, now: dt.datetime) -> bool | None:
    """Whether they met, or mean to meet, as often as they said; None where they said nothing. Needs
    `with_session_dates()`."""
    days = _DAYS.get(MeetingRhythm(engagement.rhythm))
    if days is None:
        return None
    longest = dt.timedelta(days=days * 1.5)
    begun = dt.datetime.combine(engagement.starts_on, dt.time(), tzinfo=dt.UTC)
    last = getattr(engagement, "last_session", None) or begun
    ahead = getattr(engagement, "next_session", None)
    return now - last <= longest or (ahead is not None and ahead - last <= longest)
