"""Who may do what to teams and their people. Verdicts only; nothing is written here."""

from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from cities.choices import Right
from cities.models import Invitation, Membership, Operator, Team
from innoteams.accounts.models import User
from innoteams.lib.verdicts import YES, Verdict, no

Person = User | AnonymousUser


def belongs_to(person: Person, team: Team) -> bool:
    return Team.objects.filter(pk=team.pk).of_member(person).exists()


def writes_for(person: Person, team: Team) -> bool:
    return Team.objects.filter(pk=team.pk).writable_by(person).exists()


def leads(person: Person, team: Team) -> bool:
    return Team.objects.filter(pk=team.pk).led_by(person).exists()


def coordinates(person: Person, team: Team) -> bool:
    return Team.objects.filter(pk=team.pk).coordinated_by(person).exists()


def can_manage_people(person: Person, team: Team) -> Verdict:
    """Inviting, changing rights and ending memberships of a team."""
    if not person.is_authenticated:
        return no(_("Sign in first."))
    if Team.objects.filter(pk=team.pk).managed_by(person).exists():
        return YES
    return no(_("Only a lead of the team, its coordinator or an administrator changes who is in it."))


def can_invite_as(person: Person, team: Team, right: str) -> Verdict:
    """Coaches and teams are paired by the programme, so a lead does not invite a coach."""
    verdict = can_manage_people(person, team)
    if not verdict or right != Right.COACH:
        return verdict
    if person.is_staff or coordinates(person, team):
        return YES
    return no(_("A coach is invited by the programme's coordinator or an administrator."))


def can_change_membership(person: Person, membership: Membership) -> Verdict:
    if membership.right == Right.COACH:
        return no(_("A coach's part follows the coaching engagement and is not changed here."))
    return can_manage_people(person, membership.team)


def can_end_membership(person: Person, membership: Membership) -> Verdict:
    """Anybody may leave; ending somebody else's membership is managing people."""
    if membership.person_id == person.pk:
        return YES
    return can_manage_people(person, membership.team)


def can_manage_coordinators(person: Person, operator: Operator) -> Verdict:
    """Coordinators decide about teams, so only the platform's administrators make and end them, for any operator."""
    if person.is_authenticated and person.is_staff:
        return YES
    return no(_("Only an administrator decides who coordinates."))


def can_manage_invitation(person: Person, invitation: Invitation) -> Verdict:
    if invitation.team:
        return can_invite_as(person, invitation.team, invitation.right)
    return can_manage_coordinators(person, cast(Operator, invitation.operator))


def can_write_for(person: Person, team: Team) -> Verdict:
    if writes_for(person, team):
        return YES
    return no(_("Only leads and members of the team write in its name."))
