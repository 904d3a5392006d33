"""What there is to tell, read once for a whole batch of people: projects with news, older ones that may fit, open
questions, suggestions, pins, cities.

Nothing here is for anybody yet: `selection` takes for each person what that person may see. What is read is numbers;
the few projects that are chosen in the end are read whole by `fetch`.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, IntegerField, Min, OuterRef, Q, Subquery, Window
from django.db.models.functions import Cast, Extract, JSONObject, RowNumber

from cities.models import City, MembershipPeriod, Team, Tie, Topic
from cities.sight import among
from engagement.digests.exposure import Turns, day_of, turns
from engagement.digests.network.readers import Asked, Reader, read_shown, read_wishes, rows_of_wishes
from engagement.digests.sight import SEEN_BY_EVERYBODY, Row, Rows, read_sights, row_of, rows_of_sight
from engagement.likeness import Likenesses, Work, words_in_common
from engagement.models import Answer, DigestPin, Introduction, Question, Suggestion
from projects.choices import Verb
from projects.models import Activity, Project, ProjectTopic
from projects.saved_searches import matching

T = TypeVar("T")

# Re-read before each window: what was being saved while the last digest was built. What was shown is not shown again.
OVERLAP = dt.timedelta(minutes=10)
# A question that nobody has answered is put again to those who were not asked, for so long.
HELP_WANTED = dt.timedelta(days=60)
# Older projects that may fit somebody: so many of each topic, those that changed last.
_OF_A_TOPIC = 15
# And of each team, for when it is its turn.
_OF_A_TEAM = 2
# An introduction says something about the next one for so long.
_HELPED = dt.timedelta(days=365)
# Until then a city counts as new in the network.
_NEW = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class News:
    pk: int
    verb: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Pin:
    """What an operator's coordinators put at the top, and until which day."""

    pk: int
    operator: int
    project: int
    until: int


