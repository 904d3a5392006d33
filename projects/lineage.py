"""Who learned from whom, over the generations: a tree of what the reader sees and of nothing else.

A link is followed only where both its ends are seen (`Adaptation.objects.visible_to`), so a hidden project cuts its
branch: what lies behind it is not told of either, although it may be seen by itself. Learning may go in circles; each
project stands in the tree once, and where it comes again stands a pointer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.db.models.expressions import RawSQL

from cities.models import City
from projects.models import Adaptation, CityLink, Project
from projects.permissions import Person
from projects.places import DOCUMENTED_EXCHANGES

MOST_GENERATIONS = 6
MOST_LINKS = 80

# The visible links, walked up and down from one project. UNION forgets what it had at the same depth, so that a ring
# ends with the last generation; the nearest links come first where there are too many.
_WALK = """
WITH RECURSIVE link (pk, learner, source) AS NOT MATERIALIZED ({links}),
up (pk, source, depth) AS (
    SELECT pk, source, 1 FROM link WHERE learner = %s
    UNION
    SELECT link.pk, link.source, up.depth + 1 FROM up JOIN link ON link.learner = up.source WHERE up.depth < %s
),
down (pk, learner, depth) AS (
    SELECT pk, learner, 1 FROM link WHERE source = %s
    UNION
    SELECT link.pk, link.learner, down.depth + 1
    FROM down JOIN link ON link.source = down.learner WHERE down.depth < %s
)
SELECT pk FROM (SELECT pk, depth FROM up UNION ALL SELECT pk, depth FROM down) AS walked
GROUP BY pk ORDER BY min(depth), pk LIMIT %s
"""


@dataclass(slots=True)
class Node:
    """One project of the tree with the link that leads to it; without `project` it is work from outside the network.

    `again`: it stands elsewhere in the tree already, with its own branches.
    """

    adaptation: Adaptation
    project: Project | None
    generation: int
    again: bool = False
    nodes: list["Node"] = field(default_factory=list)

    @property
    def is_near(self) -> bool:
        """Linked with the project of the page itself."""
        return self.generation == 1

    @property
    def anchor(self) -> str:
        return f"adaptation-{self.adaptation.pk}"


@dataclass(frozen=True, slots=True)
class Arc:
    """One city learned from another; “adaptation” was logged here, “documented” a public source tells."""

    source: City
    learner: City
    kind: str


@dataclass(frozen=True, slots=True)
class Lineage:
    project: Project
    came_from: list[Node]
    led_to: list[Node]
    documented: list[CityLink]
    arcs: list[Arc]
    # There is more than the tree shows.
    is_cut: bool

    def __bool__(self) -> bool:
        return bool(self.came_from or self.led_to or self.documented)


def lineage_of(project: Project, person: Person) -> Lineage:
    """What the page of a project shows, in a constant number of queries. `project` needs its team and city."""
    rows = _links_around(project, person)
    is_cut = len(rows) > MOST_LINKS
    rows = rows[:MOST_LINKS]
    came_from = _grown(project, _by(rows, lambda row: row.project_id), _upwards)
    led_to = _grown(project, _by(rows, lambda row: row.source_id), _downwards)
    documented = _documented(project)
    return Lineage(project, came_from, led_to, documented, _arcs(rows, documented), is_cut)


def _links_around(project: Project, person: Person) -> list[Adaptation]:
    visible = Adaptation.objects.visible_to(person).order_by()
    links, values = visible.values_list("pk", "project_id", "source_id").query.sql_with_params()
    here = [project.pk, MOST_GENERATIONS] * 2
    walked = RawSQL(_WALK.format(links=links), [*values, *here, MOST_LINKS + 1])  # noqa: S611 - no value is put into the text
    rows = Adaptation.objects.filter(pk__in=walked).select_related("project__team__city", "source__team__city")
    return list(rows.defer("project__words", "source__words").order_by("created_at", "pk"))


def _by(rows: Iterable[Adaptation], end: Callable[[Adaptation], int | None]) -> dict[int, list[Adaptation]]:
    found: dict[int, list[Adaptation]] = defaultdict(list)
    for row in rows:
        key = end(row)
        if key is not None:
            found[key].append(row)
    return found


def _upwards(row: Adaptation) -> Project | None:
    return row.source


def _downwards(row: Adaptation) -> Project | None:
    return row.project


def _grown(
    root: Project, links: dict[int, list[Adaptation]], onwards: Callable[[Adaptation], Project | None]
) -> list[Node]:
    """Generation by generation, so that a project stands as near to the root as it can."""
    met = {root.pk}
    nearest: list[Node] = []
    edge: list[tuple[int, list[Node]]] = [(root.pk, nearest)]
    for generation in range(1, MOST_GENERATIONS + 1):
        following: list[tuple[int, list[Node]]] = []
        for pk, nodes in edge:
            for row in links.get(pk, ()):
                project = onwards(row)
                node = Node(row, project, generation, again=project is not None and project.pk in met)
                nodes.append(node)
                if project is not None and not node.again:
                    met.add(project.pk)
                    following.append((project.pk, node.nodes))
        edge = following
    return nearest


def _documented(project: Project) -> list[CityLink]:
    links = CityLink.objects.filter(project=project).select_related("city")
    return list(links.prefetch_related(Prefetch("idea_from", City.objects.order_by("slug"))))


def _arcs(rows: Iterable[Adaptation], documented: Iterable[CityLink]) -> list[Arc]:
    """Each pair of cities once a kind."""
    arcs = [Arc(row.source.team.city, row.project.team.city, "adaptation") for row in rows if row.source]
    arcs += [
        Arc(city, link.city, "documented")
        for link in documented
        if link.kind in DOCUMENTED_EXCHANGES
        for city in link.idea_from.all()
    ]
    once = {(arc.source.pk, arc.learner.pk, arc.kind): arc for arc in arcs if arc.source.pk != arc.learner.pk}
    return list(once.values())
