"""What a signed-in person is in the network today, asked of the database once per request."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from cities.choices import BELONGING, WRITING, Right
from cities.models import Coordination, Membership
from innoteams.accounts.models import User


@dataclass(frozen=True)
class Standing:
    is_administrator: bool
    is_coordinator: bool
    is_coach: bool
    is_in_team: bool
    writes: bool
    has_second_factor: bool

    @property
    def needs_second_factor(self) -> bool:
        """Coordinators and administrators decide about others, so a password alone is not enough."""
        return self.is_administrator or self.is_coordinator


def standing_of(person: User) -> Standing:
    """One query for all of it, remembered on this instance of the person (so: for this request)."""
    remembered = getattr(person, "_standing", None)
    if isinstance(remembered, Standing):
        return remembered
    memberships = Membership.objects.current().filter(person=OuterRef("pk"))
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    row = (
        User.objects.filter(pk=person.pk)
        .values_list(
            "is_staff",
            Exists(Coordination.objects.current().filter(person=OuterRef("pk"))),
            Exists(memberships.filter(right=Right.COACH)),
            Exists(memberships.filter(right__in=BELONGING)),
            Exists(memberships.filter(right__in=WRITING)),
            Exists(factors),
        )
        .get()
    )
    standing = Standing(*row)
    person._standing = standing  # type: ignore[attr-defined]  # a memory for one request, not a field
    return standing
