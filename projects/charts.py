"""An indicator as a small picture: where its points, levels and words lie. The template draws it as SVG.

Time runs from left to right in every language. A label stands where it overlaps nothing, or is left out: the key and
the table beneath the picture say everything again.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import groupby, pairwise

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innoteams.lib.languages import set_apart
from projects.choices import Direction, Measure, ReadingKind
from projects.figures import figure_text, full_text, short_text
from projects.models import Indicator, Reading

WIDTH, HEIGHT = 360, 220
RIGHT, TOP, BOTTOM = 20, 38, 34
# The widest the figures at the axis may be.
_LEFT_MOST = 110
# A little more than the letters of the sheet (13 units) take, so that a label is never wider than its box.
_LETTER, _WIDE_LETTER, _ABOVE, _BELOW = 7.6, 14.0, 11.0, 4.0
_DOT = 6.0
# More than this many marks of one series are thinned out to the highest and the lowest of every few days.
_MOST_DOTS = 120
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class Dot:
    """A reading. Its kind is told by shape: a disc (measured), a diamond (counted), a ring (claimed)."""

    x: float
    y: float
    reading: Reading

    @property
    def shape(self) -> str:
        return "diamond" if self.reading.kind == ReadingKind.COUNTED else "circle"

    @property
    def diamond(self) -> str:
        x, y, half = self.x, self.y, _DOT
        return f"M{x:.1f} {y - half:.1f}L{x + half:.1f} {y:.1f}L{x:.1f} {y + half:.1f}L{x - half:.1f} {y:.1f}Z"


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line: baseline or target, with its day on it where it has one."""

    y: float
    value: Decimal
    day_x: float | None


