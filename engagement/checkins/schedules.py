"""The calendar of check-ins: whole months and quarters, and when a day has ended everywhere."""

import datetime as dt
from dataclasses import dataclass

from engagement.choices import Rhythm

_MONTHS = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3}
# The last place on earth to finish a day is twelve hours behind UTC.
_LAST_ZONE = dt.timezone(dt.timedelta(hours=-12))


@dataclass(frozen=True, order=True)
class Span:
    """A period of the calendar, both days inside; the key names it ("2026-Q3", "2026-09")."""

    starts_on: dt.date
    ends_on: dt.date
    key: str


def span_of(rhythm: str, day: dt.date) -> Span:
    """The month or quarter that the day is in."""
    months = _MONTHS[Rhythm(rhythm)]
    first_month = (day.month - 1) // months * months + 1
    starts_on = day.replace(month=first_month, day=1)
    ends_on = _first_of_month_after(starts_on, months) - dt.timedelta(days=1)
    key = f"{day.year}-{first_month:02}" if months == 1 else f"{day.year}-Q{(first_month + 2) // 3}"
    return Span(starts_on, ends_on, key)


def ended_spans(rhythm: str, since: dt.date, last_day: dt.date) -> list[Span]:
    """The whole months or quarters that begin on or after `since` and have ended by `last_day`, oldest first."""
    spans = []
    span = span_of(rhythm, since)
    while span.ends_on <= last_day:
        if span.starts_on >= since:
            spans.append(span)
        span = span_of(rhythm, span.ends_on + dt.timedelta(days=1))
    return spans


def last_ended_day(now: dt.datetime) -> dt.date:
    """The newest day that is over in every city of the world."""
    return now.astimezone(_LAST_ZONE).date() - dt.timedelta(days=1)


def _first_of_month_after(first: dt.date, months: int) -> dt.date:
    count = first.year * 12 + first.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)
