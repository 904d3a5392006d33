"""Which two teams complement each other, and why: pure arithmetic over what everybody signed in may see.

A candidate is one team's reason to meet another: it asks what the other has done, works on the same problem one phase
behind, or is its neighbour across a border with a topic in common. What a team says in confidence (that it is stuck,
what it wrote in a check-in) is no reason: the other side would read it off (decision 26).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from cities.choices import WRITING
from cities.models import City, Membership, Team
from engagement import likeness
from engagement.choices import IntroductionReason
from engagement.likeness import Likenesses
from engagement.models import Question
from projects.choices import OPEN_TO_ALL, PHASES, Outcome, Rung
from projects.models import Project, ProjectTopic

Stored = dict[str, Any]

# What has been brought to an end, one way or another.
DONE = (Outcome.DELIVERED, Outcome.SUSTAINED, Outcome.SCALED, Outcome.HANDED_OVER)
PROVEN = (Rung.FOLLOWED, Rung.COMPARED, Rung.REPEATED)
# What each reason weighs. An answer to a question that is open is worth most: somebody waits for it.
WEIGHTS = {
    "asks": 3.0,
    "done_what_you_begin": 2.2,
    "one_phase_ahead": 2.0,
    "across_border": 1.5,
    "has_done": 0.6,
    "has_lesson": 0.4,
    "has_evidence": 0.4,
    "shared_topic": 1.0,
    "same_words": 0.8,
    "neighbours": 0.7,
    "same_language": 0.3,
}
_STEP = {str(phase): step for step, phase in enumerate(PHASES)}


@dataclass(frozen=True)
class Work:
    """What matching needs of a project that everybody signed in may see."""

    pk: int
    team_id: int
    phase: str
    outcome: str
    has_lesson: bool
    rung: str
    topics: Mapping[int, int]

    @property
    def goes_on(self) -> bool:
        return self.outcome == Outcome.IN_PROGRESS

    @property
    def experience(self) -> list[Stored]:
        """What there is to learn from it, as reasons in order of weight."""
        found: list[Stored] = []
        if self.outcome in DONE:
            found.append({"code": "has_done", "outcome": self.outcome, "weight": WEIGHTS["has_done"]})
        if self.has_lesson:
            stopped = self.outcome == Outcome.STOPPED
            found.append({"code": "has_lesson", "stopped": stopped, "weight": WEIGHTS["has_lesson"]})
        if self.rung in PROVEN:
            found.append({"code": "has_evidence", "rung": self.rung, "weight": WEIGHTS["has_evidence"]})
        return found


@dataclass(frozen=True)
class Asked:
    """A question of a team that is open, with the topics it is about."""

    pk: int
    team_id: int
    topics: frozenset[int]


@dataclass(frozen=True)
class Candidate:
    for_team: int
    with_team: int
    reason: IntroductionReason
    score: float
    reasons: list[Stored] = field(compare=False)
    project: int | None = None
    question: int | None = None

    @property
    def order(self) -> tuple[float, int, int, int, int]:
        """The best first; among equals the oldest, so that the same facts always give the same."""
        return (-self.score, self.for_team, self.with_team, self.project or 0, self.question or 0)


@dataclass(frozen=True)
class Network:
    """Read once for a round: who can be introduced, what they do, what they ask."""

    cities: Mapping[int, City]  # by team
    works: Mapping[int, list[Work]]  # by team
    questions: Mapping[int, list[Asked]]  # by team
    projects: Sequence[Project]


def reachable_teams() -> QuerySet[Team]:
    """Active teams of member cities with somebody who could answer."""
    people = Membership.objects.current().filter(team=OuterRef("pk"), right__in=WRITING, person__is_active=True)
    rows: QuerySet[Team] = Team.objects.active().filter(Exists(people), city__in=City.objects.members())
    return rows.order_by("pk")


def read_network() -> Network:
    """Four queries, whatever the size of the network."""
    cities = {team.pk: team.city for team in reachable_teams().select_related("city")}
    projects = _open_projects(cities)
    topics = _topics_of([project.pk for project in projects])
    works: dict[int, list[Work]] = defaultdict(list)
    for one in projects:
        rung = str(getattr(one, "rung", ""))
        works[one.team_id].append(
            Work(one.pk, one.team_id, one.phase, one.outcome, bool(one.lesson), rung, topics.get(one.pk, {}))
        )
    return Network(cities, works, _open_questions(cities, topics), projects)


def _open_projects(teams: Iterable[int]) -> list[Project]:
    """Seen by everybody signed in, and the team's own: of an entry from a public source nobody there may know."""
    own = Q(source_line="") | Q(claimed_at__isnull=False)
    rows = Project.objects.filter(own, team__in=list(teams), visibility__in=OPEN_TO_ALL).with_rung()
    return list(rows.only("pk", "team_id", "phase", "outcome", "lesson").order_by("pk"))


