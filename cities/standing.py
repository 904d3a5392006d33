"""What a signed-in person is in the network today, asked of the database once per request."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from threading import get_ident
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cities.choices import BELONGING, WRITING, Right
from cities.models import Coordination, Membership, MembershipPeriod, Team
from cities.querysets import today
from cities.sight import Sight, settle
from innoteams.accounts.models import User
from innoteams.lib.carried import JsonRow

# What else is asked in the same query, by rooms that this one does not know: filled when the apps are ready.
asked_beside: dict[str, Callable[[User], Exists]] = {}


@dataclass(frozen=True)
class Standing:
    is_administrator: bool = False
    is_coordinator: bool = False
    is_coach: bool = False
    is_in_team: bool = False
    writes: bool = False
    has_second_factor: bool = False
    sight: Sight = field(default_factory=Sight)
    # Those of `asked_beside` that are so.
    beside: frozenset[str] = frozenset()

    @property
    def needs_second_factor(self) -> bool:
        """Coordinators and administrators decide about others, so a password alone is not enough."""
        return self.is_administrator or self.is_coordinator


def standing_of(person: User) -> Standing:
    """One query for all of it, remembered on this instance of the person (so: for this request)."""
    remembered = getattr(person, "_standing", None)
    if isinstance(remembered, Standing):
        return remembered
    beside = {name: ask(person) for name, ask in asked_beside.items()}
    question = _question(today(), get_ident()).annotate(**beside)
    is_administrator, is_coordinator, rows, read, has_factor, *answers = question.get(pk=person.pk)
    rights = [(row["team"], row["right"]) for row in rows]
    member_of = frozenset(team for team, right in rights if right in BELONGING)
    coached = frozenset(team for team, right in rights if right == Right.COACH)
    writes_for = frozenset(team for team, right in rights if right in WRITING)
    standing = Standing(
        is_administrator=is_administrator,
        is_coordinator=is_coordinator,
        is_coach=bool(coached),
        is_in_team=bool(member_of),
        writes=bool(writes_for),
        has_second_factor=has_factor,
        sight=Sight(member_of, writes_for, accompanies=member_of | coached | frozenset(read)),
        beside=frozenset(name for name, is_so in zip(beside, answers, strict=True) if is_so),
    )
    person._standing = standing  # type: ignore[attr-defined]  # a memory for one request, not a field
    return standing


@lru_cache(maxsize=128)
def _question(_day: dt.date, _thread: int) -> QuerySet[User, tuple[bool, bool, list[dict[str, Any]], list[int], bool]]:
    """What is asked of everybody's row. Putting it together costs more than asking it, so it is kept for the day, and
    for one thread: threads must not share what Django writes into while it makes SQL."""
    memberships = Membership.objects.current().filter(person=OuterRef("pk"))
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return User.objects.values_list(
        "is_staff",
        Exists(Coordination.objects.current().filter(person=OuterRef("pk"))),
        ArraySubquery(memberships.order_by().values(row=JsonRow(team=F("team"), right=F("right")))),
        ArraySubquery(_read_as_coordinator().values("pk")),
        Exists(factors),
    )


def _read_as_coordinator() -> QuerySet[Team]:
    """The teams that the person of the outer query reads as a coordinator: `TeamQuerySet.read_by_coordinator`."""
    operators = Coordination.objects.current().filter(person=OuterRef(OuterRef(OuterRef("pk")))).values("operator")
    of_them = Q(programme__operator__in=operators) | Q(programme__funder__in=operators)
    teams: QuerySet[Team] = Team.objects.filter(
        city__in=MembershipPeriod.objects.all().current().filter(of_them).values("city")
    ).order_by()
    return teams


def settled(person: "User | AnonymousUser") -> "User | AnonymousUser":
    """The same person, with what they are to teams looked up once: for a page that only reads."""
    if isinstance(person, User):
        settle(person, standing_of(person).sight)
    return person


def stand_in_for(sight: Sight) -> User:
    """An unsaved person who is to teams what `sight` says, writes for none and decides nothing."""
    person = User()
    person._standing = Standing(sight=sight)  # type: ignore[attr-defined]  # as above
    settle(person, sight)
    return person
