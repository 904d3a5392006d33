"""The calendar of check-ins: whole months and quarters, what is left of them, and when a day has ended everywhere."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

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

    def overlaps(self, starts_on: dt.date, ends_on: dt.date) -> bool:
        return self.starts_on <= ends_on and starts_on <= self.ends_on


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


def custom_key(starts_on: dt.date) -> str:
    """How a period on dates of its own is called: by its first day."""
    return starts_on.isoformat()


def days_as_title(starts_on: dt.date, ends_on: dt.date) -> str:
    """How what is left of a month or quarter is called, in a form that every language reads."""
    return f"{starts_on.isoformat()} – {ends_on.isoformat()}"


def rest_of(span: Span, taken: Iterable[tuple[dt.date, dt.date]]) -> Span | None:
    """What of the span comes after every day that is taken already; None where nothing does.

    After a change of rhythm in the middle of a quarter, or of the days of an opened period, no day is asked for twice
    and the days that nobody was asked for are not lost. The key stays, so that it is opened once.
    """
    last = max((ends_on for starts_on, ends_on in taken if span.overlaps(starts_on, ends_on)), default=None)
    if last is None:
        return span
    return replace(span, starts_on=last + dt.timedelta(days=1)) if last < span.ends_on else None


def last_ended_day(now: dt.datetime) -> dt.date:
    """The newest day that is over in every city of the world."""
    return now.astimezone(_LAST_ZONE).date() - dt.timedelta(days=1)


def _first_of_month_after(first: dt.date, months: int) -> dt.date:
    count = first.year * 12 + first.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)
