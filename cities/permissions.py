"""Who may do what to teams and their people. Verdicts only; nothing is written here."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from cities.models import Invitation, Team
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
    if person.is_staff or leads(person, team) or coordinates(person, team):
        return YES
    return no(_("Only a lead of the team, its coordinator or an administrator changes who is in it."))


def can_manage_invitation(person: Person, invitation: Invitation) -> Verdict:
    if invitation.team:
        return can_manage_people(person, invitation.team)
    if person.is_authenticated and person.is_staff:
        return YES
    return no(_("Only an administrator invites coordinators."))


def can_write_for(person: Person, team: Team) -> Verdict:
    if writes_for(person, team):
        return YES
    return no(_("Only leads and members of the team write in its name."))
