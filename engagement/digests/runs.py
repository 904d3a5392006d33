"""How the sending goes, run by run (a stream's digests of one period), for whoever answers for it.

Everything here starts from rows that are already `overseen_by` the reader; what a digest says is shown under the
conditions of `reading_along.words_of` alone.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min

from engagement.choices import OPEN, TROUBLE, DigestState, Stream
from engagement.digests import wording
from engagement.querysets import DigestQuerySet

if TYPE_CHECKING:
    from django.db.models import QuerySet

# In the order in which a digest passes through them; a bar shows them so.
STATES = (
    DigestState.SENT,
    DigestState.EMPTY,
    DigestState.SKIPPED,
    DigestState.PLANNED,
    DigestState.BUILT,
    DigestState.CLAIMED,
    DigestState.UNKNOWN,
    DigestState.FAILED,
)


@dataclass
class Run:
    """The digests of one stream and period, as far as the reader oversees them."""

    stream: str
    period_key: str
    first_due: dt.datetime
    last_due: dt.datetime
    states: Counter[str] = field(default_factory=Counter)
    # Of the skipped, and of those that found nothing to say or failed: why.
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.states.total()

    @property
    def trouble(self) -> int:
        return sum(self.states[state] for state in TROUBLE)

    @property
    def waiting(self) -> int:
        return sum(self.states[state] for state in OPEN)

    @property
    def parts(self) -> list[tuple[DigestState, str, int]]:
        """State, its word and how many, of the states that occur."""
        return [(state, str(state.label), self.states[state]) for state in STATES if self.states[state]]

    @property
    def segments(self) -> list[tuple[str, str, str]]:
        """State, start and width in hundredths of a bar: as text, for a drawing knows no decimal comma."""
        found: list[tuple[str, str, str]] = []
        start = 0.0
        for state, _word, number in self.parts:
            width = 100 * number / self.total
            found.append((state, f"{start:.2f}", f"{width:.2f}"))
            start += width
        return found

    @property
    def skipped(self) -> list[tuple[str, int]]:
        """Why, in words, the most frequent first."""
        found = [(why, number) for (state, why), number in self.reasons.items() if state == DigestState.SKIPPED]
        return [(wording.reason_words(why), number) for why, number in sorted(found, key=lambda one: (-one[1], one[0]))]

    @property
    def by_language(self) -> list[tuple[str, int]]:
        """The most frequent first."""
        return sorted(self.languages.items(), key=lambda one: (-one[1], one[0]))

    @property
    def period(self) -> str:
        return wording.period_words(self.period_key)

    @property
    def stream_word(self) -> str:
        return str(Stream(self.stream).label)


def runs_of(rows: DigestQuerySet, *, stream: str = "", state: str = "") -> "QuerySet[Any, dict[str, Any]]":
    """Stream, period and first and last slot of every run that holds such a row, the newest first: a few hundred a
    year, to be handed to `told` page by page."""
    if stream:
        rows = rows.filter(stream=stream)
    if state:
        rows = rows.filter(state=state)
    groups = rows.order_by().values("stream", "period_key").annotate(first=Min("due_at"), last=Max("due_at"))
    found: QuerySet[Any, dict[str, Any]] = groups.order_by("-last", "stream", "period_key")
    return found


def told(page: Iterable[Mapping[str, Any]], rows: DigestQuerySet) -> list[Run]:
    """The runs with their figures, one query for all of them."""
    runs = {
        (one["stream"], one["period_key"]): Run(one["stream"], one["period_key"], one["first"], one["last"])
        for one in page
    }
    wanted = rows.filter(
        stream__in={stream for stream, _key in runs},
        period_key__in={key for _stream, key in runs},
    )
    groups = wanted.order_by().values_list("stream", "period_key", "state", "reason", "language")
    figures = groups.annotate(Count("pk"), Min("due_at"), Max("due_at")) if runs else ()
    for stream, key, state, reason, language, number, first, last in figures:
        if run := runs.get((stream, key)):
            run.first_due, run.last_due = min(run.first_due, first), max(run.last_due, last)
            run.states[state] += number
            run.languages[language] += number
            if reason:
                run.reasons[state, reason] += number
    return list(runs.values())
