"""Learning from another city: a project of one's own that remembers where it came from and reports back."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cities.models import Team
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.choices import Phase, Verb
from projects.history import record, touch
from projects.locking import locked
from projects.models import Adaptation, Project
from projects.permissions import can_adapt_project, can_edit_project
from projects.records import log_project
from projects.refusals import RefusedField


class AdaptedAlready(Refused):
    """The team has a project that came from this one."""


class OfOwnTeam(RefusedField):
    field = "team"


@transaction.atomic
def adapt(
    *,
    by: User,
    source: Project,
    team: Team,
    title: str,
    kept: str,
    changed: str,
    problem: str = "",
    for_whom: str = "",
) -> Project:
    """A new project of `team`, seen by the team alone at first. The source hears of it when it is shared.

    Topics are the source's; language the team's; everything else the team writes itself.
    """
    demand(can_adapt_project(by, source))
    # The source is held, so that two people of a team who adapt it at once make one project.
    source = locked(source)
    if source.team_id == team.pk:
        raise OfOwnTeam(_("This is a project of that team already."))
    if Adaptation.objects.filter(source=source, project__team=team).exists():
        raise AdaptedAlready(_("Your team is adapting this project already."))
    project = log_project(
        by=by,
        team=team,
        title=title,
        problem=problem,
        for_whom=for_whom,
        topics=[ranked.topic for ranked in source.ranked_topics.select_related("topic")],
        phase=Phase.INVESTIGATE,
    )
    adaptation = Adaptation.objects.create(project=project, source=source, kept=kept, changed=changed, by=by)
    record(Verb.ADAPTATION_STARTED, project, by=by, adaptation=adaptation)
    return project


@transaction.atomic
def report_back(*, by: User, adaptation: Adaptation, came_of_it: str, kept: str, changed: str) -> Adaptation:
    """What came of it, told by the team that adapted; both projects show it."""
    demand(can_edit_project(by, adaptation.project))
    now = locked(adaptation)
    now.came_of_it, now.kept, now.changed = came_of_it, kept, changed
    now.save(update_fields=["came_of_it", "kept", "changed"])
    touch(now.project)
    record(Verb.ADAPTATION_REPORTED, now.project, by=by, adaptation=now)
    if now.source and not now.project.is_draft:
        record(Verb.ADAPTATION_REPORTED, now.source, by=by, adaptation=now)
    return now
