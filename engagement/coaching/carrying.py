"""How long a promise has been carried from session to session."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engagement.models import Commitment


@dataclass(frozen=True)
class Carried:
    """An open commitment, and in how many sessions since it was made it came up and stayed open."""

    commitment: Commitment
    times: int


def carried_over(commitments: Iterable[Commitment], held: Sequence[dt.datetime]) -> list[Carried]:
    """`held`: when sessions began that took place. The longest carried first. Needs each commitment's `session`."""
    found = [Carried(one, sum(moment > _made(one) for moment in held)) for one in commitments]
    return sorted(found, key=lambda carried: (-carried.times, carried.commitment.due_on, carried.commitment.pk))


def _made(one: Commitment) -> dt.datetime:
    """In a session, or between two. What was promised while logging belongs to the session that was logged."""
    moment: dt.datetime = one.session.starts_at if one.session else one.created_at
    return moment