class Pool:
    """Read once for a batch of readers, whatever their number."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self.start = min((one.window_start for one in asked), default=None)
        self.end = max((one.window_end for one in asked), default=None)
        self._remembered: dict[Hashable, Any] = {}
        self._read_small_rows(asked)
        self.news = _news(self.start, self.end)
        self.questions = _questions(self.start, self.end)
        self._read_cities()
        self._read_works()
        self.suggestions = _suggestions(self._teams)
        self.topics = {topic.pk: topic for topic in Topic.objects.all()}
        self.turns: Turns = turns(self._to_show, self.end) if self.end else Turns((), {}, ())
        self._tell_readers()
        # Read whole, of those that were chosen.
        self.projects: dict[int, Project] = {}
        self.whole_pins: dict[int, DigestPin] = {}

    # --- Reading --------------------------------------------------------------------------------------------------

    def _read_small_rows(self, asked: Sequence[Asked]) -> None:
        people = {one.person_id for one in asked}
        pins = DigestPin.objects.filter(removed_at=None)
        rows: list[Row] = []
        if self.end is not None:
            parts = [
                *rows_of_sight(people, more_operators=pins.values("operator")),
                *rows_of_wishes(people),
                *_rows_of_older_projects(),
                *_rows_of_introductions(self.end),
                row_of(pins, "pin", "pk", "operator", "project", _day("until")),
            ]
            rows = list(parts[0].union(*parts[1:], all=True))
        sights = read_sights(people, rows)
        self.readers = {
            one.person_id: Reader(one.person_id, sights[one.person_id], one.window_start, one.window_end)
            for one in asked
        }
        read_wishes(self.readers, rows)
        self._teams = {team for reader in self.readers.values() for team in reader.teams}
        self.pins = [
            Pin(pk, operator, project, until) for what, pk, operator, project, until, _ in rows if what == "pin"
        ]
        self.reached_by: defaultdict[int, set[int]] = defaultdict(set)
        self.of_topic: defaultdict[int, set[int]] = defaultdict(set)
        self.of_team: defaultdict[int, list[int]] = defaultdict(list)
        self.helped: dict[tuple[int, int], bool] = {}
        changed: list[tuple[int, int, int]] = []
        for what, one, other, third, _fourth, _text in rows:
            if what == "reads":
                self.reached_by[one].add(other)
            elif what == "topic":
                self.of_topic[one].add(other)
            elif what == "team":
                changed.append((-third, -other, one))
            elif what == "met":
                # The last answer counts.
                self.helped[one, other] = self.helped[other, one] = bool(third)
        for _when, minus_pk, team in sorted(changed):
            self.of_team[team].append(-minus_pk)

    def _read_cities(self) -> None:
        self.all_cities: dict[int, City] = {}
        self.city_of_team: dict[int, City] = {}
        self.topics_of_city: dict[int, Counter[int]] = defaultdict(Counter)
        self.cities_on: defaultdict[int, list[int]] = defaultdict(list)
        self.cities_to_meet: list[int] = []
        self.ties: set[frozenset[int]] = set()
        self._to_show: list[int] = []
        self.teams_of_city: defaultdict[int, list[int]] = defaultdict(list)
        for city in _cities():
            self.all_cities[city.pk] = city
            for team in city.team_rows:
                self.city_of_team[team["pk"]] = city
                if team["active"] and city.in_network:
                    self.teams_of_city[city.pk].append(team["pk"])
            self.ties |= {frozenset((city.pk, other)) for other in city.tie_rows}
            if city.pk in self.teams_of_city:
                self._to_show += self.teams_of_city[city.pk]
                self.cities_to_meet.append(city.pk)
            for row in city.topic_rows or ():
                self.topics_of_city[city.pk][row["topic"]] = row["number"]
                self.cities_on[row["topic"]].append(city.pk)

    def _read_works(self) -> None:
        self.matches = {pk for pks in self.of_topic.values() for pk in pks}
        known = {*self.news, *self.matches, *(pin.project for pin in self.pins)}
        known.update(pk for pks in self.of_team.values() for pk in pks)
        known.update(question.project_id for question in self.questions if question.project_id)
        known.update(pk for reader in self.readers.values() for pk in reader.said_of_projects)
        works, self.levels = _works(known, self._teams)
        words = words_in_common(self._teams, self.news.keys() | self.matches)
        self.likenesses = Likenesses(works, self.city_of_team, self.ties, words)
        self.with_topic: defaultdict[int, set[int]] = defaultdict(set)
        self.in_city: defaultdict[int, set[int]] = defaultdict(set)
        self.candidates = (self.news.keys() | self.matches) & works.keys()
        self.city_key = {pk: self.city_of_team[work.team_id].pk for pk, work in works.items()}
        # The topic that counts first.
        self.leading = {
            pk: min(work.topics, key=_rank_in(work.topics)) if work.topics else None for pk, work in works.items()
        }
        self.candidates_of_team: defaultdict[int, list[int]] = defaultdict(list)
        for pk in sorted(self.candidates):
            self.candidates_of_team[works[pk].team_id].append(pk)
            self.in_city[self.city_key[pk]].add(pk)
            for topic in works[pk].topics:
                self.with_topic[topic].add(pk)

    def _tell_readers(self) -> None:
        searches = [search for reader in self.readers.values() for search in reader.searches]
        if searches and self.news:
            fits = matching(searches, self.news.keys())
            for search in sorted(searches, key=lambda one: one.pk):
                for project in fits[search.pk]:
                    self.readers[search.person_id].fitting.setdefault(project, search.pk)
        candidates = Q(project__in=among(frozenset(self.likenesses.works.keys())))
        candidates |= Q(question__in=[question.pk for question in self.questions])
        candidates |= Q(suggestion__in=[one.pk for of_team in self.suggestions.values() for one in of_team])
        read_shown(self.readers, candidates)

    # --- Asked of it ----------------------------------------------------------------------------------------------

    def remembered(self, key: Hashable, count: Callable[[], T]) -> T:
        """What is the same for several readers of the batch is counted once."""
        if key not in self._remembered:
            self._remembered[key] = count()
        found: T = self._remembered[key]
        return found

    def news_between(self, start: dt.datetime, end: dt.datetime) -> dict[int, list[News]]:
        """By project, the newest first."""

        def cut() -> dict[int, list[News]]:
            within = {
                project: [one for one in news if start - OVERLAP <= one.at < end]
                for project, news in self.news.items()
                if project in self.levels
            }
            return {project: news for project, news in within.items() if news}

        return self.remembered(("news", start, end), cut)

    def topics_of(self, teams: tuple[int, ...]) -> set[int]:
        """What the teams work on."""
        return self.remembered(
            ("topics", teams), lambda: set().union(*(self.likenesses.topics_of_team(team) for team in teams))
        )

    def usual_topics(self, reader: Reader) -> set[int]:
        """What the reader's teams work on, and what the reader follows."""
        ours = self.topics_of(reader.teams)
        return ours | reader.topics if reader.topics else ours

    def cities_of(self, teams: tuple[int, ...]) -> set[int]:
        return self.remembered(("cities of", teams), lambda: {self.city_of_team[team].pk for team in teams})

    def city_of(self, project: int) -> City:
        return self.city_of_team[self.likenesses.works[project].team_id]

    def sees(self, reader: Reader, project: int) -> bool:
        """A project that was read; any other is seen by nobody."""
        level = self.levels.get(project)
        return level is not None and reader.sight.sees(level, self.likenesses.works[project].team_id)

    def is_new(self, city: City, end: dt.datetime) -> bool:
        """In the network since not long ago."""
        since = getattr(city, "since", None)
        return since is not None and since > (end - _NEW).date()

    def day(self, reader: Reader) -> int:
        return day_of(reader.window_end)

    def fetch(self, projects: Iterable[int], pins: Iterable[int]) -> None:
        """Reads whole what was chosen; one query, and one more where something is pinned."""
        rows = Project.objects.filter(pk__in=among(frozenset(projects))).select_related("team")
        self.projects = {project.pk: project for project in rows.only(*_SHOWN_OF_A_PROJECT)}
        if wanted := set(pins):
            self.whole_pins = DigestPin.objects.select_related("operator").in_bulk(wanted)


