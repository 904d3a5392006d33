"""The calendar of check-ins."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement.checkins.schedules import ended_spans, last_ended_day, span_of
from engagement.choices import Rhythm

DAYS = st.dates(dt.date(2011, 1, 1), dt.date(2060, 12, 31))
RHYTHMS = st.sampled_from([Rhythm.MONTHLY, Rhythm.QUARTERLY])


@given(RHYTHMS, DAYS)
def test_a_day_is_in_its_own_period(rhythm: str, day: dt.date) -> None:
    span = span_of(rhythm, day)
    assert span.starts_on <= day <= span.ends_on


@given(RHYTHMS, DAYS)
def test_periods_follow_each_other_without_gap_or_overlap(rhythm: str, day: dt.date) -> None:
    span = span_of(rhythm, day)
    after = span_of(rhythm, span.ends_on + dt.timedelta(days=1))
    assert after.starts_on == span.ends_on + dt.timedelta(days=1)
    assert after.key != span.key


@given(RHYTHMS, DAYS, DAYS)
def test_only_whole_periods_since_the_start_that_have_ended_are_opened(
    rhythm: str, since: dt.date, last: dt.date
) -> None:
    spans = ended_spans(rhythm, since, last)
    assert all(since <= span.starts_on and span.ends_on <= last for span in spans)
    assert spans == sorted(spans)


@pytest.mark.parametrize(
    ("rhythm", "day", "key"),
    [
        (Rhythm.QUARTERLY, dt.date(2026, 9, 30), "2026-Q3"),
        (Rhythm.QUARTERLY, dt.date(2026, 12, 31), "2026-Q4"),
        (Rhythm.MONTHLY, dt.date(2028, 2, 29), "2028-02"),
    ],
)
def test_a_period_is_named_after_its_month_or_quarter(rhythm: str, day: dt.date, key: str) -> None:
    assert span_of(rhythm, day).key == key


def test_a_day_has_ended_when_it_is_over_in_the_last_place_on_earth() -> None:
    day = dt.date(2026, 9, 30)
    assert last_ended_day(dt.datetime(2026, 10, 1, 11, 59, tzinfo=dt.UTC)) < day
    assert last_ended_day(dt.datetime(2026, 10, 1, 12, 0, tzinfo=dt.UTC)) == day
