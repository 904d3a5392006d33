"""What readings say beside a baseline and a target: pure arithmetic, no unit, no words."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from projects.choices import Direction
from projects.models import Reading


@dataclass(frozen=True, slots=True)
class Change:
    """From the baseline to a value. `relative` is None where it would mean nothing (from zero or below)."""

    absolute: Decimal
    relative: Decimal | None


def change_since(baseline: Decimal | None, value: Decimal | None) -> Change | None:
    if baseline is None or value is None:
        return None
    difference = value - baseline
    return Change(difference, difference / baseline if baseline > 0 else None)


def share_of_way(
    baseline: Decimal | None, target: Decimal | None, value: Decimal | None, better: str
) -> Decimal | None:
    """How much of the way from baseline to target is done: 0 none, 1 all, more when overshot, below 0 the wrong way.

    None where there is no way: one of the three is missing, or the target is no better than the baseline.
    """
    if baseline is None or target is None or value is None or not is_better(target, baseline, better):
        return None
    return (value - baseline) / (target - baseline)


def is_better(value: Decimal, than: Decimal, better: str) -> bool:
    return value < than if better == Direction.DOWN else value > than


def is_reached(target: Decimal | None, value: Decimal | None, better: str) -> bool:
    """At the target or beyond it, on the better side."""
    return target is not None and value is not None and (value == target or is_better(value, target, better))


def latest(readings: Iterable[Reading]) -> Reading | None:
    """By its day; of several of one day the one that was entered last. Comparisons are another series."""
    return max((row for row in readings if not row.is_comparison), key=_in_time, default=None)


def disagreeing(readings: Iterable[Reading]) -> set[int]:
    """Keys of the readings of which two sources say different things on one day. Neither is right by itself."""
    rows = sorted(readings, key=lambda row: (row.read_on, row.is_comparison))
    found: set[int] = set()
    for _day, group in groupby(rows, key=lambda row: (row.read_on, row.is_comparison)):
        same_day = list(group)
        if len({row.value for row in same_day}) > 1 and len({_source(row) for row in same_day}) > 1:
            found.update(row.pk for row in same_day)
    return found


def _in_time(row: Reading) -> tuple[dt.date, int]:
    return row.read_on, row.pk or 0


def _source(row: Reading) -> str:
    return row.source.strip().casefold()
