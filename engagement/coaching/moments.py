"""When a team is asked to look back: at the start, in the middle, at the end. Asked, never demanded."""

import datetime as dt

from engagement.choices import Moment
from engagement.models import CoachingEngagement

# So long a moment is asked for: from the opening, on both sides of the middle, from the end.
ASKED_FOR = dt.timedelta(days=30)
AROUND_MIDDLE = dt.timedelta(days=15)


def asked_on(engagement: CoachingEngagement, day: dt.date) -> tuple[Moment, dt.date] | None:
    """Which moment the team is asked about on a day and until when; the later one where two meet.

    The middle is half way from the start to the day planned; what has no planned day has no middle. The end is when it
    ended, or when the planned day has come and it goes on.
    """
    asked = [(moment, last) for moment, first, last in _windows(engagement) if first <= day <= last]
    return asked[-1] if asked else None


def _windows(engagement: CoachingEngagement) -> list[tuple[Moment, dt.date, dt.date]]:
    """Each moment with the first and the last day on which it is asked for, in their order."""
    start, planned, ended = engagement.starts_on, engagement.planned_until, engagement.ends_on
    found = []
    if ended is None:
        found.append((Moment.START, start, start + ASKED_FOR))
        if planned is not None:
            middle = start + (planned - start) / 2
            found.append((Moment.MIDDLE, middle - AROUND_MIDDLE, middle + AROUND_MIDDLE))
    end = ended or planned
    if end is not None:
        found.append((Moment.END, end, end + ASKED_FOR))
    return found
