"""Somebody, in a query: each person of a batch in turn, so that one definition answers for one person and for many.

A source asks `person.pk`, `person.coordinations` and the like, and passes the person on to `visible_to`. Asked with
ANYBODY instead of a person, the same code makes a query whose condition is a column of the query around it.
"""

from typing import Any, ClassVar, cast

from django.db.models import BigIntegerField, Expression

from cities.models import Coordination
from engagement.models import EngagementCoach
from innoteams.accounts.models import User

# Of the list of people that the query around it goes through; no table has this name.
ALIAS = "anybody"


class _Anybody(Expression):
    """Stands for the person, and for their key."""

    output_field = BigIntegerField()
    is_authenticated: ClassVar = True

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, tuple[()]]:
        return f"{ALIAS}.id", ()

    @property
    def pk(self) -> "_Anybody":
        return self

    @property
    def coordinations(self) -> Any:
        return Coordination.objects.filter(person=self)

    @property
    def coachings(self) -> Any:
        return EngagementCoach.objects.filter(person=self)


# What of a person no source may ask for (a name, a language) it does not have, and fails loudly.
ANYBODY = cast(User, _Anybody())
