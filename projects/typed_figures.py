"""What people type or paste as a figure: 1 250, 1.250,5, 42 %, € 12, 1:30, 1 h 30.

Several habits of writing, and one meaning each; where there are two, a question instead of a guess.
"""

import re
import unicodedata
from decimal import Decimal

from babel.numbers import get_currency_symbol
from django.utils.translation import gettext_lazy as _

from projects.choices import Measure
from projects.figures import Measured, currency_name, decimal_symbol, group_symbol
from projects.refusals import RefusedField

_MARKS = re.compile("[\u200e\u200f\u061c\u2066-\u2069\u202a-\u202e]")
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "−": "-", "–": "-", "٫": ".", "٬": ","})
_SPACED_THOUSANDS = re.compile(r"^-?\d{1,3}(?:[ ']\d{3})+(?=$|[.,])")
_DIGITS = re.compile(r"^-?\d+$")
# 1,250 and 1,250,000; also 12,50,000 as in India.
_GROUPED = re.compile(r"^-?\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}$")
_EDGES = re.compile(r"^(?P<before>[^\d.,+-]*)(?P<number>[-+]?\s?[\d.,' ]+?)(?P<after>[^\d.,]*)$")

_HOURS_IN = {"minutes": Decimal(1) / 60, "hours": Decimal(1), "days": Decimal(24)}
_CLOCK = re.compile(r"^(\d{1,4}):([0-5]\d)$")
_TIME_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]+[.'’׳\"]?)?")
_TIME_WORDS = {
    **dict.fromkeys(("m", "mn", "min", "mins", "minute", "minutes", "דק", "דקה", "דקות"), "minutes"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "heure", "heures", "שעה", "שעות", "שע"), "hours"),
    **dict.fromkeys(("d", "day", "days", "j", "jour", "jours", "יום", "ימים"), "days"),
}
_SMALLER = {"days": "hours", "hours": "minutes"}


class NotAFigure(RefusedField):
    """Nothing that can be read as a value of this measure; says what can."""


def figure_of(text: str, of: Measured) -> Decimal:
    """The value meant by `text`, in the unit of the indicator. Its limits are checked by the verbs."""
    text = _tidy(text)
    if of.measure == Measure.DURATION and of.unit in _HOURS_IN:
        return _duration(text, of.unit)
    found = _EDGES.match(text)
    if not found:
        raise NotAFigure(_NUMBER_WANTED)
    _demand_sign(f"{found['before']} {found['after']}".strip(), of)
    return _number(found["number"].replace("+", "").strip(), whole=of.measure == Measure.COUNT)


_NUMBER_WANTED = _("Enter a number, such as 1250 or 12.5.")
_TIME_WANTED = _("Enter a length of time, such as 90, 1:30 or 1 h 30.")


def _tidy(text: str) -> str:
    text = _SPACES.sub(" ", _MARKS.sub("", text)).strip().translate(_APOSTROPHES)
    digits = (str(unicodedata.digit(sign)) if sign.isdecimal() and not sign.isascii() else sign for sign in text)
    return re.sub(r"^- ", "-", "".join(digits))


def _demand_sign(sign: str, of: Measured) -> None:
    """What stands around the digits is the sign of the measure, or nothing."""
    if not sign:
        return
    if of.measure == Measure.PERCENT and sign in {"%", "٪"}:
        return
    if of.measure == Measure.CURRENCY and of.currency:
        if sign.casefold() in _currency_signs(of.currency):
            return
        name = currency_name(of.currency)
        raise NotAFigure(_("This indicator is counted in %(currency)s. Enter the number alone.") % {"currency": name})
    raise NotAFigure(_NUMBER_WANTED)


def _currency_signs(code: str) -> set[str]:
    symbols = (get_currency_symbol(code, locale=language) for language in ("en", "fr", "he"))
    signs = {code, currency_name(code), *symbols}
    # Where a country says $ for its own dollar.
    signs |= {sign[-1] for sign in signs if unicodedata.category(sign[-1]) == "Sc"}
    return {sign.casefold() for sign in signs}


