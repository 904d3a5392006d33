"""Reflections beside each other: for each statement where the team saw itself at the start, in the middle, at the end.

The picture is one strip for each statement: five steps across, time downwards, so that marks never lie on each other.
It has no letters in it and is mirrored as a whole where the page runs from right to left.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engagement.choices import ABOUT_CULTURE, ABOUT_RESIDENTS, Moment, Statement
from engagement.coaching.reflections import STEPS
from engagement.models import Reflection

# In units of the strip.
WIDTH, HEIGHT = 240, 64
_FIRST, _BETWEEN = 20, 50
_LANES = {Moment.START: 12, Moment.MIDDLE: 32, Moment.END: 52}

# "At the start"
NAMES: dict[Moment, Any] = {moment: capfirst(moment.label) for moment in Moment}
LOOKING_BACK = {
    Moment.START: _("Look ahead: the start of your coaching"),
    Moment.MIDDLE: _("Look back: the middle of your coaching"),
    Moment.END: _("Look back: the end of your coaching"),
}

# How each end of the five steps is called.
ENDS = (_("not at all"), _("entirely"))


@dataclass(frozen=True, slots=True)
class Point:
    """The step chosen at a moment; told apart by place and shape: a ring, a diamond, a disc."""

    moment: Moment
    step: int

    @property
    def x(self) -> int:
        return _FIRST + (self.step - 1) * _BETWEEN

    @property
    def y(self) -> int:
        return _LANES[self.moment]


@dataclass(frozen=True, slots=True)
class Strip:
    """One statement over time."""

    statement: Statement
    points: list[Point]
    # For the table: a step or None for each moment that is compared.
    steps: list[int | None]

    @property
    def words(self) -> str:
        """What the strip shows, for those who do not see it."""
        told = [
            gettext("%(moment)s: %(step)d of 5") % {"moment": NAMES[point.moment], "step": point.step}
            for point in self.points
        ]
        return "; ".join(told) or gettext("not answered")

    @property
    def lines(self) -> list[tuple[Point, Point]]:
        return list(pairwise(self.points))

    @property
    def difference(self) -> int:
        """From the first answer to the last."""
        return self.points[-1].step - self.points[0].step if self.points else 0


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    strips: list[Strip]


@dataclass(frozen=True, slots=True)
class Told:
    """A reflection under its name."""

    moment: Moment
    name: Any
    written_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the reader may read, side by side."""

    reflections: list[Told]
    parts: list[Part]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def ends(self) -> tuple[Any, Any]:
        return ENDS

    @property
    def columns(self) -> list[int]:
        """Where the five steps stand."""
        return [_FIRST + (step - 1) * _BETWEEN for step in STEPS]

    @property
    def has_steps(self) -> bool:
        return any(strip.points for part in self.parts for strip in part.strips)


def comparison_of(reflections: Iterable[Reflection]) -> Comparison:
    """In the order of time. No query where `steps` are prefetched."""
    by_moment = {Moment(one.moment): one for one in reflections}
    ordered = [by_moment[moment] for moment in Moment if moment in by_moment]
    chosen = {(Moment(one.moment), step.statement): step.step for one in ordered for step in one.steps.all()}
    moments = [Moment(one.moment) for one in ordered]
    return Comparison(
        [Told(Moment(one.moment), NAMES[Moment(one.moment)], one.written_at) for one in ordered],
        [
            Part(gettext("How the administration works"), _strips(ABOUT_CULTURE, moments, chosen)),
            Part(gettext("What part residents have"), _strips(ABOUT_RESIDENTS, moments, chosen)),
        ],
    )


def _strips(
    statements: Sequence[Statement], moments: Sequence[Moment], chosen: dict[tuple[Moment, str], int]
) -> list[Strip]:
    strips = []
    for statement in statements:
        steps = [chosen.get((moment, statement)) for moment in moments]
        points = [Point(moment, step) for moment, step in zip(moments, steps, strict=True) if step]
        strips.append(Strip(statement, points, steps))
    return strips
