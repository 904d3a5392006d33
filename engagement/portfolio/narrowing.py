"""What the portfolio is narrowed to, as its address says it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

Values = tuple[str, ...]

# The ground of the evidence ladder, below its first rung.
GROUND = "ground"


@dataclass(frozen=True)
class Narrowing:
    """Empty means all. Where there are several values, all of them must hold: a figure adds its own to those that are
    there already, and so counts the rows that its link leads to."""

    programme: str = ""
    country: str = ""
    team: str = ""
    # Of the periods, the moves and the consultations: those that touch these days.
    since: dt.date | None = None
    until: dt.date | None = None
    # Of the newest check-in.
    state: Values = ()
    # Signs that nobody hears of a team.
    quiet: Values = ()
    # Without a check-in in any of the periods that are shown.
    unasked: bool = False
    phase: Values = ()
    rung: Values = ()
    group: Values = ()
    stuck: bool = False
    stale: bool = False
    joined: bool = False
    # Of single lists: check-ins in one of these states, of this period; answers or resubmissions; adaptations of which
    # the outcome is told.
    cell: Values = ()
    period: str = ""
    turn: str = ""
    told: bool = False

    @property
    def is_about_projects(self) -> bool:
        return bool(self.phase or self.rung or self.group or self.stuck or self.stale or self.joined)

    @property
    def of_page(self) -> "Narrowing":
        """Without what narrows a single list."""
        return replace(self, cell=(), period="", turn="", told=False)

    def also(self, **more: Any) -> "Narrowing":
        """Narrowed further; values that are there stay."""
        merged: dict[str, Any] = {
            name: tuple(dict.fromkeys((*getattr(self, name), *value))) if isinstance(value, tuple) else value
            for name, value in more.items()
        }
        return replace(self, **merged)

    def without(self, name: str, value: str = "") -> "Narrowing":
        """Widened by one choice."""
        own = getattr(self, name)
        left: Any = tuple(one for one in own if one != value) if isinstance(own, tuple) else _EMPTY[name]
        return replace(self, **{name: left})

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every choice, as the address has it."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple):
                yield from ((field.name, one) for one in value)
            elif isinstance(value, bool):
                yield from [(field.name, "1")] if value else []
            elif value:
                yield field.name, str(value)

    @property
    def query(self) -> str:
        """ "?…", or "" for all."""
        told = urlencode(list(self.pairs))
        return f"?{told}" if told else ""


_EMPTY = {field.name: field.default for field in fields(Narrowing)}


def from_address(asked: QueryDict) -> Narrowing:
    """What cannot be understood narrows nothing, except a value that does not exist: that has no rows."""
    found: dict[str, Any] = {}
    for field in fields(Narrowing):
        given = [value for value in asked.getlist(field.name) if value]
        if not given:
            continue
        if field.name in ("since", "until"):
            found[field.name] = _day(given[-1])
        elif isinstance(field.default, bool):
            found[field.name] = given[-1] == "1"
        else:
            found[field.name] = tuple(dict.fromkeys(given)) if isinstance(field.default, tuple) else given[-1]
    return Narrowing(**found)


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
