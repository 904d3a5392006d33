"""What is due and not on its way: for each stream, and in one figure for the health page."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from engagement.choices import OPEN, TROUBLE, DigestState, Stream
from engagement.models import Digest, DigestHold
from engagement.querysets import DigestQuerySet


@dataclass(frozen=True)
class Waiting:
    """Of one stream: how many are due and not settled, since when; how many of them somebody holds back."""

    stream: str
    number: int
    since: dt.datetime | None
    held: int
    # Within a month.
    unknown: int
    failed: int
    hold: DigestHold | None

    @property
    def stream_word(self) -> str:
        return str(Stream(self.stream).label)


def overdue(now: dt.datetime) -> Q:
    """Due, and not settled. One that was put off on purpose (the minute was full, the person had enough for a day)
    waits for its turn and is not overdue; one that waits because of an error is."""
    put_off = Q(next_attempt_at__gt=now, error="")
    return Q(state__in=OPEN, due_at__lte=now) & ~put_off


def waiting_of(rows: DigestQuerySet, holds: Iterable[DigestHold], now: dt.datetime) -> list[Waiting]:
    """For every stream, in two queries that look at open and at troubled rows alone."""
    open_of = {hold.stream: hold for hold in holds}
    late, lately = overdue(now), now - dt.timedelta(days=30)
    waits = rows.filter(state__in=OPEN).order_by().values("stream")
    figures = waits.annotate(
        number=Count("pk", filter=late),
        since=Min("due_at", filter=late),
        held=Count("pk", filter=Q(held_at__isnull=False)),
    )
    found = {one["stream"]: (one["number"], one["since"], one["held"]) for one in figures}
    trouble: Counter[tuple[str, str]] = Counter()
    troubled = rows.filter(state__in=TROUBLE, due_at__gte=lately).order_by().values_list("stream", "state")
    for stream, state, number in troubled.annotate(Count("pk")):
        trouble[stream, state] = number
    nothing: tuple[int, dt.datetime | None, int] = (0, None, 0)
    return [
        Waiting(
            stream,
            *found.get(stream, nothing),
            unknown=trouble[stream, DigestState.UNKNOWN],
            failed=trouble[stream, DigestState.FAILED],
            hold=open_of.get(stream),
        )
        for stream in Stream.values
    ]


def oldest_due_seconds(now: dt.datetime) -> float | None:
    """How long the oldest digest that should be on its way has been due; None if none waits. What somebody holds back
    does not count. One query."""
    held = DigestHold.objects.filter(released_at=None).values("stream")
    late = Digest.objects.filter(overdue(now), held_at=None).exclude(stream__in=held)
    since = late.aggregate(since=Min("due_at"))["since"]
    return max(0.0, (now - since).total_seconds()) if since else None
