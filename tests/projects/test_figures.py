"""Figures of every measure: what they may be, how they are typed and read, and the arithmetic beside a baseline."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from projects.choices import Direction, Measure
from projects.figures import (
    WrongFigure,
    change_text,
    currencies,
    currency_of,
    demand_figure,
    full_text,
    percent_text,
    share_text,
    typed_text,
    unit_line,
    unit_words,
)
from projects.models import Indicator, Reading
from projects.progress import change_since, disagreeing, is_better, is_reached, latest, share_of_way
from projects.typed_figures import NotAFigure, figure_of

DAY = dt.date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A page that another test asked for in French leaves its language behind."""
    with translation.override("en"):
        yield


VALUES = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=4)


def of(measure: str = Measure.NUMBER, unit: str = "", currency: str = "", **more: object) -> Indicator:
    return Indicator(measure=measure, unit=unit, currency=currency, **more)


# --- shown ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "value", "indicator", "shown"),
    [
        ("en", "42.5", of("percent", "of households"), "42.5% of households"),
        ("fr", "42.5", of("percent", "des ménages"), "42,5\u202f% des ménages"),
        ("en", "1234567", of("count", "people"), "1,234,567 people"),
        ("fr", "1234567", of("count", "personnes"), "1\u202f234\u202f567 personnes"),
        ("en", "1200", of("currency", "per visit", "ILS"), "₪1,200 per visit"),
        ("fr", "1234.5", of("currency", "", "EUR"), "1\u202f234,50\xa0€"),
        ("en", "0.0345", of("currency", "", "EUR"), "€0.0345"),
        ("en", "90", of("duration", "minutes"), "90 min"),
        ("en", "1.5", of("duration", "hours"), "1 hr, 30 min"),
        ("en", "0.3333", of("duration", "hours"), "20 min"),
        ("fr", "2.5", of("duration", "days"), "2,5\u202fj"),
        ("en", "-3.2500", of("number", "°C"), "-3.25 °C"),
        ("en", "1E+3", of("number", "visits"), "1,000 visits"),
    ],
)
def test_a_figure_reads_as_people_write_it_in_their_language(
    language: str, value: str, indicator: Indicator, shown: str
) -> None:
    with translation.override(language):
        assert full_text(Decimal(value), indicator).replace("\xa0%", "\u202f%") == shown


@pytest.mark.parametrize("unit", ["%", "% of households", "percent", "pour cent", " % "])
def test_no_unit_is_said_twice(unit: str) -> None:
    shown = full_text(Decimal(42), of("percent", unit))
    assert shown.count("%") == 1
    assert unit_line(of("percent", unit)).count("%") == 1
    assert "percent" not in shown


def test_a_length_of_time_needs_no_word_behind_it() -> None:
    assert unit_words(of("duration", "hours")) == ""
    assert unit_line(of("duration", "hours")) == "hours"


def test_a_difference_of_percentages_is_in_points() -> None:
    assert change_text(Decimal("5.5"), of("percent")) == "+5.5 points"
    assert change_text(Decimal(-3), of("count", "people")) == "\u22123"
    assert share_text(Decimal("-0.035")) == "\u22123.5%"


def test_all_of_the_way_is_said_only_when_it_is_all() -> None:
    assert (percent_text(Decimal("0.999")), percent_text(Decimal(1))) == ("99%", "100%")


def test_the_currency_of_a_city_is_known() -> None:
    assert (currency_of("IL"), currency_of("FR"), currency_of("??")) == ("ILS", "EUR", "")
    assert {"ILS", "EUR", "USD"} <= currencies()


# --- possible -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "indicator", "sentence"),
    [
        ("12.5", of("count", "people"), "whole number"),
        ("-1", of("count", "people"), "not below zero"),
        ("-1", of("duration", "minutes"), "not below zero"),
        ("1" * 17, of(), "16 digits"),
        ("0.00001", of(), "4 decimal places"),
        ("NaN", of(), "Enter a number"),
    ],
)
def test_what_a_measure_cannot_have_is_refused(value: str, indicator: Indicator, sentence: str) -> None:
    with pytest.raises(WrongFigure, match=sentence) as refusal:
        demand_figure(Decimal(value), indicator, "value")
    assert refusal.value.field == "value"


def test_a_percentage_may_be_above_a_hundred_and_below_zero() -> None:
    demand_figure(Decimal(140), of("percent"), "value")
    demand_figure(Decimal(-20), of("percent"), "value")
    demand_figure(None, of("count"), "value")


# --- typed ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "indicator", "value"),
    [
        ("1 250", of(), "1250"),
        ("1\u202f250,5", of(), "1250.5"),
        ("1,250", of(), "1250"),
        ("1.250,50", of(), "1250.5"),
        ("1,250.5", of(), "1250.5"),
        ("12,34,567", of(), "1234567"),
        ("12,5", of(), "12.5"),
        ("0,125", of(), "0.125"),
        ("1.250", of("count"), "1250"),
        ("−3", of(), "-3"),
        ("٤٢", of(), "42"),
        ("\u200f42", of(), "42"),
        ("42 %", of("percent"), "42"),
        ("€ 12,50", of("currency", "", "EUR"), "12.5"),
        ("12.50 EUR", of("currency", "", "EUR"), "12.5"),
        ("90", of("duration", "minutes"), "90"),
        ("1:30", of("duration", "minutes"), "90"),
        ("1 h 30", of("duration", "hours"), "1.5"),
        ("1h30", of("duration", "minutes"), "90"),
        ("45 min", of("duration", "hours"), "0.75"),
        ("2 j 12 h", of("duration", "days"), "2.5"),
        ("1 שעה 30 דק׳", of("duration", "minutes"), "90"),
    ],
)
def test_a_figure_is_understood_as_it_was_meant(text: str, indicator: Indicator, value: str) -> None:
    assert figure_of(text, indicator) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "many", "NaN", "1e5", "--3", "1.2.3", "12 50", "1,2,3", "3 people", "=1+1", ".", "%", "1:75"]
)
@pytest.mark.parametrize("measure", ["number", "count", "percent"])
def test_what_is_no_number_is_refused_with_an_example(text: str, measure: str) -> None:
    with pytest.raises(NotAFigure, match="Enter a number"):
        figure_of(text, of(measure))


