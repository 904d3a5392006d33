"""The streams: who gets each, what composes it, and how long what is written stays true."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from cities.models import Coordination
from engagement.choices import Stream
from engagement.digests import actions, coordination, network
from engagement.digests.drafts import Compose
from engagement.models import Digest
from innoteams.accounts.models import User


def _nothing_changes(_digests: Sequence[Digest]) -> set[int]:
    return set()


@dataclass(frozen=True)
class Kind:
    """`readers`: of the active people who have arrived, those the stream is for. `good_for`: a digest written longer
    ago is written anew before it is sent; so is one that is `untrue`: something in it was settled meanwhile."""

    compose: Compose
    readers: Callable[["QuerySet[User]"], "QuerySet[User]"]
    good_for: dt.timedelta
    untrue: Callable[[Sequence[Digest]], set[int]] = _nothing_changes


def _everybody(people: "QuerySet[User]") -> "QuerySet[User]":
    return people


def _coordinators(people: "QuerySet[User]") -> "QuerySet[User]":
    return people.filter(Exists(Coordination.objects.current().filter(person=OuterRef("pk"))))


STREAMS: dict[str, Kind] = {
    # What was done in the meantime must not be asked for.
    Stream.ACTIONS: Kind(actions.compose, _everybody, dt.timedelta(minutes=15), actions.settled_meanwhile),
    Stream.COORDINATION: Kind(coordination.compose, _coordinators, dt.timedelta(hours=6)),
    Stream.NETWORK: Kind(network.compose, _everybody, dt.timedelta(days=2)),
}
