"""What is going on where: projects counted by city, and the lines between cities that learned from one another.

Everything starts from projects and adaptations that are already `visible_to` the reader, so a number on a map or in a
facet cannot tell of a hidden project.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q

from cities.models import City
from innoteams.accounts.models import User
from projects.choices import LinkKind
from projects.models import Adaptation, CityLink, Project
from projects.querysets import ProjectQuerySet

# “Same theme” is our comparison and “offered” names no second city: neither is an exchange that can be drawn.
DOCUMENTED_EXCHANGES = (LinkKind.ADAPTED, LinkKind.STUDIED, LinkKind.INVITED, LinkKind.CONTACT)


@dataclass(frozen=True, slots=True)
class Line:
    """`learner` took something from `source`; kind “adaptation” was logged here, “documented” a public source tells."""

    source: int
    learner: int
    kind: str


def counts_by_city(projects: ProjectQuerySet) -> dict[int, int]:
    """How many of the projects each city (by key) has."""
    rows = projects.order_by().values_list("team__city").annotate(number=Count("pk", distinct=True))
    return dict(rows)


def topics_by_city(person: User | AnonymousUser) -> dict[int, set[str]]:
    """The slugs of the topics that each city (by key) works on, in projects that the person may see."""
    rows = Project.objects.visible_to(person).order_by().exclude(topics=None)
    found: dict[int, set[str]] = defaultdict(set)
    for city, slug in rows.values_list("team__city", "topics__slug").distinct():
        found[city].add(slug)
    return found


def give_counts(cities: Iterable[City], counts: dict[int, int]) -> list[City]:
    """The cities, each with `project_count`, which lists and maps read."""
    counted = list(cities)
    for city in counted:
        city.project_count = counts.get(city.pk, 0)  # type: ignore[attr-defined]  # for this page, not a field
    return counted


def lines_between(person: User | AnonymousUser, projects: ProjectQuerySet, *, narrowed: bool) -> list[Line]:
    """Each pair of cities once a kind, among lines about `projects`.

    A documented link that names no project is there only where nothing was `narrowed`: it has no topic and no phase.
    """
    about = projects.order_by().values("pk")
    # What came from outside the network has one end on the map only.
    adapted = Adaptation.objects.visible_to(person).filter(project__in=about).exclude(source=None).order_by()
    told = CityLink.objects.filter(kind__in=DOCUMENTED_EXCHANGES).exclude(idea_from=None).order_by()
    told = told.filter(project__in=about) if narrowed else told.filter(Q(project=None) | Q(project__in=about))
    pairs = [(*pair, "adaptation") for pair in adapted.values_list("source__team__city", "project__team__city")]
    pairs += [(*pair, "documented") for pair in told.values_list("idea_from", "city")]
    return [Line(*pair) for pair in dict.fromkeys(pairs) if pair[0] != pair[1]]
