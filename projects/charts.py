"""An indicator as a small picture: where its points, baseline and target lie. The template draws it as SVG."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from projects.choices import Direction
from projects.models import Indicator, Reading

WIDTH, HEIGHT = 560, 200
LEFT, RIGHT, TOP, BOTTOM = 16, 24, 26, 36


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    reading: Reading

    @property
    def label_y(self) -> float:
        return self.y - 11


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line: baseline or target."""

    y: float
    value: Decimal
    text_y: float


@dataclass(frozen=True, slots=True)
class Chart:
    dots: list[Dot]
    line: str
    baseline: Level | None
    target: Level | None
    floor: float
    first_day: dt.date
    last_day: dt.date

    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    days_y: int = HEIGHT - 8


def chart_of(indicator: Indicator, readings: Sequence[Reading]) -> Chart | None:
    """None while there is nothing to draw: no reading, or one reading without a level to compare it with."""
    levels = [value for value in (indicator.baseline, indicator.target) if value is not None]
    if not readings or (len(readings) == 1 and not levels):
        return None
    days = [reading.read_on for reading in readings]
    days += [day for day in (indicator.baseline_on, indicator.target_on) if day]
    first, last = min(days), max(days)
    lowest, highest = _range([*levels, *(reading.value for reading in readings)])

    def x(day: dt.date) -> float:
        span = (last - first).days or 1
        return round(LEFT + (day - first).days / span * (WIDTH - LEFT - RIGHT), 1)

    def y(value: Decimal) -> float:
        share = float((value - lowest) / (highest - lowest))
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    dots = [Dot(x(reading.read_on), y(reading.value), reading) for reading in readings]
    baseline, target = _levels(indicator, y)
    line = " ".join(f"{dot.x},{dot.y}" for dot in dots)
    return Chart(dots, line, baseline, target, HEIGHT - BOTTOM, first, last)


def _range(values: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Lowest and highest value with some air; from zero where zero is near, so that a small change looks small."""
    lowest, highest = min(values), max(values)
    if lowest > 0 and lowest < highest * 2 / 3:
        lowest = Decimal(0)
    air = (highest - lowest) / 10 or abs(highest) / 10 or Decimal(1)
    return (lowest if lowest == 0 else lowest - air), highest + air


def _levels(indicator: Indicator, y: Callable[[Decimal], float]) -> tuple[Level | None, Level | None]:
    """Each with its word on the side where the readings are not: the way from baseline to target lies between them."""
    upwards = indicator.better == Direction.UP
    return _level(indicator.baseline, y, above=not upwards), _level(indicator.target, y, above=upwards)


def _level(value: Decimal | None, y: Callable[[Decimal], float], *, above: bool) -> Level | None:
    return None if value is None else Level(y(value), value, y(value) + (-6 if above else 14))