@dataclass(frozen=True, slots=True)
class Label:
    text: str
    x: float
    y: float
    anchor: str = "start"
    role: str = ""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom, rather too large than too small."""
        width = text_width(self.text)
        left = {"start": self.x, "middle": self.x - width / 2, "end": self.x - width}[self.anchor]
        return left, self.y - _ABOVE, left + width, self.y + _BELOW


@dataclass(frozen=True, slots=True)
class Series:
    """The readings of one thing: what was tried, or what it is compared with."""

    dots: list[Dot]
    line: str
    # Where sources disagree about one day: from the lowest to the highest they say.
    ranges: list[tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    own: Series
    comparison: Series | None
    baseline: Level | None
    target: Level | None
    ticks: list[Tick]
    labels: list[Label]
    summary: str
    left: float
    kinds: list[str] = field(default_factory=list)

    width: int = WIDTH
    height: int = HEIGHT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM
    top: int = TOP

    @property
    def dots(self) -> list[Dot]:
        return self.own.dots


@dataclass(frozen=True, slots=True)
class _Scale:
    """From days and values to places in the picture."""

    first: dt.date
    last: dt.date
    lowest: Decimal
    highest: Decimal
    left: float

    def x(self, day: dt.date) -> float:
        width = WIDTH - RIGHT - self.left
        if self.first == self.last:
            return round(self.left + width / 2, 1)
        # Room for half a mark at both ends.
        share = (day - self.first).days / (self.last - self.first).days
        return round(self.left + _DOT + share * (width - 2 * _DOT), 1)

    def y(self, value: Decimal) -> float:
        share = float((value - self.lowest) / (self.highest - self.lowest))
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def chart_of(indicator: Indicator, readings: Sequence[Reading]) -> Chart | None:
    """None while there is nothing to draw: no reading, or one reading without a level to compare it with."""
    levels = [value for value in (indicator.baseline, indicator.target) if value is not None]
    if not readings or (len(readings) == 1 and not levels):
        return None
    days = [reading.read_on for reading in readings]
    days += [day for day, value in _dated_levels(indicator) if day and value is not None]
    values = _tick_values([*levels, *(reading.value for reading in readings)], whole=indicator.measure == Measure.COUNT)
    texts = [short_text(value, indicator) for value in values]
    left = min(max(map(text_width, texts)), _LEFT_MOST) + 8
    scale = _Scale(min(days), max(days), values[0], values[-1], left)
    own = _series(scale, [reading for reading in readings if not reading.is_comparison])
    beside = _series(scale, [reading for reading in readings if reading.is_comparison])
    (baseline_on, baseline), (target_on, target) = _dated_levels(indicator)
    chart = Chart(
        own=own,
        comparison=beside if beside.dots else None,
        baseline=_level(scale, baseline, baseline_on),
        target=_level(scale, target, target_on),
        ticks=[Tick(scale.y(value), text) for value, text in zip(values, texts, strict=True)],
        labels=[],
        summary=summary_of(indicator, readings),
        left=round(left, 1),
        kinds=[kind for kind in ReadingKind.values if any(reading.kind == kind for reading in readings)],
    )
    chart.labels.extend(_labels(chart, indicator, scale))
    return chart


def summary_of(indicator: Indicator, readings: Sequence[Reading]) -> str:
    """What the picture shows, in words, for those who do not see it."""
    own = [reading for reading in readings if not reading.is_comparison] or list(readings)
    first, last = own[0], own[-1]
    # A name in Hebrew must not turn the English that follows it, nor the other way round.
    named, measured = set_apart(indicator.name), set_apart(full_text(last.value, indicator))
    values = {"name": named, "value": measured, "day": _long(last.read_on)}
    parts = [_("%(name)s: %(value)s on %(day)s") % values]
    if len(own) > 1:
        values = {"value": figure_text(first.value, indicator), "day": _long(first.read_on)}
        parts.append(_("at first %(value)s on %(day)s") % values)
    for words, (day, value) in zip((_("baseline"), _("target")), _dated_levels(indicator), strict=True):
        if value is not None:
            told = f"{words} {figure_text(value, indicator)}"
            parts.append(f"{told} ({_long(day)})" if day else told)
    parts.append(ngettext("%(count)s reading", "%(count)s readings", len(readings)) % {"count": len(readings)})
    return "; ".join(parts)


def text_width(text: str) -> float:
    """In units of the picture, rather too much than too little."""
    return sum(_WIDE_LETTER if unicodedata.east_asian_width(sign) in "WF" else _LETTER for sign in text)


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _long(day: dt.date) -> str:
    return str(date_format(day, "DATE_FORMAT"))


def _dated_levels(indicator: Indicator) -> tuple[tuple[dt.date | None, Decimal | None], ...]:
    return (indicator.baseline_on, indicator.baseline), (indicator.target_on, indicator.target)


def _level(scale: _Scale, value: Decimal | None, day: dt.date | None) -> Level | None:
    return None if value is None else Level(scale.y(value), value, scale.x(day) if day else None)


# --- points and lines ------------------------------------------------------------------------------------------------


def _series(scale: _Scale, readings: list[Reading]) -> Series:
    dots = [Dot(scale.x(reading.read_on), scale.y(reading.value), reading) for reading in readings]
    if len(dots) > _MOST_DOTS:
        dots = list(_thinned(dots))
    days = [list(group) for _day, group in groupby(dots, key=lambda dot: dot.reading.read_on)]
    line = "".join(f"M{a.x} {a.y}L{b.x} {b.y}" for before, after in pairwise(days) for a, b in _joined(before, after))
    heights = [(same[0].x, [dot.y for dot in same]) for same in days]
    ranges = [(x, min(ys), max(ys)) for x, ys in heights if min(ys) != max(ys)]
    return Series(dots, line, ranges)


def _joined(before: list[Dot], after: list[Dot]) -> Iterator[tuple[Dot, Dot]]:
    """Where two sources disagree the line forks and neither is averaged away; of more the outer ones are joined."""
    yield from ((one, other) for one in _outer(before) for other in _outer(after))


def _outer(dots: list[Dot]) -> list[Dot]:
    lowest, highest = max(dots, key=lambda dot: dot.y), min(dots, key=lambda dot: dot.y)
    return [lowest] if lowest.y == highest.y else [lowest, highest]


def _thinned(dots: list[Dot]) -> Iterator[Dot]:
    """The highest and the lowest of every stretch of the width, and the last."""
    for _place, group in groupby(dots, key=lambda dot: int(dot.x / (WIDTH / _MOST_DOTS * 2))):
        outer = _outer(list(group))
        yield from sorted(outer, key=lambda dot: dot.reading.read_on)


# --- the axis --------------------------------------------------------------------------------------------------------


def _tick_values(values: Sequence[Decimal], *, whole: bool) -> list[Decimal]:
    """Round values that hold all others between them; from zero where zero is near, so that little looks little."""
    lowest, highest = min(values), max(values)
    if 0 < lowest < highest * 2 / 3:
        lowest = Decimal(0)
    if lowest * 3 / 2 < highest < 0:
        highest = Decimal(0)
    if lowest == highest:
        air = abs(highest) / 10 or Decimal(1)
        lowest, highest = (lowest, highest + air) if highest == 0 else (lowest - air, highest + air)
    step = _round_step((highest - lowest) / 4)
    if whole:
        step = max(step, Decimal(1)).to_integral_value(ROUND_CEILING)
    first = (lowest / step).to_integral_value(ROUND_FLOOR)
    last = (highest / step).to_integral_value(ROUND_CEILING)
    return [step * number for number in range(int(first), int(last) + 1)]


def _round_step(rough: Decimal) -> Decimal:
    """The next larger of 1, 2, 2.5, 5 times a power of ten."""
    power = Decimal(10) ** rough.adjusted()
    return next(step * power for step in _STEPS if step * power >= rough)


# --- words in the picture --------------------------------------------------------------------------------------------


def _labels(chart: Chart, indicator: Indicator, scale: _Scale) -> list[Label]:
    """The most useful first; each takes the first of its places that is free."""
    marks = [(dot.x - _DOT, dot.y - _DOT, dot.x + _DOT, dot.y + _DOT) for dot in chart.own.dots]
    if chart.comparison:
        marks += [(dot.x - _DOT, dot.y - _DOT, dot.x + _DOT, dot.y + _DOT) for dot in chart.comparison.dots]
    placed: list[Label] = []
    for places in _wishes(chart, indicator, scale):
        found = next((label for label in places if _is_free(label, placed, marks)), None)
        if found:
            placed.append(found)
    return placed


def _is_free(label: Label, placed: list[Label], marks: list[tuple[float, float, float, float]]) -> bool:
    left, top, right, bottom = box = label.box
    inside = left >= 0 and top >= 0 and right <= WIDTH and bottom <= HEIGHT
    return inside and not any(overlap(box, other) for other in [*(one.box for one in placed), *marks])


def _wishes(chart: Chart, indicator: Indicator, scale: _Scale) -> Iterator[list[Label]]:
    arrow = "↓" if indicator.better == Direction.DOWN else "↑"
    better = f"{arrow} {indicator.get_better_display()}"
    yield [Label(better, 2, 15, role="better")]
    if chart.own.dots:
        yield _beside(chart.own.dots[-1], indicator)
    upwards = indicator.better != Direction.DOWN
    # Each on the side where the readings are not: the way from baseline to target lies between them.
    yield _at_level(chart.target, _("target"), indicator, chart, above=upwards)
    yield _at_level(chart.baseline, _("baseline"), indicator, chart, above=not upwards)
    form = "N Y" if (scale.last - scale.first).days > 62 else "j N"
    y = HEIGHT - 10
    yield [Label(date_format(scale.first, form), chart.left if scale.first < scale.last else WIDTH / 2, y)]
    if scale.first < scale.last:
        yield [Label(date_format(scale.last, form), chart.right, y, "end")]


def _beside(dot: Dot, indicator: Indicator) -> list[Label]:
    text = figure_text(dot.reading.value, indicator)
    places = [(0, -11, "middle"), (0, 21, "middle"), (-10, 4, "end"), (10, 4, "start"), (6, -11, "end"), (6, 21, "end")]
    return [Label(text, dot.x + dx, dot.y + dy, anchor, "now") for dx, dy, anchor in places]


def _at_level(level: Level | None, words: str, indicator: Indicator, chart: Chart, *, above: bool) -> list[Label]:
    if level is None:
        return []
    text = f"{words} {figure_text(level.value, indicator)}"
    heights = [level.y - 6, level.y + 14] if above else [level.y + 14, level.y - 6]
    places = [(chart.left + 4, "start"), (chart.right, "end"), ((chart.left + chart.right) / 2, "middle")]
    # Not above the picture, and not through the axis.
    clear = [y for y in heights if chart.top - 16 <= y - _ABOVE + 4 and not y - _ABOVE < chart.floor < y + _BELOW]
    return [Label(text, x, y, anchor) for y in clear for x, anchor in places]