def _topics_of(projects: list[int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for project, topic, rank in ProjectTopic.objects.filter(project__in=projects).values_list(
        "project_id", "topic_id", "rank"
    ):
        found[project][topic] = rank
    return found


def _open_questions(teams: Iterable[int], topics: Mapping[int, Mapping[int, int]]) -> dict[int, list[Asked]]:
    """To the network; about a project, where everybody sees it. Its topics are its own and its project's. One query: a
    row for each topic."""
    rows = Question.objects.filter(
        Q(project=None) | Q(project__visibility__in=OPEN_TO_ALL), closed_at=None, team__in=list(teams)
    )
    about: dict[tuple[int, int], set[int]] = defaultdict(set)
    for pk, team, project, topic in rows.order_by("pk").values_list("pk", "team_id", "project_id", "topics"):
        about[(team, pk)] |= ({topic} if topic else set()) | set(topics.get(project, ()))
    found: dict[int, list[Asked]] = defaultdict(list)
    for (team, pk), its in about.items():
        found[team].append(Asked(pk, team, frozenset(its)))
    return found


def candidates_of(teams: Sequence[int], network: Network, *, most: int) -> Iterator[Candidate]:
    """At most `most` for each of the teams, one for each other team, the best first. Likeness is prepared once for them
    all."""
    likenesses = likeness.prepare(teams, network.projects)
    for team in teams:
        best: dict[int, Candidate] = {}
        for found in _Matcher(team, network, likenesses).candidates():
            if found.with_team not in best or found.order < best[found.with_team].order:
                best[found.with_team] = found
        yield from sorted(best.values(), key=lambda one: one.order)[:most]


class _Matcher:
    """What one team could meet others for."""

    def __init__(self, team: int, network: Network, likenesses: Likenesses) -> None:
        self.team, self.network, self.likenesses = team, network, likenesses
        self.own = network.works.get(team, [])
        self.topics = {topic for work in self.own for topic in work.topics}

    def candidates(self) -> Iterator[Candidate]:
        for other in (other for other in self.network.works if other != self.team):
            for work in self.network.works[other]:
                yield from self._because_asked(work)
                if self.topics & work.topics.keys():
                    yield from self._because_ahead(work)
                    yield from self._because_near(work)

    def _because_asked(self, work: Work) -> Iterator[Candidate]:
        """It asks, and the other has done something about it."""
        for asked in self.network.questions.get(self.team, ()) if work.experience else ():
            if shared := asked.topics & work.topics.keys():
                yield self._made(work, IntroductionReason.QUESTION, "asks", shared, question=asked.pk)

    def _because_ahead(self, work: Work) -> Iterator[Candidate]:
        """The same problem, one phase further on; or brought to an end."""
        for mine in (mine for mine in self.own if mine.goes_on):
            shared = mine.topics.keys() & work.topics.keys()
            if shared and work.outcome in DONE:
                yield self._made(work, IntroductionReason.DONE_IT, "done_what_you_begin", shared, own=mine.pk)
            elif shared and work.goes_on and _STEP[work.phase] - _STEP[mine.phase] == 1:
                yield self._made(work, IntroductionReason.SAME_PROBLEM, "one_phase_ahead", shared, own=mine.pk)

    def _because_near(self, work: Work) -> Iterator[Candidate]:
        """Neighbours across a border who work on the same."""
        kinship = self.likenesses.kinship(self.team, self.network.cities[work.team_id])
        if kinship.neighbours and not kinship.country:
            shared = self.topics & work.topics.keys()
            yield self._made(work, IntroductionReason.NEIGHBOURS, "across_border", shared)

    def _made(
        self,
        work: Work,
        reason: IntroductionReason,
        code: str,
        shared: Iterable[int],
        *,
        own: int | None = None,
        question: int | None = None,
    ) -> Candidate:
        """The score is the sum of the weights that are stored, so that it can be explained."""
        topics = sorted(shared)
        first: Stored = {"code": code, "topics": topics, "weight": WEIGHTS[code]}
        if own:
            first["own"] = own
        told = [first, *work.experience, *self._likeness(work, topics, reason)]
        score = round(sum(float(one["weight"]) for one in told), 4)
        return Candidate(self.team, work.team_id, reason, score, told, work.pk, question)

    def _likeness(self, work: Work, topics: list[int], reason: IntroductionReason) -> Iterator[Stored]:
        like = self.likenesses.of(self.team, work.pk)
        # A topic that is only asked about counts half.
        strength = max((dict(like.topics).get(topic, 0.5) for topic in topics), default=0.0)
        yield {"code": "shared_topic", "topics": topics, "weight": round(WEIGHTS["shared_topic"] * strength, 4)}
        if like.words:
            yield {"code": "same_words", "weight": round(WEIGHTS["same_words"] * like.words, 4)}
        if like.kinship.neighbours and reason != IntroductionReason.NEIGHBOURS:
            yield {"code": "neighbours", "weight": WEIGHTS["neighbours"]}
        if like.kinship.language:
            yield {"code": "same_language", "language": like.kinship.language, "weight": WEIGHTS["same_language"]}
