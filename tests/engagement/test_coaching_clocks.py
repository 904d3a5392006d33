"""Hours on several clocks: nights when clocks change, hours between places, the same hour next time."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from engagement.choices import MeetingRhythm
from engagement.coaching.clocks import Clock, NoSuchHour, TwiceThatHour, clock_notes, length_words, moment_of, place_of
from engagement.coaching.rhythm import next_day, propose
from engagement.models import CoachingSession
from tests.engagement.coaching_scenes import utc

PARIS = Clock("Europe/Paris", "Paris", ("Camille",), is_readers=True)
BOSTON = Clock("America/New_York", "Boston", ("Boston",))
JERUSALEM = Clock("Asia/Jerusalem", "Jerusalem", ("Jerusalem",))
TOKYO = Clock("Asia/Tokyo", "Tokyo", ("Tokyo",))
ZONES = ["Europe/Paris", "America/New_York", "Asia/Jerusalem", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]


def notes(*clocks: Clock, moment: dt.datetime, now: dt.datetime) -> list[str]:
    return clock_notes(moment, clocks, now)


@pytest.mark.parametrize(
    ("day", "zone"),
    [
        (dt.date(2026, 3, 29), "Europe/Paris"),
        (dt.date(2026, 3, 8), "America/New_York"),
        (dt.date(2026, 3, 27), "Asia/Jerusalem"),
    ],
)
def test_an_hour_that_the_clocks_jump_over_does_not_exist(day: dt.date, zone: str) -> None:
    with pytest.raises(NoSuchHour, match=r"go forward, so there is no 2:30 a\.m\."):
        moment_of(day, dt.time(2, 30), zone)


@pytest.mark.parametrize(
    ("day", "hour", "zone"),
    [
        (dt.date(2026, 10, 25), dt.time(2, 30), "Europe/Paris"),
        (dt.date(2026, 11, 1), dt.time(1, 30), "America/New_York"),
        (dt.date(2026, 10, 25), dt.time(1, 30), "Asia/Jerusalem"),
    ],
)
def test_an_hour_that_comes_twice_is_not_guessed(day: dt.date, hour: dt.time, zone: str) -> None:
    with pytest.raises(TwiceThatHour, match="comes twice"):
        moment_of(day, hour, zone)


@given(
    st.dates(dt.date(2026, 1, 1), dt.date(2028, 12, 31)),
    st.times().map(lambda time: time.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
)
def test_an_hour_that_exists_is_the_hour_that_the_clock_then_shows(day: dt.date, hour: dt.time, zone: str) -> None:
    try:
        moment = moment_of(day, hour, zone)
    except (NoSuchHour, TwiceThatHour):
        return
    shown = moment.astimezone(ZoneInfo(zone))
    assert (shown.date(), shown.time()) == (day, hour)


def test_boston_is_five_hours_behind_for_a_week_in_autumn() -> None:
    """Paris changes on 25 October, Boston on 1 November."""
    told = notes(PARIS, BOSTON, moment=utc(2026, 10, 28, 13), now=utc(2026, 10, 1))
    assert told == [
        "The clocks change before then: in Paris on October 25.",
        "On that day Boston is 5 hours behind Paris, not 6 hours as today.",
    ]


def test_paris_is_five_hours_ahead_for_three_weeks_in_spring() -> None:
    """Boston changes on 8 March, Paris on 29 March."""
    told = notes(BOSTON, PARIS, moment=utc(2026, 3, 20), now=utc(2026, 3, 1))
    assert told[0] == "The clocks change before then: in Boston on March 8."
    assert told[1] == "On that day Paris is 5 hours ahead of Boston, not 6 hours as today."


def test_where_all_clocks_change_alike_only_the_change_is_told() -> None:
    told = notes(PARIS, BOSTON, moment=utc(2026, 12, 1), now=utc(2026, 10, 1))
    assert told == ["The clocks change before then: in Paris on October 25 and in Boston on November 1."]


def test_for_two_days_in_spring_jerusalem_is_two_hours_ahead_of_paris() -> None:
    told = notes(PARIS, JERUSALEM, moment=utc(2026, 3, 28), now=utc(2026, 3, 20))
    assert "On that day Jerusalem is 2 hours ahead of Paris, not 1 hour as today." in told


def test_places_that_share_an_hour_only_on_that_day_are_told() -> None:
    lisbon, london_like = Clock("UTC", "UTC", ()), Clock("Europe/London", "London", ())
    assert "On that day it is the same hour in London and UTC." in notes(
        lisbon, london_like, moment=utc(2026, 11, 10), now=utc(2026, 10, 1)
    )
    assert "On that day London and UTC are 1 hour apart; today it is the same hour." in notes(
        lisbon, london_like, moment=utc(2027, 5, 10), now=utc(2026, 11, 1)
    )


def test_nothing_is_told_where_nothing_differs_or_all_is_over() -> None:
    assert notes(PARIS, BOSTON, TOKYO, moment=utc(2026, 10, 20), now=utc(2026, 10, 1)) == []
    assert notes(PARIS, BOSTON, moment=utc(2026, 10, 20), now=utc(2026, 12, 1)) == []


@given(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31)), st.integers(0, 700))  # noqa: DTZ001 - naive
def test_sentences_are_found_for_every_day(start: dt.datetime, days: int) -> None:
    now = start.replace(tzinfo=dt.UTC)
    clocks = [Clock(zone, place_of(zone), ()) for zone in ZONES]
    assert all("%" not in sentence for sentence in clock_notes(now + dt.timedelta(days=days), clocks, now))


def test_a_place_is_called_as_the_reader_calls_it() -> None:
    with translation.override("fr"):
        assert place_of("Asia/Jerusalem") == "Jérusalem"
    assert (place_of("America/Argentina/Buenos_Aires"), place_of("UTC")) == ("Buenos Aires", "UTC")


@pytest.mark.parametrize(("minutes", "words"), [(45, "45 min"), (60, "1 hour"), (90, "1 h 30"), (120, "2 hours")])
def test_a_length_reads_as_people_say_it(minutes: int, words: str) -> None:
    assert length_words(minutes) == words


# --- The same hour next time ----------------------------------------


@pytest.mark.parametrize(
    ("rhythm", "last", "next_one"),
    [
        (MeetingRhythm.WEEKLY, dt.date(2026, 10, 22), dt.date(2026, 10, 29)),
        (MeetingRhythm.FORTNIGHTLY, dt.date(2026, 10, 22), dt.date(2026, 11, 5)),
        # The fourth Thursday stays the fourth; the fifth becomes the fourth.
        (MeetingRhythm.MONTHLY, dt.date(2026, 10, 22), dt.date(2026, 11, 26)),
        (MeetingRhythm.MONTHLY, dt.date(2026, 10, 29), dt.date(2026, 11, 26)),
        (MeetingRhythm.MONTHLY, dt.date(2026, 12, 1), dt.date(2027, 1, 5)),
    ],
)
def test_the_next_day_follows_the_rhythm(rhythm: str, last: dt.date, next_one: dt.date) -> None:
    assert next_day(rhythm, last, dt.date(2026, 10, 23)) == next_one


@given(
    st.dates(dt.date(2026, 1, 1), dt.date(2030, 1, 1)), st.integers(-400, 400), st.sampled_from(MeetingRhythm.values)
)
def test_the_next_day_lies_ahead_on_the_same_weekday(last: dt.date, away: int, rhythm: str) -> None:
    now = last + dt.timedelta(days=away)
    day = next_day(rhythm, last, now)
    if rhythm == MeetingRhythm.FREE:
        assert day is None
    else:
        assert day is not None
        assert day > max(last, now)
        assert day.weekday() == last.weekday()
        assert day <= max(last, now) + dt.timedelta(days=35)


def test_the_same_hour_is_that_of_the_clock_it_was_planned_by() -> None:
    """14:30 in Paris before the change of clocks is 14:30 in Paris after it."""
    last = CoachingSession(starts_at=utc(2026, 10, 20, 12, 30), planned_zone="Europe/Paris", minutes=90, place="Online")
    proposal = propose(MeetingRhythm.WEEKLY, last, dt.date(2026, 10, 21))
    assert (proposal.day, proposal.hour) == (dt.date(2026, 10, 27), dt.time(14, 30))
    assert moment_of(dt.date(2026, 10, 27), proposal.hour, proposal.zone) == utc(2026, 10, 27, 13, 30)