def _rank_in(topics: Mapping[int, int]) -> Callable[[int], tuple[int, int]]:
    return lambda topic: (topics[topic], topic)


# --- Rows ---------------------------------------------------------------------------------------------------------


def _day(field: str) -> Any:
    return Cast(Extract(field, "epoch") / 86_400, IntegerField())


def _news(start: dt.datetime | None, end: dt.datetime | None) -> dict[int, list[News]]:
    if start is None or end is None:
        return {}
    happened = Activity.objects.newsworthy().filter(at__gte=start - OVERLAP, at__lt=end).order_by("-at", "-pk")
    # From the network to the public is no news for the network.
    happened = happened.exclude(verb=Verb.PROJECT_SHARED, facts__has_key="from", facts__from__in=SEEN_BY_EVERYBODY)
    news: dict[int, list[News]] = defaultdict(list)
    for pk, project, verb, at in happened.values_list("pk", "project_id", "verb", "at"):
        news[project].append(News(pk, verb, at))
    return dict(news)


def _rows_of_older_projects() -> list[Rows]:
    """Of each topic and of each team the projects, seen by everybody, that changed last."""
    in_topic = Window(
        RowNumber(), partition_by="topic", order_by=[F("project__updated_at").desc(), F("project").desc()]
    )
    of_topic = ProjectTopic.objects.order_by().filter(project__visibility__in=SEEN_BY_EVERYBODY)
    of_topic = of_topic.annotate(place=in_topic).filter(place__lte=_OF_A_TOPIC)
    in_team = Window(RowNumber(), partition_by="team", order_by=[F("updated_at").desc(), F("pk").desc()])
    of_team = Project.objects.order_by().filter(visibility__in=SEEN_BY_EVERYBODY, team__is_active=True)
    of_team = of_team.annotate(place=in_team).filter(place__lte=_OF_A_TEAM)
    changed = Extract("updated_at", "epoch")
    return [
        row_of(ProjectTopic.objects.filter(pk__in=of_topic.values("pk")), "topic", "topic", "project"),
        row_of(Project.objects.filter(pk__in=of_team.values("pk")), "team", "team", "pk", changed),
    ]


