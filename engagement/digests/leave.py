"""A person lets coordinators look at how the person's next digest would read: each stream for itself.

Of the news from the network and of what waits, it is the coordinators of the person's city's programmes who may look;
of what coordinators are told, those who coordinate for the same operators.
"""

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef

from cities.choices import BELONGING
from cities.models import Coordination, Membership, Team
from engagement.choices import Stream
from engagement.models import PreviewLeave
from innoteams.accounts.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet


@transaction.atomic
def give(*, by: User, stream: str = Stream.NETWORK) -> PreviewLeave:
    """Safe to ask for again; leave for other streams stays."""
    leave, _made = PreviewLeave.objects.select_for_update().get_or_create(person=by, defaults={"streams": []})
    leave.streams = [one for one in Stream.values if one == stream or one in leave.streams]
    leave.save(update_fields=["streams"])
    return leave


@transaction.atomic
def withdraw(*, by: User, stream: str = Stream.NETWORK) -> None:
    """At once: the next look finds nothing."""
    leave = PreviewLeave.objects.select_for_update().filter(person=by).first()
    if leave is None:
        return
    leave.streams = [one for one in leave.streams if one != stream]
    if leave.streams:
        leave.save(update_fields=["streams"])
    else:
        leave.delete()


def streams_of(person: User) -> list[str]:
    """The streams of which the person lets somebody look."""
    leave = PreviewLeave.objects.filter(person=person).first()
    return leave.streams if leave else []


def is_given(person_id: int, stream: str) -> bool:
    return PreviewLeave.objects.filter(person=person_id, streams__contains=[stream]).exists()


def may_be_previewed_by(coordinator: User, stream: str) -> "QuerySet[User]":
    """People who gave their leave for the stream, whom it lets the coordinator look at: nobody else has this sight,
    administrators neither."""
    whose = _colleagues_of if stream == Stream.COORDINATION else _people_in_cities_of
    given = User.objects.filter(is_active=True, preview_leave__streams__contains=[stream])
    return whose(coordinator, given).exclude(pk=coordinator.pk).order_by("name", "pk")


def previews_for(coordinator: User) -> dict[User, list[str]]:
    """Whom the coordinator may look at, and which streams of theirs; by name. A query for each stream."""
    found: dict[User, list[str]] = {}
    for stream in Stream.values:
        for person in may_be_previewed_by(coordinator, stream):
            found.setdefault(person, []).append(stream)
    return dict(sorted(found.items(), key=lambda pair: (pair[0].name, pair[0].pk)))


def _people_in_cities_of(coordinator: User, people: "QuerySet[User]") -> "QuerySet[User]":
    """Who belongs to a team in a city that a programme accompanies which the coordinator's operator runs or funds."""
    teams = Team.objects.read_by_coordinator(coordinator)
    members = Membership.objects.current().filter(team__in=teams, right__in=BELONGING)
    return people.filter(pk__in=members.values("person"))


def _colleagues_of(coordinator: User, people: "QuerySet[User]") -> "QuerySet[User]":
    """Who coordinates, and for no operator that the coordinator does not coordinate for as well."""
    theirs = Coordination.objects.current().filter(person=OuterRef("pk"))
    mine = Coordination.objects.current().filter(person=coordinator.pk).values("operator")
    return people.filter(Exists(theirs), ~Exists(theirs.exclude(operator__in=mine)))
