"""What every source tells in the same way."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from engagement import promises
from innoteams.accounts.models import User
from innoteams.lib.carried import ALL, Columns, Facts, Related


@dataclass(frozen=True)
class Way:
    """A button that does it in place: a POST to `url`, with `sent` in it."""

    label: str
    url: str
    sent: Mapping[str, str] = field(default_factory=dict)
    is_quiet: bool = False


@dataclass(frozen=True)
class Waiting:
    """Something that waits for one person, with what to do about it.

    `promised` is the day it is ordered by: until when it was promised, or since when it waits. With `ways` it is done
    in place; otherwise, and for all the rest of it, `url` leads to where it is done.
    """

    kind: str
    title: str
    why: str
    url: str
    action: str
    promised: dt.date
    has_due: bool = True
    ways: tuple[Way, ...] = ()
    # The page at `url` is one form, which can be filled in here as well.
    in_place: bool = False
    # The day or the moment from which it waits, where it came to the person from others or with time. None where there
    # is nothing new to hear: it is the person's own doing, or has reminders or a letter of its own.
    since: dt.date | None = None

    @property
    def due(self) -> dt.date | None:
        return self.promised if self.has_due else None

    @property
    def is_late(self) -> bool:
        return self.has_due and promises.is_late(self.promised)


@dataclass(frozen=True)
class Found:
    """One row of a source, not told yet: whoever tells it does so in the reader's language and time zone."""

    source: "Source"
    row: Any

    def told_to(self, person: User) -> Iterator[Waiting]:
        return self.source.tell(self.row, person)


@dataclass(frozen=True)
class Source:
    """`rows` finds what waits for a person, `tell` says it; of the rows, `columns` are carried and what `related`
    names along with each, and `facts` about it (innoteams.lib.carried)."""

    name: str
    rows: Callable[[User], "models.QuerySet[Any]"]
    tell: Callable[[Any, User], Iterator[Waiting]]
    columns: Columns = ALL
    related: Related = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)


# What names a team's city in any language.
CITY: Columns = ("id", "slug", "names")
NAMED: Columns = ("id", "name")


def of_city(way: str) -> dict[str, Columns]:
    """The team at the end of the way, and its city."""
    return {way: ("id", "slug", "name", "city_id"), f"{way}__city": CITY}
