"""The vocabulary of places and people: who belongs where today. Every answer about rights starts here."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cities.choices import ACCOMPANIED, BELONGING, WRITING, Right
from cities.sight import among, settled_sight

if TYPE_CHECKING:
    from innoteams.accounts.models import User


def today() -> dt.date:
    """The day in UTC: a right must not depend on the reader's time zone."""
    return timezone.now().astimezone(dt.UTC).date()


def open_on(day: dt.date, prefix: str = "") -> Q:
    """Rows whose starts_on/ends_on contain the day; the end day itself is outside: ended means gone."""
    return (Q(**{f"{prefix}starts_on": None}) | Q(**{f"{prefix}starts_on__lte": day})) & (
        Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gt": day})
    )


class CoordinationQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        return self.filter(open_on(today()))


class MembershipPeriodQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        """Periods in which the programme accompanies the city today."""
        return self.filter(open_on(today()), status__in=ACCOMPANIED)

    def coordinated_by(self, person: "User") -> Self:
        """Of programmes whose operator the person coordinates for: there the person decides."""
        return self.filter(programme__operator__in=_operators_of(person))

    def read_by_coordinator(self, person: "User") -> Self:
        """The same, or of programmes that the person's operator funds: there the person reads."""
        operators = _operators_of(person)
        return self.filter(Q(programme__operator__in=operators) | Q(programme__funder__in=operators))


# By key, not through the person: somebody who is only imagined (an unsaved person) has no rows.
def _operators_of(person: "User") -> models.QuerySet[Any, Any]:
    coordinations: CoordinationQuerySet = apps.get_model("cities", "Coordination").objects.all()
    return coordinations.current().filter(person=person.pk).values("operator")


def _memberships_of(person: "User") -> "MembershipQuerySet":
    memberships: MembershipQuerySet = apps.get_model("cities", "Membership").objects.all()
    return memberships.current().filter(person=person.pk)


def _periods() -> MembershipPeriodQuerySet:
    # Looked up by name: the models import this module.
    periods: MembershipPeriodQuerySet = apps.get_model("cities", "MembershipPeriod").objects.all()
    return periods.current()


class MembershipQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        return self.filter(open_on(today()))

    def belonging(self) -> Self:
        """Of the team itself: leads, members and observers, not coaches."""
        return self.filter(right__in=BELONGING)

    def leads(self) -> Self:
        return self.filter(right=Right.LEAD)

    def coaches(self) -> Self:
        return self.filter(right=Right.COACH)

    def staying(self) -> Self:
        """Begun, and without an end in sight: only such a lead can be counted on."""
        return self.current().filter(ends_on=None)

    def past(self) -> Self:
        return self.filter(ends_on__lte=today())


class TeamQuerySet(models.QuerySet[Any]):
    """Teams by what a person is to them. Anonymous people are nothing to any team."""

    def active(self) -> Self:
        return self.filter(is_active=True)

    def _with_right(self, person: "User | AnonymousUser", rights: Iterable[str]) -> Self:
        if not person.is_authenticated:
            return self.none()
        return self.filter(pk__in=_memberships_of(person).filter(right__in=rights).values("team"))

    def of_member(self, person: "User | AnonymousUser") -> Self:
        sight = settled_sight(person)
        return self.filter(pk__in=among(sight.member_of)) if sight else self._with_right(person, BELONGING)

    def writable_by(self, person: "User | AnonymousUser") -> Self:
        sight = settled_sight(person)
        return self.filter(pk__in=among(sight.writes_for)) if sight else self._with_right(person, WRITING)

    def led_by(self, person: "User | AnonymousUser") -> Self:
        return self._with_right(person, (Right.LEAD,))

    def coached_by(self, person: "User | AnonymousUser") -> Self:
        return self._with_right(person, (Right.COACH,))

    def coordinated_by(self, person: "User | AnonymousUser") -> Self:
        """Where the person may decide as a coordinator."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(city__in=_periods().coordinated_by(person).values("city"))

    def read_by_coordinator(self, person: "User | AnonymousUser") -> Self:
        """Where the person may read as a coordinator, of the operator or of the funder."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(city__in=_periods().read_by_coordinator(person).values("city"))

    def managed_by(self, person: "User | AnonymousUser") -> Self:
        """Where the person decides who is in the team: its leads, its coordinators, administrators."""
        if person.is_authenticated and person.is_staff:
            return self
        return self.led_by(person) | self.coordinated_by(person)

    def accompanied_by(self, person: "User | AnonymousUser") -> Self:
        """Where the person belongs, coaches or coordinates: the people who see the “programme” level."""
        if sight := settled_sight(person):
            return self.filter(pk__in=among(sight.accompanies))
        return self.of_member(person) | self.coached_by(person) | self.read_by_coordinator(person)


class CityQuerySet(models.QuerySet[Any]):
    def members(self) -> Self:
        return self.filter(in_network=True)

    def visible_to(self, person: "User | AnonymousUser") -> Self:
        """Cities are public: the network says who is in it."""
        return self


class InvitationQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        """Neither accepted nor withdrawn; may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def usable(self) -> Self:
        return self.open().filter(expires_at__gt=timezone.now())
