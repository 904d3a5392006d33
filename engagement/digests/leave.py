"""A person lets the coordinators of their city's programmes look at how the person's next digest would read."""

from typing import TYPE_CHECKING

from django.db import transaction

from cities.choices import BELONGING
from cities.models import Membership, Team
from engagement.models import PreviewLeave
from innoteams.accounts.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet


@transaction.atomic
def give(*, by: User) -> PreviewLeave:
    """Safe to ask for again."""
    return PreviewLeave.objects.get_or_create(person=by)[0]


@transaction.atomic
def withdraw(*, by: User) -> None:
    """At once: the next look finds nothing."""
    PreviewLeave.objects.filter(person=by).delete()


def is_given(person: User) -> bool:
    return PreviewLeave.objects.filter(person=person).exists()


def may_be_previewed_by(coordinator: User) -> "QuerySet[User]":
    """People who gave their leave and belong to a team in a city that a programme accompanies which the coordinator's
    operator runs or funds. Nobody else has this sight, administrators neither."""
    teams = Team.objects.read_by_coordinator(coordinator)
    members = Membership.objects.current().filter(team__in=teams, right__in=BELONGING)
    people: QuerySet[User] = User.objects.filter(
        is_active=True, preview_leave__isnull=False, pk__in=members.values("person")
    )
    return people.exclude(pk=coordinator.pk).order_by("name", "pk")
