"""A figure for its measure: which values it may have, and how people read them in their language.

Page, table, picture, file, check-in and digest all show a value through here, so none says “42 % %”.
"""

import datetime as dt
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from typing import Protocol

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.lists import format_list
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_name,
    get_territory_currencies,
)
from babel.units import format_unit
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from projects.choices import Measure
from projects.refusals import RefusedField

DIGITS, PLACES = 16, 4
# The units a length of time may have, as they are kept, with the hours in one.
DURATIONS = {"minutes": _("minutes"), "hours": _("hours"), "days": _("days")}
_BABEL_UNIT = {"minutes": "duration-minute", "hours": "duration-hour", "days": "duration-day"}
# From here on the marks at an axis are shortened ("12K").
_LONG = Decimal(10_000)
# Words for the sign itself; whoever types them as the unit means nothing more.
_PERCENT_WORDS = {"%", "percent", "per cent", "pct", "pour cent", "pourcent", "אחוז", "אחוזים"}


class WrongFigure(RefusedField):
    """A value that its measure cannot have. The field is named by whoever checks."""


class Measured(Protocol):
    """What an indicator says about its figures."""

    measure: str
    unit: str
    currency: str


# --- which values are possible ---------------------------------------------------------------------------------------


def demand_figure(value: Decimal | None, of: Measured, field: str) -> None:
    """Refuses, at `field`, what the measure cannot have; None ("none yet") is always possible."""
    if value is None:
        return
    try:
        DecimalValidator(DIGITS, PLACES)(value)
    except ValidationError as wrong:
        raise WrongFigure(" ".join(wrong.messages), field) from wrong
    if of.measure == Measure.COUNT and value != value.to_integral_value():
        raise WrongFigure(_("A count is a whole number. For an average or a rate choose “a number”."), field)
    if value < 0 and of.measure == Measure.COUNT:
        raise WrongFigure(_("A count is not below zero."), field)
    if value < 0 and of.measure == Measure.DURATION:
        raise WrongFigure(_("A length of time is not below zero."), field)


# --- how they are shown ----------------------------------------------------------------------------------------------


def figure_text(value: Decimal, of: Measured) -> str:
    """With the sign that belongs to the measure (%, currency, hours), without the words of the unit."""
    value, locale = plain(value), reading_locale()
    if of.measure == Measure.PERCENT:
        return str(format_percent(value / 100, locale=locale, decimal_quantization=False))
    if of.measure == Measure.CURRENCY and of.currency:
        return _money(value, of.currency, locale)
    if of.measure == Measure.DURATION and of.unit in DURATIONS:
        return _time(value, of.unit, locale)
    return str(format_decimal(value, locale=locale, decimal_quantization=False))


def unit_words(of: Measured) -> str:
    """What stands behind `figure_text`: "people a week", "of households"; "" where the sign says it all."""
    if of.measure == Measure.DURATION and of.unit in DURATIONS:
        return ""
    if of.measure == Measure.PERCENT:
        return percent_of(of.unit)
    return of.unit


def full_text(value: Decimal, of: Measured) -> str:
    """Value, sign and unit: "42% of households"."""
    return " ".join(filter(None, [figure_text(value, of), unit_words(of)]))


def unit_line(of: Measured) -> str:
    """The unit by itself, under the indicator's name: "% of households", "euros per visit", "hours"."""
    if of.measure == Measure.PERCENT:
        return " ".join(filter(None, ["%", percent_of(of.unit)]))
    if of.measure == Measure.CURRENCY and of.currency:
        return " ".join(filter(None, [currency_name(of.currency), of.unit]))
    if of.measure == Measure.DURATION and of.unit in DURATIONS:
        return str(DURATIONS[of.unit])
    return of.unit


def short_text(value: Decimal, of: Measured) -> str:
    """For a mark at an axis, where there is room for a few letters."""
    value, locale = plain(value), reading_locale()
    if abs(value) >= _LONG and of.measure != Measure.PERCENT:
        return str(format_compact_decimal(value, locale=locale, fraction_digits=1))
    if of.measure == Measure.DURATION:
        return str(format_decimal(value, locale=locale, decimal_quantization=False))
    return figure_text(value, of)


