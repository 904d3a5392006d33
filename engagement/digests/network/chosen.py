"""What was picked for a reader, and why: what selection makes, rendering puts into words and the ledger keeps."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from cities.models import City
from engagement.digests.network.pool import News
from engagement.digests.network.scoring import REMEMBERED, Reason, points, sum_of
from engagement.models import DigestPin, Question, Suggestion
from innoteams.lib.bulk import AsJson, as_json
from projects.models import Project


class Said(NamedTuple):
    """Reasons in words of one language: the first of them, and those that a mail shows, plain and escaped."""

    first: str
    text: str
    html: SafeString


class Why:
    """The reasons for an item, the weightiest first. Most readers of a team share them for most items, so what is made
    of them is made once."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = sorted(reasons, key=lambda reason: (-reason.weight, reason.code))
        self.score = sum_of(self.reasons)
        # By language, and whether it is said elsewhere already who pinned it.
        self.said: dict[tuple[str, bool], Said] = {}

    @cached_property
    def is_wanted(self) -> bool:
        """Worth something, were it the first that the reader hears of."""
        return sum_of([reason for reason in self.reasons if reason.code not in REMEMBERED]) > 0

    @cached_property
    def stored(self) -> AsJson:
        return as_json([reason.stored() for reason in self.reasons])


@dataclass(eq=False, slots=True)
class Chosen:
    """`project` and `pin` are read whole when all is chosen (`Pool.fetch`)."""

    kind: str
    city: City
    why: Why
    project_id: int | None = None
    question: Question | None = None
    suggestion: Suggestion | None = None
    pin_id: int | None = None
    news: list[News] = field(default_factory=list)
    topic: int | None = None
    # Company for news, not news: a city, a match, what it is some team's turn for.
    is_company: bool = False
    project: Project | None = None
    pin: DigestPin | None = None

    @property
    def reasons(self) -> list[Reason]:
        return self.why.reasons

    @property
    def score(self) -> float:
        return self.why.score

    @property
    def order(self) -> tuple[int, str, int]:
        """Best first; between equals the kind and then the lower number, so that every run agrees."""
        thing = self.project_id or (self.question or self.suggestion or self.city).pk
        return (-points(self.score), str(self.kind), thing)
