"""Three honest stories for the first page: found by what they are, so that better ones take their place."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from projects.choices import Outcome, ResultKind, Visibility
from projects.models import Project

GREW = (Outcome.SCALED, Outcome.SUSTAINED)


@dataclass(frozen=True, slots=True)
class Story:
    why: Promise
    project: Project


def honest_stories() -> list[Story]:
    """One that was stopped and published, one that says what is not known, one that grew; of three cities."""
    figures = Count("published_results", filter=Q(published_results__kind=ResultKind.MEASURED), distinct=True)
    gaps = Count("published_results", filter=Q(published_results__kind=ResultKind.GAP), distinct=True)
    tries = Count("pilots", filter=Q(pilots__visibility__in=("", Visibility.PUBLIC)), distinct=True)
    told = (
        Project.objects.filter(visibility=Visibility.PUBLIC, source_verified=True, is_demo=False)
        .exclude(source_line="")
        .exclude(lesson="")
        .annotate(figures=figures, gaps=gaps, tries=tries)
        .select_related("team__city")
        .prefetch_related("published_results")
        .defer("words")
        .order_by("slug")
    )
    stopped = [project for project in told if project.outcome == Outcome.STOPPED and project.figures]
    open_ended = [project for project in told if project.gaps]
    grew = [project for project in told if project.outcome in GREW and project.figures]
    best = [
        (_("Stopped, and told with its faults"), sorted(stopped, key=lambda project: -project.figures)),
        (_("Tried, and open about what nobody counted"), sorted(open_ended, key=lambda project: -project.tries)),
        (_("Grown from a small test"), sorted(grew, key=lambda project: -project.figures)),
    ]
    stories: list[Story] = []
    for why, projects in best:
        taken = {story.project.team.city_id for story in stories}
        fresh = (project for project in projects if project.team.city_id not in taken)
        stories += [Story(why, project) for project in [next(fresh, None)] if project]
    return stories
