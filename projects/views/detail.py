"""The page of a project: the problem, where it stands, what was tried, what the figures and residents say."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from cities.choices import Function
from cities.standing import settled, standing_of
from innoteams.accounts.models import User
from projects.audience import audience
from projects.choices import LIVE_OUTCOMES, Eyes, Visibility
from projects.completeness import completeness
from projects.eyes import stand_in
from projects.fit import compared_with_reader
from projects.freshness import freshness
from projects.history_words import name_of
from projects.ladder import ladder_of
from projects.lessons import lessons_for_project, sayings_of
from projects.levels import mark_narrower
from projects.lineage import lineage_of
from projects.models import Project
from projects.page_rows import unpack
from projects.permissions import Person, can_look_as_others, can_share_project
from projects.points import whereabouts
from projects.reading_page import (
    figures_of,
    give_endings,
    has_other_sources,
    latest_why,
    lay_out_files,
    moments_of,
    moves_of,
    results_of,
    turns_of,
)
from projects.sharing import missing_before_sharing
from projects.similar import similar_to
from projects.views.doors import or_403, seen_project

# Older lines of the journal are folded away.
MOMENTS_SHOWN = 8
LESSONS_SHOWN = 2


@login_not_required
def project_detail(request: HttpRequest, slug: str) -> HttpResponse:
    reader = settled(request.user)
    if (wanted := request.GET.get("as")) is not None:
        return _with_eyes_of(request, slug, wanted)
    project = get_object_or_404(Project.objects.visible_to(reader).for_page(reader), slug=slug)
    return render(request, "projects/project_detail.html", _page(project, reader))


def _with_eyes_of(request: HttpRequest, slug: str, wanted: str) -> HttpResponse:
    """What a partner city, a coordinator or a visitor gets at this address; where that is nothing, it says so."""
    project = seen_project(request, slug)
    or_403(can_look_as_others(request.user, project))
    if wanted not in Eyes:
        raise Http404
    eyes = Eyes(wanted)
    reader = stand_in(eyes, project.team)
    shown = Project.objects.visible_to(reader).for_page(reader).filter(pk=project.pk).first()
    looking = {"eyes": eyes, "all_eyes": list(Eyes)}
    if shown is None:
        may_share = bool(can_share_project(request.user, project))
        return render(request, "projects/project_unseen.html", {"project": project, "may_share": may_share, **looking})
    return render(request, "projects/project_detail.html", {**_page(shown, reader), **looking})


def _page(found: Any, reader: Person) -> dict[str, object]:
    """Everything that the page shows `reader`, who may be a stand-in: nothing here may ask who is signed in."""
    project = unpack(found)
    mark_narrower(project)
    moves = moves_of(project)
    turns = turns_of(project)
    moments = moments_of(project, moves, turns)
    return {
        "project": project,
        "reader": reader,
        "figures": figures_of(project),
        "results": (results := results_of(project)),
        "other_sources": has_other_sources(project, results),
        "ladder": ladder_of(project),
        "project_files": lay_out_files(project),
        "moments": moments[:MOMENTS_SHOWN],
        "older_moments": moments[MOMENTS_SHOWN:],
        "moves": moves,
        "latest": latest_why(moves, turns),
        "lineage": lineage_of(project, reader),
        "similar": similar_to(project, reader),
        "may_write": found.is_writer and not project.is_from_public_source,
        "may_claim": found.is_writer and project.is_from_public_source,
        "may_adapt": isinstance(reader, User) and standing_of(reader).writes,
        "all_eyes": list(Eyes) if _is_of_team(reader, project) else [],
        "fresh": freshness(project),
        "sees_stuck": _accompanies(reader, project),
        "may_be_stuck": project.outcome in LIVE_OUTCOMES,
        "fit": compared_with_reader(project),
        "whereabouts": whereabouts(project, project.team.city),
        **_lessons(project, reader),
        **_contact(project),
        **_last_change(found),
        **_for_writer(found),
    }


def _is_of_team(reader: Person, project: Project) -> bool:
    return isinstance(reader, User) and project.team_id in standing_of(reader).sight.member_of


def _accompanies(reader: Person, project: Project) -> bool:
    """Belongs to the team, coaches or coordinates it."""
    return isinstance(reader, User) and project.team_id in standing_of(reader).sight.accompanies


def _lessons(project: Any, person: Person) -> dict[str, object]:
    """Endings for the page, what the reader's teams say of them, and what is offered to the project's own team."""
    endings = give_endings(project)
    if not isinstance(person, User):
        return {}
    if project.is_writer:
        return {"offers": lessons_for_project(person, project, most=LESSONS_SHOWN)}
    sayings = sayings_of(person, project, endings)
    for ending in endings:
        ending.sayings = sayings.get(ending.pk, [])  # type: ignore[attr-defined]  # for the template alone
    return {}


def _contact(project: Any) -> dict[str, object]:
    """Who to talk to, and who takes over: people who have left the team are not named."""
    people: dict[str, object] = {}
    if project.contact is not None and project.contact_function is not None:
        people["contact_role"] = Function(project.contact_function).label
        people["contact_languages"] = _languages(project.contact)
    if project.successor is not None and project.successor_is_there:
        people["successor_languages"] = _languages(project.successor)
    return people


def _languages(person: User) -> list[str]:
    return list(dict.fromkeys([person.language, *person.spoken_languages]))


def _last_change(project: Any) -> dict[str, object]:
    """For the team: who changed it last, with the way to the history."""
    if not project.is_of_team:
        return {}
    row = project.last_change
    if not row:
        return {"is_of_team": True}
    who = row["name"] or _("Former member") if row["by"] else name_of(None)
    ago = timesince(dt.datetime.fromisoformat(row["at"]), depth=1)
    return {"is_of_team": True, "changed_ago": ago, "changed_by": who}


def _for_writer(project: Any) -> dict[str, object]:
    """What would help readers most next, and who would see a draft once shared."""
    if not project.is_writer or project.is_from_public_source:
        return {}
    return {
        "meter": completeness(project),
        "missing": missing_before_sharing(project),
        "network": audience(project.team, Visibility.NETWORK) if project.visibility == Visibility.TEAM else None,
    }