def change_text(difference: Decimal, of: Measured) -> str:
    """A difference with its sign: "+5", "−1 hr", "+5 points" between two percentages."""
    sign = "+" if difference > 0 else "\u2212" if difference < 0 else "±"
    if of.measure == Measure.PERCENT:
        number = format_decimal(plain(abs(difference)), locale=reading_locale(), decimal_quantization=False)
        # Translators: a difference between two percentages, as "+5 points"
        return sign + pgettext("percentage points", "%(number)s points") % {"number": number}
    return sign + figure_text(abs(difference), of)


def percent_text(share: Decimal) -> str:
    """How much is done (1 is all of it) as a whole percentage, rounded down: 100% means all."""
    return str(format_percent(share.quantize(Decimal("0.01"), ROUND_DOWN), locale=reading_locale()))


def share_text(share: Decimal) -> str:
    """A relative change with its sign: "+12%", "−3.5%"; one decimal where it is small."""
    places = Decimal("0.001") if abs(share) < Decimal("0.1") else Decimal("0.01")
    sign = "+" if share > 0 else "\u2212" if share < 0 else "±"
    rounded = plain(abs(share).quantize(places))
    return sign + str(format_percent(rounded, locale=reading_locale(), decimal_quantization=False))


def typed_text(value: Decimal) -> str:
    """As a person would type it: no signs, no thousands, the decimal sign of their language."""
    symbol = decimal_symbol()
    return format(plain(value), "f").replace(".", symbol if symbol in {".", ","} else ".")


def plain(value: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent."""
    return Decimal(format(Decimal(value).normalize(), "f"))


def percent_of(unit: str) -> str:
    """Of what: the unit of a percentage without the sign that is shown anyway."""
    unit = unit.strip()
    return "" if unit.casefold() in _PERCENT_WORDS else unit.removeprefix("%").strip()


def _money(value: Decimal, currency: str, locale: Locale) -> str:
    """Whole amounts without the two zeros; more than two decimals where somebody measured them."""
    pattern = locale.currency_formats["standard"].pattern
    digits = "0" if value == value.to_integral_value() else "0.00##"
    return str(
        format_currency(
            value,
            currency,
            format=pattern.replace("0.00", digits),
            locale=locale,
            currency_digits=False,
            decimal_quantization=False,
        )
    )


def _time(value: Decimal, unit: str, locale: Locale) -> str:
    """In its own unit; hours with their minutes where they come out even."""
    minutes = value * 60
    even = minutes.to_integral_value()
    if unit != "hours" or value == value.to_integral_value() or abs(minutes - even) > Decimal("0.01"):
        return str(format_unit(value, _BABEL_UNIT[unit], length="short", locale=locale, format="#,##0.####"))
    hours, rest = divmod(int(even), 60)
    parts = [(hours, "duration-hour"), (rest, "duration-minute")]
    return str(
        format_list(
            [str(format_unit(many, name, length="short", locale=locale)) for many, name in parts if many],
            style="unit-short",
            locale=locale,
        )
    )


# --- languages and currencies ----------------------------------------------------------------------------------------


def reading_locale() -> Locale:
    """Of the language the page is read in."""
    return _locale(get_language() or "en")


def decimal_symbol() -> str:
    return str(reading_locale().number_symbols["latn"]["decimal"])


def group_symbol() -> str:
    return str(reading_locale().number_symbols["latn"]["group"])


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """The currencies that some country uses today, as ISO 4217 writes them."""
    codes = {code for country in get_global("territory_currencies") for code in _tender(country)}
    return frozenset(codes)


def currency_of(country: str) -> str:
    """The currency of a country by its ISO code; "" where it is not known."""
    return next(iter(_tender(country)), "")


def currency_name(code: str) -> str:
    return str(get_currency_name(code, locale=reading_locale()))


def _tender(country: str) -> list[str]:
    # A fixed day, so that the list depends on the data alone; a currency of the future comes with newer data.
    found: list[str] = get_territory_currencies(country, start_date=dt.date(2026, 1, 1), end_date=dt.date(2026, 1, 1))
    return found