def _number(text: str, *, whole: bool) -> Decimal:
    spaced = _SPACED_THOUSANDS.match(text)
    if spaced:
        text = text[: spaced.end()].replace(" ", "").replace("'", "") + text[spaced.end() :]
        whole_part_known = True
    else:
        whole_part_known = False
    if _DIGITS.match(text):
        return Decimal(text)
    marks = [sign for sign in text if sign in ".,"]
    if not marks or not re.match(r"^-?\d*[\d.,]*\d$", text):
        raise NotAFigure(_NUMBER_WANTED)
    if len(set(marks)) == 2:
        return _both_marks(text, last=marks[-1])
    if len(marks) > 1:
        return _grouped(text)
    return _one_mark(text, marks[0], whole=whole, is_decimal=whole_part_known)


def _both_marks(text: str, *, last: str) -> Decimal:
    """1.250,5 and 1,250.5: the last mark is the decimal one."""
    before, after = text.rsplit(last, 1)
    if last in before or not after:
        raise NotAFigure(_NUMBER_WANTED)
    return Decimal(f"{_grouped(before)}.{after}")


def _grouped(text: str) -> Decimal:
    if not _GROUPED.match(text) or len(set(re.sub(r"[-\d]", "", text))) != 1:
        raise NotAFigure(_NUMBER_WANTED)
    return Decimal(re.sub(r"[.,]", "", text))


def _one_mark(text: str, mark: str, *, whole: bool, is_decimal: bool) -> Decimal:
    before, after = text.lstrip("-").split(mark)
    decimal = Decimal(text.replace(mark, "."))
    if is_decimal or len(after) != 3 or not 1 <= len(before) <= 3 or before.startswith("0"):
        return decimal
    # 1,250 is a thousand here and a little more than one there: the language of the reader decides where it can.
    if whole or group_symbol() == mark:
        return Decimal(text.replace(mark, ""))
    if decimal_symbol() == mark:
        return decimal
    thousand, small = text.replace(mark, ""), f"{text.replace(mark, decimal_symbol())}0"
    raise NotAFigure(
        _("%(typed)s has two meanings: write %(thousand)s or %(small)s.")
        % {"typed": text, "thousand": thousand, "small": small}
    )


def _duration(text: str, unit: str) -> Decimal:
    """In `unit`, to four decimals. A bare number is in the unit, 1:30 is hours and minutes."""
    if clock := _CLOCK.match(text):
        return _in(unit, Decimal(clock[1]) + Decimal(clock[2]) / 60)
    hours, rest, last = Decimal(0), text, ""
    parts = list(_TIME_PART.finditer(text))
    for part in parts:
        rest = rest.replace(part[0], "", 1)
        last = _time_unit(part[2], after=last, alone=len(parts) == 1, unit=unit)
        hours += Decimal(part[1].replace(",", ".")) * _HOURS_IN[last]
    if not parts or re.sub(r"[\s,]|and|et|ו", "", rest):
        raise NotAFigure(_TIME_WANTED)
    if len(parts) == 1 and not parts[0][2]:
        return _number(text, whole=False)
    return _in(unit, hours)


def _time_unit(word: str | None, *, after: str, alone: bool, unit: str) -> str:
    """Of one part of "1 h 30": a bare number means the unit itself, or the next smaller one behind hours or days."""
    bare = unit if alone else _SMALLER.get(after)
    known = _TIME_WORDS.get(word.casefold().rstrip(".'’׳\"")) if word else bare
    if known is None:
        raise NotAFigure(_TIME_WANTED)
    return known


def _in(unit: str, hours: Decimal) -> Decimal:
    return (hours / _HOURS_IN[unit]).quantize(Decimal("0.0001"))
