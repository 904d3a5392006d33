"""The table of every URL × every kind of person, and the canaries that must not leak.

Each area keeps its rows in `tests/access/rows_<area>.py`:

    ROWS = [
        Row("project_edit", lambda cast: reverse("project_edit", args=[cast.projects["team"].slug]),
            {"tel_aviv_lead": 200, "tel_aviv_member": 200, "tel_aviv_observer": 403}),
    ]

`who` gives the status for a GET (or `method`) by kind of person (tests.cast.KINDS). Whoever is not named gets
`others` (404 unless said), and a visitor LOGIN (a redirect to sign in) unless `public=True`. A URL that only
takes POST says `method="post"`, with `data`; the posts run in the order of KINDS on one cast, so give data that
is harmless or let `who` expect the refusal that the second one gets. The pages (GET) are opened once by each kind of
person, on a cast in which every area has planted, so `url` makes what it needs or takes what it finds there
(tests/access/walk.py). `crawl=False` keeps a GET out of the search for leaks.

An area that holds texts which must not leak adds

    def plant(cast: Cast) -> list[Canary]: ...

which writes texts with a word nobody else writes, and says which kinds of person may read each.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.test import Client

import tests.access
from tests.cast import KINDS, Cast, make_cast
from tests.remembered import Remembered

LOGIN = "login"
Expected = int | str


@dataclass(frozen=True)
class Row:
    name: str
    url: Callable[[Cast], str]
    who: dict[str, Expected] = field(default_factory=dict)
    others: Expected = 404
    public: bool = False
    method: str = "get"
    data: dict[str, str] = field(default_factory=dict)
    crawl: bool = True

    def expected(self, kind: str) -> Expected:
        if kind in self.who:
            return self.who[kind]
        return LOGIN if kind == "visitor" and not self.public else self.others


@dataclass(frozen=True)
class Canary:
    """A word planted in one place, and the kinds of person who may read it there."""

    word: str
    readers: frozenset[str]

    def hidden_from(self, kind: str) -> bool:
        return kind not in self.readers


def everybody(status: Expected = 200) -> dict[str, Expected]:
    return dict.fromkeys(KINDS, status)


def signed_in(status: Expected = 200) -> dict[str, Expected]:
    return {kind: status for kind in KINDS if kind != "visitor"}


def _areas() -> Iterable[object]:
    for module in pkgutil.iter_modules(tests.access.__path__):
        if module.name.startswith("rows_"):
            yield importlib.import_module(f"tests.access.{module.name}")


def all_rows() -> list[Row]:
    return [row for area in _areas() for row in getattr(area, "ROWS", [])]


def plant_all(cast: Cast) -> list[Canary]:
    return [canary for area in _areas() if hasattr(area, "plant") for canary in area.plant(cast)]


@dataclass(frozen=True)
class SignedIn:
    """The cast, each of whom has signed in; the cookies they got by that."""

    cast: Cast
    cookies: dict[str, dict[str, str]]

    def client_of(self, kind: str) -> Client:
        """A browser of theirs that has visited nothing yet."""
        client = Client()
        for name, value in self.cookies[kind].items():
            client.cookies[name] = value
        return client


def _sign_all_in() -> SignedIn:
    cast = make_cast.make()
    signed_in = {kind: client_of(cast, kind).cookies for kind in KINDS}
    return SignedIn(cast, {kind: {name: each.value for name, each in got.items()} for kind, got in signed_in.items()})


# Signing everybody in for each row of the table would be a fifth of what the table costs.
make_signed_in = Remembered(_sign_all_in)


def client_of(cast: Cast, kind: str) -> Client:
    client = Client()
    person = cast.person(kind)
    if not isinstance(person, AnonymousUser):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client
