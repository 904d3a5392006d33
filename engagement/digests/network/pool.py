"""What there is to tell, read once for a whole batch of people: projects with news, open questions, cities to meet.

Nothing here is for anybody yet: `selection` takes for each person what that person may see.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Count
from django.utils import timezone

from cities.models import City, Topic
from engagement.choices import DigestState, ItemKind
from engagement.digests.sight import SEEN_BY_EVERYBODY, Sight
from engagement.likeness import Likenesses, prepare
from engagement.models import DigestItem, Question
from projects.choices import Verb
from projects.models import Activity, Follow, Project, ProjectTopic

T = TypeVar("T")

# Re-read before each window: what was being saved while the last digest was built. What was shown is not shown again.
OVERLAP = dt.timedelta(minutes=10)
REMEMBERED = dt.timedelta(days=180)
_SHOWN_LATELY = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class News:
    pk: int
    verb: str
    at: dt.datetime


@dataclass
class Reader:
    """A person as far as choosing for them goes."""

    pk: int
    sight: Sight
    window_start: dt.datetime
    window_end: dt.datetime
    projects: set[int] = field(default_factory=set)
    cities: set[int] = field(default_factory=set)
    topics: set[int] = field(default_factory=set)
    # Newest activity that a sent digest has shown of each project; questions and cities it has shown.
    shown_projects: dict[int, int] = field(default_factory=dict)
    shown_questions: set[int] = field(default_factory=set)
    met_cities: set[int] = field(default_factory=set)

    @property
    def teams(self) -> list[int]:
        """Whose work tells what this person cares about. Not those coached: a coach does not see all of their work,
        and a reason must not tell of it."""
        return sorted(self.sight.member_of)


class Pool:
    """Read once for a batch of readers, whatever their number."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        self.start = min((reader.window_start for reader in readers), default=None)
        self.end = max((reader.window_end for reader in readers), default=None)
        self.news = _news(self.start, self.end)
        self.projects = {project.pk: project for project in _projects(self.news)}
        self.questions = _questions(self.start, self.end)
        teams = {team for reader in readers for team in reader.teams}
        self.likenesses: Likenesses = prepare(teams, self.projects.values())
        self.cities_to_meet = list(City.objects.members().filter(teams__is_active=True).distinct().order_by("pk"))
        self.topics_of_city = _topics_of_cities()
        self.topics = {topic.pk: topic for topic in Topic.objects.all()}
        self.all_cities: dict[int, City] = {city.pk: city for city in City.objects.all()}
        self.shown_lately = _shown_lately(self.end)
        self._remembered: dict[Hashable, Any] = {}

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
                project: [one for one in news if start - OVERLAP <= one.at < end] for project, news in self.news.items()
            }
            return {project: news for project, news in within.items() if news}

        return self.remembered(("news", start, end), cut)

    def city_of(self, project: Project) -> City:
        return self.all_cities[project.team.city_id]


def know_readers(readers: Mapping[int, Reader]) -> None:
    """Fills in what the readers follow and what they were shown, in two queries."""
    follows = Follow.objects.filter(person__in=readers).values_list("person_id", "project_id", "city_id", "topic_id")
    for person, project, city, topic in follows:
        for held, value in (("projects", project), ("cities", city), ("topics", topic)):
            if value is not None:
                getattr(readers[person], held).add(value)
    shown = DigestItem.objects.filter(
        digest__person__in=readers, digest__state=DigestState.SENT, digest__window_end__gte=timezone.now() - REMEMBERED
    )
    rows = shown.values_list("digest__person_id", "kind", "project_id", "question_id", "city_id", "newest_activity_id")
    for person, kind, project, question, city, newest in rows:
        reader = readers[person]
        if kind == ItemKind.PROJECT and project and newest:
            reader.shown_projects[project] = max(newest, reader.shown_projects.get(project, 0))
        elif kind == ItemKind.QUESTION and question:
            reader.shown_questions.add(question)
        elif kind == ItemKind.CITY and city:
            reader.met_cities.add(city)


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


def _projects(pks: Iterable[int]) -> Iterable[Project]:
    return Project.objects.filter(pk__in=list(pks)).select_related("team").only(*_SHOWN_OF_A_PROJECT).order_by("pk")


def _questions(start: dt.datetime | None, end: dt.datetime | None) -> list[Question]:
    if start is None or end is None:
        return []
    asked = Question.objects.filter(asked_at__gte=start - OVERLAP, asked_at__lt=end, closed_at=None)
    return list(
        asked.select_related("team", "project")
        .prefetch_related("topics", "answers", "project__ranked_topics")
        .order_by("pk")
    )


def _topics_of_cities() -> dict[int, Counter[int]]:
    """What each city works on, as far as everybody signed in may know, by number of projects."""
    open_to_all = ProjectTopic.objects.filter(project__visibility__in=SEEN_BY_EVERYBODY)
    counted = open_to_all.values_list("project__team__city", "topic").annotate(Count("project")).order_by()
    topics: dict[int, Counter[int]] = defaultdict(Counter)
    for city, topic, projects in counted:
        topics[city][topic] = projects
    return topics


def _shown_lately(until: dt.datetime | None) -> Counter[int]:
    """How often each city was the one to meet of late, in anybody's digest: quiet ones come first."""
    if until is None:
        return Counter()
    rows = DigestItem.objects.filter(kind=ItemKind.CITY, digest__window_end__gte=until - _SHOWN_LATELY)
    return Counter(rows.values_list("city_id", flat=True))
