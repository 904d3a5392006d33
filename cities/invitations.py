"""Inviting by e-mail: into a team, or to coordinate for an operator. The key goes out in one mail and is not kept."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cities.choices import Function, MembershipEvent, Right
from cities.memberships import lock_team, record
from cities.models import Coordination, Invitation, Membership, Operator, Team
from cities.permissions import can_invite_as, can_manage_coordinators, can_manage_invitation
from cities.querysets import MembershipQuerySet, today
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand

VALID_FOR = dt.timedelta(days=14)


class AlreadyInvited(Refused):
    """An invitation of this address to this place is open already."""


class AlreadyThere(Refused):
    """The person is in the team, or coordinates for the operator, already."""


class CoachAndMember(Refused):
    """A coach comes from outside the team: the same person is not both."""


class NotWaiting(Refused):
    """The invitation was accepted or withdrawn, so it can be neither sent again nor withdrawn."""


class NoLongerValid(Refused):
    """The link was withdrawn, used, replaced by a newer one, or has expired."""


class MeantForSomebodyElse(Refused):
    """The invited address is not one of the person's verified addresses."""


@dataclass(frozen=True)
class Sealed:
    """An invitation with the key for its mail: the only moment at which the key exists in the portal."""

    invitation: Invitation
    key: str


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def normal(email: str) -> str:
    return email.strip().lower()


@transaction.atomic
def invite(
    *,
    by: User,
    team: Team,
    email: str,
    right: str,
    function: str = Function.OTHER,
    language: str = "en",
    message: str = "",
    name: str = "",
) -> Sealed:
    """Invites an address into a team. Raises NotAllowed, AlreadyThere, CoachAndMember or AlreadyInvited."""
    demand(can_invite_as(by, team, right))
    if _in_team(team, right).filter(person__email__iexact=normal(email)).exists():
        raise AlreadyThere(_("This address belongs to somebody who is in the team already."))
    if _on_the_other_side(team, right).filter(person__email__iexact=normal(email)).exists():
        raise CoachAndMember(
            _("This address belongs to somebody who belongs to the team. A coach comes from outside it.")
            if right == Right.COACH
            else _("This address belongs to a coach of the team. The coaching has to end first.")
        )
    return _open(
        by=by,
        invitation=Invitation(
            team=team,
            email=normal(email),
            right=right,
            function=function,
            language=language,
            message=message,
            name=name,
        ),
    )


@transaction.atomic
def invite_coordinator(
    *, by: User, operator: Operator, email: str, language: str = "en", message: str = "", name: str = ""
) -> Sealed:
    """Invites an address to coordinate for an operator. Raises NotAllowed, AlreadyThere or AlreadyInvited."""
    demand(can_manage_coordinators(by, operator))
    if operator.coordinations.current().filter(person__email__iexact=normal(email)).exists():
        raise AlreadyThere(_("This address belongs to somebody who coordinates here already."))
    return _open(
        by=by,
        invitation=Invitation(operator=operator, email=normal(email), language=language, message=message, name=name),
    )


@transaction.atomic
def send_again(*, by: User, invitation: Invitation) -> Sealed:
    """A new key and a new fortnight; the link that went out before is dead from now on."""
    demand(can_manage_invitation(by, invitation))
    waiting = _locked_waiting(invitation)
    return _seal(waiting)


@transaction.atomic
def withdraw(*, by: User, invitation: Invitation) -> Invitation:
    demand(can_manage_invitation(by, invitation))
    waiting = _locked_waiting(invitation)
    waiting.withdrawn_at, waiting.withdrawn_by = timezone.now(), by
    waiting.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return waiting


def note_sent(invitation: Invitation) -> None:
    """Its mail was handed to the mail server."""
    invitation.sent_at = timezone.now()
    invitation.sent_count += 1
    invitation.save(update_fields=["sent_at", "sent_count"])


