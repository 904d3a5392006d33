"""What somebody is to teams, as sets of keys: for a page that asks many times, and for looking with others' eyes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, Value

if TYPE_CHECKING:
    from innoteams.accounts.models import User


# From so many keys on they go to the database as one parameter.
MANY = 20


class _OneParameter(Func):
    template = "(SELECT unnest(%(expressions)s))"
    output_field = BigIntegerField()


def among(keys: frozenset[int]) -> Any:
    """For `…__in`. A coordinator of hundreds of teams has them named several times in a query, and psycopg takes longer
    to write out so many placeholders than the database to answer."""
    if len(keys) < MANY:
        return keys
    return _OneParameter(Value(sorted(keys), output_field=ArrayField(BigIntegerField())))


@dataclass(frozen=True, slots=True)
class Sight:
    """The teams that a signed-in person belongs to, writes for, and accompanies: belongs to, coaches or coordinates."""

    member_of: frozenset[int] = frozenset()
    writes_for: frozenset[int] = frozenset()
    accompanies: frozenset[int] = frozenset()


def settled_sight(person: "User | AnonymousUser") -> Sight | None:
    """What `settle` wrote on this instance of the person; None: rights are asked of the database each time."""
    found = getattr(person, "_sight", None)
    return found if isinstance(found, Sight) else None


def settle(person: "User", sight: Sight) -> None:
    """From here on every question about this instance of the person is answered from `sight`.

    For pages that only read. A verb must not do it: it asks again once it holds the row it changes.
    """
    person._sight = sight  # type: ignore[attr-defined]  # a memory for one request, not a field