def _rows_of_introductions(end: dt.datetime) -> list[Rows]:
    said = Introduction.objects.filter(helped__isnull=False, helped_at__gte=end - _HELPED)
    return [row_of(said, "met", "from_team", "to_team", Cast("helped", IntegerField()), "pk")]


_SHOWN_OF_A_PROJECT = (
    "slug",
    "title",
    "language",
    "problem",
    "phase",
    "outcome",
    "visibility",
    "source_line",
    "claimed_at",
    "team__city",
    "team__name",
)


def _works(pks: Iterable[int], teams: Iterable[int]) -> tuple[dict[int, Work], dict[int, str]]:
    """Of the projects, and of all that the teams have: what likeness needs to know, and the level of each."""
    # Topic and rank in one number, so that they come as one array.
    ranked = (
        ProjectTopic.objects.filter(project=OuterRef("pk")).order_by("rank").values_list(F("topic") * 10 + F("rank"))
    )
    rows = (
        Project.objects.order_by()
        .filter(Q(pk__in=among(frozenset(pks))) | Q(team__in=among(frozenset(teams))))
        .values_list("pk", "team_id", "phase", "outcome", "visibility", ArraySubquery(ranked))
    )
    works, levels = {}, {}
    for pk, team, phase, outcome, level, topics in rows:
        works[pk] = Work(pk, team, phase, outcome, {number // 10: number % 10 for number in topics})
        levels[pk] = level
    return works, levels


def _questions(start: dt.datetime | None, end: dt.datetime | None) -> list[Any]:
    """With `about` (its own topics), `answerers` and `answering`: who answered, and for which teams."""
    if start is None or end is None:
        return []
    since = min(start - OVERLAP, end - HELP_WANTED)
    about = Question.topics.through.objects.filter(question=OuterRef("pk")).order_by("topic")
    answers = Answer.objects.filter(question=OuterRef("pk")).order_by("pk")
    asked = Question.objects.filter(asked_at__gte=since, asked_at__lt=end, closed_at=None, team__isnull=False)
    return list(
        asked.select_related("team", "project")
        .annotate(
            about=ArraySubquery(about.values("topic")),
            answerers=ArraySubquery(answers.values("author")),
            answering=ArraySubquery(answers.filter(team__isnull=False).values("team")),
        )
        .order_by("pk")
    )


def _suggestions(teams: Iterable[int]) -> dict[int, list[Suggestion]]:
    """The open ones of each team, the best first."""
    still_asked = Q(question=None) | Q(question__closed_at=None)
    rows = Suggestion.objects.filter(
        still_asked, for_team__in=among(frozenset(teams)), closed_at=None, introduction=None, with_team__is_active=True
    )
    found: dict[int, list[Suggestion]] = defaultdict(list)
    for row in rows.select_related("with_team", "project__team", "question__project").order_by("-score", "pk"):
        found[row.for_team_id].append(row)
    return found


def _cities() -> Iterable[Any]:
    """All, with `team_rows`, `tie_rows`, `topic_rows` (what everybody signed in may know that a city works on, by
    number of projects) and `since` (first accompanied from that day)."""
    teams = Team.objects.filter(city=OuterRef("pk")).order_by("pk")
    open_to_all = ProjectTopic.objects.filter(
        project__visibility__in=SEEN_BY_EVERYBODY, project__team__city=OuterRef("pk")
    )
    topics = open_to_all.order_by("topic").values("topic").annotate(number=Count("pk"))
    first = MembershipPeriod.objects.filter(city=OuterRef("pk")).order_by().values("city")
    rows: Any = City.objects.order_by("pk").annotate(
        team_rows=ArraySubquery(teams.values(row=JSONObject(pk="pk", active="is_active"))),
        tie_rows=ArraySubquery(Tie.objects.filter(city=OuterRef("pk")).order_by("pk").values("neighbour")),
        topic_rows=ArraySubquery(topics.values(row=JSONObject(topic="topic", number="number"))),
        since=Subquery(first.annotate(day=Min("starts_on")).values("day")),
    )
    found: Iterable[Any] = rows.defer("notes", "source", "population_basis")
    return found
