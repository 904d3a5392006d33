"""The page of a project: the problem, where it stands, what was tried, what the figures and residents say."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from cities.choices import Function
from cities.standing import standing_of
from innoteams.accounts.models import User
from projects.audience import audience
from projects.choices import Visibility
from projects.completeness import completeness
from projects.models import Adaptation, Project
from projects.permissions import Person
from projects.reading_page import (
    figures_of,
    lay_out_files,
    moments_of,
    moves_of,
    results_of,
    split_adaptations,
)
from projects.sharing import missing_before_sharing
from projects.similar import similar_to

# Older lines of the journal are folded away.
MOMENTS_SHOWN = 8


@login_not_required
def project_detail(request: HttpRequest, slug: str) -> HttpResponse:
    person = request.user
    project = get_object_or_404(Project.objects.visible_to(person).for_page(person), slug=slug)
    moves = moves_of(project)
    moments = moments_of(project, moves)
    came_from, led_to = split_adaptations(project, _adaptations(project, person))
    context: dict[str, object] = {
        "project": project,
        "figures": figures_of(project),
        "results": results_of(project),
        "project_files": lay_out_files(project),
        "moments": moments[:MOMENTS_SHOWN],
        "older_moments": moments[MOMENTS_SHOWN:],
        "moves": moves,
        "came_from": came_from,
        "led_to": led_to,
        "similar": similar_to(project, person),
        "may_write": project.is_writer and not project.is_from_public_source,
        "may_claim": project.is_writer and project.is_from_public_source,
        "may_adapt": isinstance(person, User) and standing_of(person).writes,
        **_contact(project),
        **_for_writer(project),
    }
    return render(request, "projects/project_detail.html", context)


def _adaptations(project: Project, person: Person) -> list[Adaptation]:
    rows = Adaptation.objects.visible_to(person).filter(Q(project=project) | Q(source=project))
    return list(rows.select_related("project__team__city", "source__team__city"))


def _contact(project: Any) -> dict[str, object]:
    if project.contact is None or project.contact_function is None:
        return {}
    languages = [project.contact.language, *project.contact.spoken_languages]
    return {
        "contact_role": Function(project.contact_function).label,
        "contact_languages": list(dict.fromkeys(languages)),
    }


def _for_writer(project: Any) -> dict[str, object]:
    """What would help readers most next, and who would see a draft once shared."""
    if not project.is_writer or project.is_from_public_source:
        return {}
    return {
        "meter": completeness(project),
        "missing": missing_before_sharing(project),
        "network": audience(project.team, Visibility.NETWORK) if project.visibility == Visibility.TEAM else None,
    }