@pytest.mark.parametrize("text", ["soon", "1:75", "1 h 30 fish", "h", "1:2:3"])
def test_what_is_no_length_of_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(NotAFigure, match="1 h 30"):
        figure_of(text, of("duration", "minutes"))


def test_a_figure_with_two_meanings_is_asked_about_instead_of_guessed() -> None:
    with translation.override("fr"), pytest.raises(NotAFigure) as refusal:
        figure_of("1.250", of())
    assert "1250" in str(refusal.value)
    assert "1,2500" in str(refusal.value)


def test_money_of_another_currency_is_refused() -> None:
    with pytest.raises(NotAFigure, match="US Dollar"):
        figure_of("12 €", of("currency", "", "USD"))


@given(VALUES, st.sampled_from(["en", "fr", "he", "de"]))
def test_what_a_form_shows_is_read_back_as_the_same_value(value: Decimal, language: str) -> None:
    with translation.override(language):
        text = typed_text(value)
        # Three decimals have two meanings in some languages; the file writes a fourth.
        text = f"{text}0" if len(text.replace(",", ".").partition(".")[2]) == 3 else text
        assert figure_of(text, of()) == value


# --- arithmetic -----------------------------------------------------------------------------------------------------


@given(VALUES, VALUES)
def test_a_change_leads_from_the_baseline_to_the_value(baseline: Decimal, value: Decimal) -> None:
    change = change_since(baseline, value)
    assert change is not None
    assert baseline + change.absolute == value
    assert (change.relative is None) == (baseline <= 0)


@given(VALUES, VALUES, VALUES, st.sampled_from(list(Direction)))
def test_the_share_of_the_way_is_nothing_at_the_baseline_all_at_the_target_and_grows_with_what_is_better(
    baseline: Decimal, target: Decimal, value: Decimal, better: str
) -> None:
    at_value = share_of_way(baseline, target, value, better)
    if not is_better(target, baseline, better):
        assert at_value is None
        return
    assert at_value is not None
    assert share_of_way(baseline, target, baseline, better) == 0
    assert share_of_way(baseline, target, target, better) == 1
    assert (at_value < 0) == is_better(baseline, value, better)
    assert (at_value >= 1) == is_reached(target, value, better)


@given(VALUES, VALUES, VALUES)
def test_less_is_better_the_way_more_is(baseline: Decimal, target: Decimal, value: Decimal) -> None:
    mirrored = share_of_way(-baseline, -target, -value, Direction.DOWN)
    assert share_of_way(baseline, target, value, Direction.UP) == mirrored


@pytest.mark.parametrize(
    ("baseline", "target", "value"), [(None, 1, 1), (1, None, 1), (1, 2, None), (5, 5, 5), (5, 4, 4)]
)
def test_there_is_no_share_of_no_way(baseline: int | None, target: int | None, value: int | None) -> None:
    before, wanted, now = (None if number is None else Decimal(number) for number in (baseline, target, value))
    assert share_of_way(before, wanted, now, Direction.UP) is None


def test_from_zero_there_is_a_difference_but_no_percentage() -> None:
    change = change_since(Decimal(0), Decimal(7))
    assert change is not None
    assert (change.absolute, change.relative) == (Decimal(7), None)
    assert change_since(None, Decimal(7)) is None


def read(pk: int, value: str, day: dt.date = DAY, source: str = "list", **more: object) -> Reading:
    return Reading(pk=pk, value=Decimal(value), read_on=day, source=source, **more)


def test_the_latest_reading_is_of_the_last_day_and_of_several_the_one_entered_last() -> None:
    early, late, later = read(9, "1", DAY - dt.timedelta(1)), read(3, "2"), read(4, "3")
    beside = read(5, "8", DAY + dt.timedelta(1), is_comparison=True)
    assert latest([later, early, late, beside]) is later
    assert latest([beside]) is None


def test_two_sources_that_disagree_about_one_day_are_both_named_and_neither_is_averaged() -> None:
    rows = [read(1, "40"), read(2, "35", source="Survey"), read(3, "9", DAY + dt.timedelta(1))]
    assert disagreeing(rows) == {1, 2}


@pytest.mark.parametrize(
    "other",
    [
        read(2, "40", source="Survey"),
        read(2, "35", source=" LIST"),
        read(2, "35", source="Survey", is_comparison=True),
        read(2, "35", DAY + dt.timedelta(1), source="Survey"),
    ],
)
def test_one_source_one_value_or_another_series_is_no_disagreement(other: Reading) -> None:
    assert disagreeing([read(1, "40"), other]) == set()