def found_by(digest: str) -> Invitation | None:
    """The invitation whose latest link has this digest, in whatever state it is."""
    places = Invitation.objects.select_related("team__city", "operator", "invited_by")
    return places.filter(key_digest=digest).first()


def is_meant_for(invitation: Invitation, person: User) -> bool:
    return EmailAddress.objects.filter(user=person, verified=True, email__iexact=invitation.email).exists()


@transaction.atomic
def accept(*, by: User, digest: str) -> Invitation:
    """Joins the place that the link leads to, once, however many click at the same moment.

    Takes the digest of the link's key. Raises NoLongerValid, MeantForSomebodyElse, AlreadyThere or CoachAndMember.
    """
    seen = found_by(digest)
    if seen is None:
        raise NoLongerValid(_("This link is not valid any more."))
    if seen.team_id:
        # The same first lock as every other change to who is in a team, so that none waits for another in a circle.
        lock_team(seen.team_id)
    usable = Invitation.objects.select_for_update(of=("self",)).filter(key_digest=digest).usable()
    invitation: Invitation | None = usable.first()
    if invitation is None:
        raise NoLongerValid(_("This invitation was used, withdrawn or sent anew in the meantime, or it has expired."))
    if not is_meant_for(invitation, by):
        raise MeantForSomebodyElse(
            _("This invitation was sent to another address. Add and confirm that address in your account first.")
        )
    if invitation.team:
        _join_team(by, invitation, invitation.team)
    if invitation.operator:
        _start_coordinating(by, invitation, invitation.operator)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), by
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return invitation


def _join_team(person: User, invitation: Invitation, team: Team) -> None:
    if not team.is_active:
        raise NoLongerValid(_("This team is not active any more."))
    if _in_team(team, invitation.right).filter(person=person).exists():
        raise AlreadyThere(_("You are in this team already."))
    if _on_the_other_side(team, invitation.right).filter(person=person).exists():
        raise CoachAndMember(
            _("You belong to this team. A coach comes from outside it.")
            if invitation.right == Right.COACH
            else _("You coach this team. Leave the coaching first, and then open this invitation again.")
        )
    joined = Membership.objects.create(
        team=team, person=person, right=invitation.right, function=invitation.function, starts_on=today()
    )
    record(by=person, event=MembershipEvent.JOINED, after=joined)


def _start_coordinating(person: User, invitation: Invitation, operator: Operator) -> None:
    # Two invitations of one person to one operator, by two addresses, wait for each other here.
    Operator.objects.select_for_update().get(pk=operator.pk)
    if Coordination.objects.current().filter(operator=operator, person=person).exists():
        raise AlreadyThere(_("You coordinate here already."))
    Coordination.objects.create(operator=operator, person=person, starts_on=today(), given_by=invitation.invited_by)


def _in_team(team: Team, right: str) -> MembershipQuerySet:
    there = team.memberships.current()
    return there.coaches() if right == Right.COACH else there.belonging()


def _on_the_other_side(team: Team, right: str) -> MembershipQuerySet:
    """Of whoever is to be a coach, the people of the team; of whoever is to be of the team, its coaches."""
    there = team.memberships.current()
    return there.belonging() if right == Right.COACH else there.coaches()


def _open(*, by: User, invitation: Invitation) -> Sealed:
    invitation.invited_by = by
    try:
        with transaction.atomic():
            return _seal(invitation)
    except IntegrityError as error:
        raise AlreadyInvited(_("This address is invited already; send that invitation again instead.")) from error


def _seal(invitation: Invitation) -> Sealed:
    key = secrets.token_urlsafe(32)
    invitation.key_digest = digest_of(key)
    invitation.expires_at = timezone.now() + VALID_FOR
    invitation.save()
    return Sealed(invitation, key)


def _locked_waiting(invitation: Invitation) -> Invitation:
    held: Invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if held.accepted_at:
        raise NotWaiting(_("This invitation was accepted in the meantime."))
    if held.withdrawn_at:
        raise NotWaiting(_("This invitation was withdrawn in the meantime."))
    return held
