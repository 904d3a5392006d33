"""Learning from another city: a project of one's own that remembers where it came from and reports back.

Learning may go in circles (two cities that take from each other in turn), so nothing here forbids a ring; whoever
draws it shows each project once (projects/lineage.py).
"""

import datetime as dt
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cities.models import Team
from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed, Refused, demand
from projects.choices import Phase, Verb, Visibility
from projects.history import record, revise, revise_removed, snapshot, touch
from projects.locking import EditedMeanwhile, locked
from projects.models import Activity, Adaptation, Project
from projects.permissions import can_adapt_project, can_edit_project
from projects.records import log_project
from projects.refusals import RefusedField

TAKEN_ALONG = 3
# What is put right on the day it was told is not told again.
SAME_NEWS = dt.timedelta(days=1)


class AdaptedAlready(Refused):
    """The team has a project that came from this one."""


class OfOwnTeam(RefusedField):
    field = "team"


class ToldAlready(RefusedField):
    """The project names this origin already."""

    field = "source"


class OutsideRefused(RefusedField):
    """Whose work it is was not said, or its address is not one of the web."""

    field = "outside_name"


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
        topics=[ranked.topic for ranked in source.ranked_topics.select_related("topic")[:TAKEN_ALONG]],
        phase=Phase.INVESTIGATE,
    )
    _write_down(Adaptation(project=project, source=source, kept=kept, changed=changed, by=by), by)
    return project


@transaction.atomic
def name_source(*, by: User, project: Project, source: Project, kept: str, changed: str) -> Adaptation:
    """Says of a project that is there already that it came from another one of the network.

    Raises NotAllowed, OfOwnTeam or ToldAlready.
    """
    demand(can_edit_project(by, project))
    if not Project.objects.visible_to(by).filter(pk=source.pk).exists():
        raise NotAllowed(_("This project is not shared with you."))
    now = locked(project)
    if now.team_id == source.team_id:
        raise OfOwnTeam(_("This is a project of the same team; only what came from elsewhere is said here."), "source")
    if now.adapted_from.filter(source=source).exists():
        raise ToldAlready(_("It is said already that the project came from there."))
    return _write_down(Adaptation(project=now, source=source, kept=kept, changed=changed, by=by), by)


@transaction.atomic
def adapt_from_outside(
    *, by: User, project: Project, outside_name: str, outside_url: str = "", kept: str, changed: str
) -> Adaptation:
    """Says that a project came from work outside the network. Nobody is told: there is nobody to tell.

    Raises NotAllowed, OutsideRefused or ToldAlready.
    """
    demand(can_edit_project(by, project))
    name, url = _outside(outside_name, outside_url)
    now = locked(project)
    if now.adapted_from.filter(source=None, outside_name__iexact=name).exists():
        raise ToldAlready(_("It is said already that the project came from there."), "outside_name")
    return _write_down(
        Adaptation(project=now, outside_name=name, outside_url=url, kept=kept, changed=changed, by=by), by
    )


@transaction.atomic
def report_back(
    *,
    by: User,
    adaptation: Adaptation,
    version: int,
    came_of_it: str,
    kept: str,
    changed: str,
    outside_name: str | None = None,
    outside_url: str = "",
) -> Adaptation:
    """What came of it, told by the team that adapted; both projects show it, and the source hears of it.

    Raises EditedMeanwhile where somebody saved since `version`. The outside fields count only for what came from
    outside the network.
    """
    demand(can_edit_project(by, adaptation.project))
    now = locked(adaptation)
    mine = {"kept": kept, "changed": changed, "came_of_it": came_of_it.strip()}
    if now.source_id is None and outside_name is not None:
        mine["outside_name"], mine["outside_url"] = _outside(outside_name, outside_url)
    if now.version != version:
        raise EditedMeanwhile(now, mine)
    before = snapshot(now)
    for name, value in mine.items():
        setattr(now, name, value)
    if not revise(now, before, by=by):
        return now
    moment = timezone.now()
    told = bool(now.came_of_it) and now.came_of_it != before["came_of_it"]
    is_news = told and (now.reported_at is None or moment - now.reported_at > SAME_NEWS)
    now.version += 1
    if is_news:
        now.reported_at = moment
    elif not now.came_of_it:
        now.reported_at = None
    now.save(update_fields=[*mine, "version", "reported_at"])
    touch(now.project)
    if is_news:
        _report(now, by)
    return now


@transaction.atomic
def forget_origin(*, by: User, adaptation: Adaptation) -> None:
    """It did not come from there: the link goes, with what was told of it on both pages; the history keeps it."""
    demand(can_edit_project(by, adaptation.project))
    now = locked(adaptation)
    revise_removed(now, by=by)
    record(Verb.PROJECT_CHANGED, now.project, by=by, facts={"fields": ["adaptation"]})
    touch(now.project)
    now.delete()


def tell_sources(project: Project, by: User) -> None:
    """The projects it was adapted from hear of it once, when their teams can see it: not of a draft, and not of what
    only its own programme reads."""
    if project.visibility not in (Visibility.NETWORK, Visibility.PUBLIC):
        return
    told = Activity.objects.filter(verb=Verb.ADAPTATION_STARTED).exclude(project=project)
    untold = Adaptation.objects.filter(project=project, source__isnull=False)
    for adaptation in untold.exclude(pk__in=told.filter(adaptation__project=project).values("adaptation")):
        if adaptation.source:
            record(Verb.ADAPTATION_STARTED, adaptation.source, by=by, adaptation=adaptation)


def _write_down(adaptation: Adaptation, by: User) -> Adaptation:
    adaptation.save()
    revise(adaptation, {}, by=by)
    touch(adaptation.project)
    record(Verb.ADAPTATION_STARTED, adaptation.project, by=by, adaptation=adaptation)
    tell_sources(adaptation.project, by)
    return adaptation


def _report(adaptation: Adaptation, by: User) -> None:
    record(Verb.ADAPTATION_REPORTED, adaptation.project, by=by, adaptation=adaptation)
    if adaptation.source and not adaptation.project.is_draft:
        record(Verb.ADAPTATION_REPORTED, adaptation.source, by=by, adaptation=adaptation)


def _outside(name: str, url: str) -> tuple[str, str]:
    name, url = " ".join(name.split()), url.strip()
    if not name:
        raise OutsideRefused(_("Say whose work it is: a city, an organisation, a programme."))
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise OutsideRefused(_("The address of a page begins with https:// or http://."), "outside_url")
    return name, url
