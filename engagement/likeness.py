"""How alike the work of a team and a project elsewhere are: one question, `Likenesses.of(team, project)`.

Today it is answered from topics, from the words of title and problem (PostgreSQL full text), from the phase and from
the kinship of the two cities. Likeness of meaning across languages will join in `prepare`, as one more field.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from cities.choices import CityKind
from cities.models import City, Tie
from projects.choices import PHASES, Outcome
from projects.models import Project, ProjectTopic

_STEP = {str(phase): step for step, phase in enumerate(PHASES)}
# The first topic of a project counts fully, the third half.
_WEIGHT_OF_RANK = {1: 1.0, 2: 0.7, 3: 0.5}
# Words that more than this share of all projects use (and more than a few) say nothing about any of them.
_COMMON, _FEW = 0.05, 4
# No word counts as rarer than this share, however large the network.
_RAREST = 0.002
# Shared words of about this much information (natural units) make two texts as alike as can be told from words.
_MUCH = 16.0


@dataclass(frozen=True)
class Kinship:
    """What two cities have in common."""

    neighbours: bool = False
    language: str = ""
    country: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Likeness:
    """How a project is like the work of a team. `topics` by weight (0 to 1), strongest first; `words` 0 to 1;
    `phase_of` is the team's own live project that the other is level with, or one phase ahead of."""

    topics: tuple[tuple[int, float], ...] = ()
    words: float = 0.0
    phase_of: int | None = None
    steps_ahead: int = 0
    kinship: Kinship = Kinship()


@dataclass(frozen=True)
class Work:
    """What likeness needs to know of a project."""

    pk: int
    team_id: int
    phase: str
    outcome: str
    topics: Mapping[int, int]


