"""One walk of each kind of person through every page that can be read, kept so that several tests look at it.

Opening every page as everybody is by far the dearest thing the suite does, so it is done once: the statuses, what must
not be seen and what must be seen are three questions about the same walk.
"""

from dataclasses import dataclass

from django.test import Client

from tests.access.table import LOGIN, Canary, Expected, Row, all_rows, client_of
from tests.cast import Cast


@dataclass(frozen=True)
class Visit:
    row: Row
    address: str
    outcome: Expected
    words: frozenset[str]  # the canaries' that stand on the page

    def __str__(self) -> str:
        return f"{self.row.name} ({self.address})"


@dataclass(frozen=True)
class Walks:
    """On one planted cast; a kind's walk is made when it is first asked for, in the transaction of that test."""

    cast: Cast
    canaries: list[Canary]
    made: dict[str, list[Visit]]

    def of(self, kind: str) -> list[Visit]:
        if kind not in self.made:
            client = client_of(self.cast, kind)
            self.made[kind] = [self._visit(client, row) for row in all_rows() if row.method == "get"]
        return self.made[kind]

    def _visit(self, client: Client, row: Row) -> Visit:
        address = row.url(self.cast)
        found, body = answer(client, row, address)
        words = {canary.word for canary in self.canaries if canary.word.encode() in body} if row.crawl else set()
        return Visit(row, address, found, frozenset(words))


def answer(client: Client, row: Row, address: str) -> tuple[Expected, bytes]:
    """The status, or LOGIN for being sent to sign in; and what came with it."""
    response = getattr(client, row.method)(address, row.data)
    body = b"".join(response) if response.streaming else response.content
    if response.status_code == 302 and response.url.startswith("/accounts/login/?next="):
        return LOGIN, body
    return int(response.status_code), body
