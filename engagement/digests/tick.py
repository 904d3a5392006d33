"""What happens every few minutes: what died is named, what is due is planned, what waits is found again."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import OuterRef, Subquery

from cities.models import Membership
from engagement.choices import DigestState
from engagement.digests import ledger, planning
from engagement.digests.streams import STREAMS
from engagement.models import Digest

# People whose digests are built together, sharing what is read and counted once; and mails that share one connection.
BATCH = 500
ALL_STREAMS: Collection[str] = tuple(STREAMS)


@dataclass(frozen=True)
class Waiting:
    """What the ledger holds that is still to be done; the order is that of the rows."""

    planned: list[int]
    built: list[int]


def prepare(now: dt.datetime, streams: Collection[str] = ALL_STREAMS) -> Waiting:
    """Sweeps, plans, and says what waits. Whatever a dead worker or a flushed broker left is found here again."""
    ledger.sweep(now)
    for stream in streams:
        planning.plan(now, stream)
    return waiting(now, streams)


def waiting(now: dt.datetime, streams: Collection[str] = ALL_STREAMS) -> Waiting:
    """People of one team together: what is counted for the team is then counted once."""
    found = Digest.objects.filter(ledger.due(now), due_at__lte=now, stream__in=streams)
    team = Membership.objects.current().filter(person=OuterRef("person")).order_by("pk").values("team")[:1]
    rows = found.order_by("stream", Subquery(team), "pk").values_list("pk", flat=True)
    return Waiting(
        planned=list(rows.filter(state=DigestState.PLANNED)), built=list(rows.filter(state=DigestState.BUILT))
    )


def batches(pks: Sequence[int], size: int = BATCH) -> Iterator[list[int]]:
    rest = iter(pks)
    while batch := list(islice(rest, size)):
        yield batch
