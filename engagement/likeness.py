"""How alike the work of a team and a project elsewhere are: one question, `Likenesses.of(team, project)`.

Today it is answered from topics, from the words of title and problem (PostgreSQL full text), from the phase and from
the kinship of the two cities. Likeness of meaning across languages will join in `prepare`, as one more field.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

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
        words: Mapping[int, Mapping[int, float]],
    ) -> None:
        """`words` as `words_in_common` gives them."""
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
    def _works_on(self) -> dict[int, list[Work]]:
        """The projects of each topic."""
        found: dict[int, list[Work]] = defaultdict(list)
        for work in self.works.values():
            for topic in work.topics:
                found[topic].append(work)
        return found

    def topics_of_team(self, team_id: int) -> set[int]:
        """What the team works on."""
        return set(self._weights_of_teams.get(team_id, ()))

    def in_topics(self, team_id: int) -> dict[int, tuple[float, int | None]]:
        """Of all projects elsewhere that share a topic with the team's work, in one go: the sum of the topics' weights,
        and the steps ahead (None: near to no phase), as `of` answers for each."""
        live = self._live_steps(team_id)
        found: dict[int, tuple[float, int | None]] = {}
        for topic, weight in self._weights_of_teams.get(team_id, {}).items():
            steps = live.get(topic, ())
            for work in self._works_on[topic]:
                if work.team_id == team_id:
                    continue
                shared, ahead = found.get(work.pk, (0.0, None))
                step = _STEP[work.phase]
                if ahead != 1 and step - 1 in steps:
                    ahead = 1
                elif ahead is None and step in steps:
                    ahead = 0
                found[work.pk] = (shared + weight * _WEIGHT_OF_RANK[work.topics[topic]], ahead)
        return found

    def _live_steps(self, team_id: int) -> dict[int, set[int]]:
        """By topic, the phases in which the team has work that goes on."""
        steps: dict[int, set[int]] = defaultdict(set)
        for work in self._works_of_team.get(team_id, ()):
            if work.outcome == Outcome.IN_PROGRESS:
                for topic in work.topics:
                    steps[topic].add(_STEP[work.phase])
        return steps

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
            words=self.words.get(team_id, {}).get(other.pk, 0.0),
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


# The words of title and problem, and beside them the statistics that PostgreSQL keeps of that column: they cost nothing
# and are the same for everybody, whoever else is in the batch. Without them (a new database) words say nothing.
_WORDS = """
SELECT id, team_id, tsvector_to_array(ts_filter(words, '{a,b}')), NULL::real[]
FROM projects_project WHERE team_id = ANY(%(teams)s) OR id = ANY(%(projects)s)
UNION ALL
SELECT greatest(reltuples, 1)::bigint, NULL, most_common_elems::text::text[], most_common_elem_freqs
FROM pg_class, pg_stats
WHERE oid = 'projects_project'::regclass AND schemaname = 'public' AND tablename = 'projects_project'
AND attname = 'words'
"""
_SHORTEST_WORD = 4
_MICRO = 1_000_000


def words_in_common(team_ids: Iterable[int], project_ids: Iterable[int]) -> dict[int, dict[int, float]]:
    """By team, and by project of others, how much the words say that the team's projects and that one both use, 0 to 1;
    one query.

    Each word counts by how much it says: the logarithm of how rare it is.
    """
    teams, projects = set(team_ids), set(project_ids)
    if not teams or not projects:
        return {}
    rows, telling = _read_words(teams, projects)
    if telling is None:
        return {}
    others = [(pk, team) for pk, team, _words in rows if pk in projects]
    place_of = {pk: place for place, (pk, _team) in enumerate(others)}
    used_by: dict[str, list[int]] = defaultdict(list)
    of_team: dict[int, set[str]] = defaultdict(set)
    for pk, team, words in rows:
        if team in teams:
            of_team[team] |= words
        if pk in place_of:
            for word in words:
                used_by[word].append(place_of[pk])
    said = {word: round(telling(word) * _MICRO) for word in used_by}
    telling_words = {word for word, weight in said.items() if weight}
    found = {}
    for team, words in of_team.items():
        sums = _sums(words & telling_words, used_by, said, len(others))
        found[team] = {
            pk: min(1.0, weight / _MICRO / _MUCH)
            for (pk, other), weight in zip(others, sums, strict=True)
            if weight and other != team
        }
    return found


def _sums(words: set[str], used_by: Mapping[str, list[int]], said: Mapping[str, int], number: int) -> list[int]:
    """By project what the words say that it uses too; in whole numbers, as sums of fractions depend on their order."""
    sums = [0] * number
    for word in words:
        weight = said[word]
        for place in used_by[word]:
            sums[place] += weight
    return sums


def _read_words(
    teams: set[int], projects: set[int]
) -> tuple[list[tuple[int, int, set[str]]], Callable[[str], float] | None]:
    """Of each project its words, and how much a word says (0: too common to say anything)."""
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, {"teams": sorted(teams), "projects": sorted(projects)})
        rows = cursor.fetchall()
    known = [(size, dict(zip(words, shares, strict=False))) for size, team, words, shares in rows if team is None]
    if not known:
        return [], None
    [(size, shares)] = known

    @cache
    def telling(word: str) -> float:
        share = shares.get(word, 0.0)
        if len(word) < _SHORTEST_WORD or share > max(_FEW / size, _COMMON):
            return 0.0
        return -math.log(max(share, 1 / size, _RAREST))

    return [(pk, team, set(words)) for pk, team, words, _shares in rows if team is not None], telling
