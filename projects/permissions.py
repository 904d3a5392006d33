"""Who may do what to a project. Seeing it is `visible_to`; these are about acting."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from cities.models import Team
from cities.permissions import belongs_to, can_write_for, writes_for
from innoteams.accounts.models import User
from innoteams.lib.verdicts import YES, Verdict, no
from projects.models import Project

Person = User | AnonymousUser


def can_log_project(person: Person) -> Verdict:
    if Team.objects.active().writable_by(person).exists():
        return YES
    return no(_("Projects are logged by leads and members of a team."))


def can_edit_project(person: Person, project: Project) -> Verdict:
    """Changing the record or adding to it."""
    if project.is_from_public_source:
        if writes_for(person, project.team):
            return no(_("This entry comes from a public source. Claim it for your team first."))
        return no(_("This entry comes from a public source; only the city's own team can take it over."))
    return can_write_for(person, project.team)


def can_claim_project(person: Person, project: Project) -> Verdict:
    if not project.is_from_public_source:
        return no(_("This entry is the team's own already."))
    return can_write_for(person, project.team)


def can_share_project(person: Person, project: Project) -> Verdict:
    return can_edit_project(person, project)


def can_look_as_others(person: Person, project: Project) -> Verdict:
    """Seeing the page as somebody else would: for whoever sees all of it anyway, so nothing new is shown."""
    if belongs_to(person, project.team):
        return YES
    return no(_("Only people of the team can look at their project with the eyes of others."))


def can_adapt_project(person: Person, project: Project) -> Verdict:
    return can_log_project(person)