class Likenesses:
    """Prepared for some teams and some projects; asked without further queries."""

    def __init__(
        self,
        works: Mapping[int, Work],
        cities_of_teams: Mapping[int, City],
        ties: set[frozenset[int]],
        words: Mapping[tuple[int, int], float],
    ) -> None:
        self.works, self.cities, self.ties, self.words = works, cities_of_teams, ties, words
        self._answers: dict[tuple[int, int], Likeness] = {}
        self._kin: dict[tuple[int, int], Kinship] = {}

    @cached_property
    def _works_of_team(self) -> dict[int, list[Work]]:
        grouped: dict[int, list[Work]] = defaultdict(list)
        for work in sorted(self.works.values(), key=lambda one: one.pk):
            grouped[work.team_id].append(work)
        return grouped

    @cached_property
    def _weights_of_teams(self) -> dict[int, dict[int, float]]:
        """The topics of each team, each as heavy as where it ranks highest."""
        weights: dict[int, dict[int, float]] = defaultdict(dict)
        for work in self.works.values():
            own = weights[work.team_id]
            for topic, rank in work.topics.items():
                own[topic] = max(own.get(topic, 0.0), _WEIGHT_OF_RANK[rank])
        return weights

    @cached_property
    def _works_on(self) -> dict[int, set[int]]:
        """The projects of each topic."""
        found: dict[int, set[int]] = defaultdict(set)
        for work in self.works.values():
            for topic in work.topics:
                found[topic].add(work.pk)
        return found

    @cached_property
    def _alike_in_words(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = defaultdict(set)
        for team, project in self.words:
            found[team].add(project)
        return found

    def topics_of_team(self, team_id: int) -> set[int]:
        """What the team works on."""
        return set(self._weights_of_teams.get(team_id, ()))

    def near(self, team_id: int) -> set[int]:
        """The projects that have more in common with the team's work than the kinship of their cities."""
        topics = self.topics_of_team(team_id)
        return self._alike_in_words.get(team_id, set()).union(*(self._works_on[topic] for topic in topics))

    def of(self, team_id: int, project_id: int) -> Likeness:
        key = (team_id, project_id)
        if key not in self._answers:
            self._answers[key] = self._compare(team_id, self.works[project_id])
        return self._answers[key]

    def kinship(self, team_id: int, city: City) -> Kinship:
        """Of the team's city with another."""
        own = self.cities[team_id]
        key = (own.pk, city.pk)
        if key not in self._kin:
            self._kin[key] = self._kinship(own, city)
        return self._kin[key]

    def _kinship(self, own: City, city: City) -> Kinship:
        if own.pk == city.pk:
            return Kinship()
        return Kinship(
            neighbours=frozenset((own.pk, city.pk)) in self.ties,
            language=next((code for code in own.languages if code in city.languages), ""),
            country=city.country if own.country == city.country else "",
            kind=city.kind if own.kind == city.kind and own.kind != CityKind.CITY else "",
        )

    def _compare(self, team_id: int, other: Work) -> Likeness:
        own = self._weights_of_teams.get(team_id, {})
        topics = {topic: own[topic] * _WEIGHT_OF_RANK[rank] for topic, rank in other.topics.items() if topic in own}
        phase_of, steps = self._nearest_phase(self._works_of_team[team_id], other) if topics else (None, 0)
        return Likeness(
            topics=tuple(sorted(topics.items(), key=lambda pair: (-pair[1], pair[0]))),
            words=self.words.get((team_id, other.pk), 0.0),
            phase_of=phase_of,
            steps_ahead=steps,
            kinship=self.kinship(team_id, self.cities[other.team_id]),
        )

    @staticmethod
    def _nearest_phase(own: list[Work], other: Work) -> tuple[int | None, int]:
        """Being one phase ahead helps most, the same phase next; only among projects that share a topic and go on."""
        near = []
        for work in own:
            steps = _STEP[other.phase] - _STEP[work.phase]
            goes_on = work.outcome == Outcome.IN_PROGRESS
            if goes_on and steps in (0, 1) and work.topics.keys() & other.topics.keys():
                near.append((-steps, work.pk))
        if not near:
            return None, 0
        steps, pk = min(near)
        return pk, -steps


def prepare(team_ids: Iterable[int], projects: Iterable[Project]) -> Likenesses:
    """Ready to compare every one of the teams with every one of the projects; five queries whatever their number."""
    teams, others = set(team_ids), list(projects)
    own = list(Project.objects.filter(team__in=teams).only("pk", "team_id", "phase", "outcome"))
    topics: dict[int, dict[int, int]] = defaultdict(dict)
    ranked = ProjectTopic.objects.filter(project__in={project.pk for project in [*own, *others]})
    for project, topic, rank in ranked.values_list("project_id", "topic_id", "rank"):
        topics[project][topic] = rank
    works = {
        project.pk: Work(project.pk, project.team_id, project.phase, project.outcome, topics[project.pk])
        for project in [*own, *others]
    }
    involved = teams | {project.team_id for project in others}
    cities = {
        team: city
        for city in City.objects.filter(teams__in=involved).prefetch_related("teams")
        for team in [team.pk for team in city.teams.all()]
    }
    ties = {frozenset(pair) for pair in Tie.objects.values_list("city_id", "neighbour_id")}
    return Likenesses(works, cities, ties, words_in_common(teams, [project.pk for project in others]))


# Words of title and problem that a team's projects and another project both use, each counted by how much it says (the
# logarithm of how rare it is). How rare is taken from the statistics that PostgreSQL keeps of the column: they cost
# nothing and are the same for everybody, whoever else is in the batch. Without them (a new database) words say nothing.
_IN_COMMON = """
WITH size AS (
    SELECT greatest(reltuples, 1)::float AS projects FROM pg_class WHERE oid = 'projects_project'::regclass
),
known AS (
    SELECT most_common_elems::text::text[] AS lexemes, most_common_elem_freqs AS shares FROM pg_stats
    WHERE schemaname = 'public' AND tablename = 'projects_project' AND attname = 'words'
),
shares AS (SELECT one.lexeme, one.share FROM known, unnest(known.lexemes, known.shares) AS one (lexeme, share)),
uses AS (
    SELECT text.id, text.team_id, word.lexeme
    FROM projects_project AS text, unnest(ts_filter(text.words, '{a,b}')) AS word, known
    WHERE (text.team_id = ANY(%(teams)s) OR text.id = ANY(%(projects)s)) AND length(word.lexeme) >= 4
),
telling AS (
    SELECT lexeme, -ln(greatest(share, 1 / projects, %(rarest)s)) AS weight
    FROM (SELECT DISTINCT lexeme FROM uses) used LEFT JOIN shares USING (lexeme), size
    WHERE share IS NULL OR share <= greatest(%(few)s / projects, %(common)s)
)
SELECT team, project, sum(weight) FROM (
    SELECT DISTINCT own.team_id AS team, other.id AS project, telling.lexeme, telling.weight
    FROM telling JOIN uses own USING (lexeme) JOIN uses other USING (lexeme)
    WHERE own.team_id = ANY(%(teams)s) AND other.id = ANY(%(projects)s) AND own.team_id <> other.team_id
) shared GROUP BY team, project
"""


def words_in_common(team_ids: Iterable[int], project_ids: Iterable[int]) -> dict[tuple[int, int], float]:
    """How much the words of each team's projects say that each of the other projects uses too, 0 to 1; one query."""
    teams, projects = sorted(team_ids), sorted(project_ids)
    if not teams or not projects:
        return {}
    values: dict[str, list[int] | float] = {
        "teams": teams,
        "projects": projects,
        "few": float(_FEW),
        "common": _COMMON,
        "rarest": _RAREST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_IN_COMMON, values)
        return {(team, project): min(1.0, weight / _MUCH) for team, project, weight in cursor.fetchall()}
