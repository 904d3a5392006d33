"""The people that digests are chosen for: what they see, follow, want more or less of, and were shown."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from engagement.choices import DigestState, FeedbackWish, ItemKind, Stream
from engagement.digests.sight import Row, Rows, Sight, row_of
from engagement.models import DigestFeedback, DigestItem
from projects.models import Follow, SavedSearch

REMEMBERED = dt.timedelta(days=180)
# So far back it counts how often somebody was shown a city.
LATELY = dt.timedelta(days=28)


@dataclass(frozen=True)
class Asked:
    """Whose digest is wanted, and of which window."""

    person_id: int
    window_start: dt.datetime
    window_end: dt.datetime


@dataclass
class Reader:
    """A person as far as choosing for them goes."""

    pk: int
    sight: Sight
    window_start: dt.datetime
    window_end: dt.datetime
    # Followed.
    projects: set[int] = field(default_factory=set)
    cities: set[int] = field(default_factory=set)
    topics: set[int] = field(default_factory=set)
    searches: list[SavedSearch] = field(default_factory=list)
    # The saved search that a project with news fits.
    fitting: dict[int, int] = field(default_factory=dict)
    # What was said of items: FeedbackWish.MORE or LESS by project and by city; cities not to be heard of.
    said_of_projects: dict[int, str] = field(default_factory=dict)
    said_of_cities: dict[int, str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    # What sent digests have shown: of each project the newest activity (0 where there was none).
    shown_projects: dict[int, int] = field(default_factory=dict)
    shown_questions: set[int] = field(default_factory=set)
    shown_suggestions: set[int] = field(default_factory=set)
    shown_pins: set[int] = field(default_factory=set)
    met_cities: set[int] = field(default_factory=set)
    # How many items of the last weeks were about each city.
    times_shown: Counter[int] = field(default_factory=Counter)

    @cached_property
    def teams(self) -> tuple[int, ...]:
        """Whose work tells what this person cares about. Not those coached: a coach does not see all of their work,
        and a reason must not tell of it."""
        return tuple(sorted(self.sight.member_of))


def rows_of_wishes(person_ids: Iterable[int]) -> list[Rows]:
    """What `read_wishes` reads, to be put into one query."""
    feedback = DigestFeedback.objects.filter(person__in=person_ids)
    return [
        row_of(Follow.objects.filter(person__in=person_ids), "follow", "person", "project", "city", "topic"),
        *(row_of(feedback.filter(wish=wish), "said", "person", "project", "city", text=wish) for wish in FeedbackWish),
        row_of(SavedSearch.objects.filter(person__in=person_ids), "search", "person", "pk", text=F("query")),
    ]


def read_wishes(readers: Mapping[int, Reader], rows: Iterable[Row]) -> None:
    for what, person, one, other, third, text in rows:
        if what == "follow":
            reader = readers[person]
            for held, value in ((reader.projects, one), (reader.cities, other), (reader.topics, third)):
                if value is not None:
                    held.add(value)
        elif what == "search":
            readers[person].searches.append(SavedSearch(pk=one, person_id=person, query=text))
        elif what == "said":
            _hear(readers[person], one, other, text)


def _hear(reader: Reader, project: int | None, city: int | None, wish: str) -> None:
    if project is not None:
        reader.said_of_projects[project] = wish
    elif city is not None and wish == FeedbackWish.HIDE_CITY:
        reader.hidden.add(city)
    elif city is not None:
        reader.said_of_cities[city] = wish


def read_shown(readers: Mapping[int, Reader], candidates: Q) -> None:
    """What sent digests have shown of the candidates, and of anything in the last weeks; one query."""
    if not readers:
        return
    earliest = min(reader.window_end for reader in readers.values())
    sent = DigestItem.objects.order_by().filter(
        digest__person__in=readers,
        digest__stream=Stream.NETWORK,
        digest__state=DigestState.SENT,
        digest__window_end__gte=earliest - REMEMBERED,
    )
    kept = Q(kind=ItemKind.CITY) | Q(pin__isnull=False) | Q(digest__window_end__gte=earliest - LATELY)
    rows = sent.filter(candidates | kept).values_list(
        "digest__person_id",
        "digest__window_end",
        "project_id",
        "newest_activity_id",
        "question_id",
        "suggestion_id",
        "pin_id",
        "city_id",
        Coalesce("city_id", "suggestion__with_team__city_id", "project__team__city_id", "question__team__city_id"),
    )
    for person, end, *shown in rows:
        _remember(readers[person], end, shown)


def _remember(reader: Reader, end: dt.datetime, shown: list[int | None]) -> None:
    """`shown`: the keys of what one item was about, and the city that it was of."""
    project, newest, question, suggestion, pin, city, whose = shown
    if end < reader.window_end - REMEMBERED:
        return
    if suggestion is not None:
        # What it rests on may still be told for its own sake.
        reader.shown_suggestions.add(suggestion)
        project = question = None
    if project is not None:
        reader.shown_projects[project] = max(newest or 0, reader.shown_projects.get(project, 0))
    for held, value in (
        (reader.shown_questions, question),
        (reader.shown_pins, pin),
        (reader.met_cities, city),
    ):
        if value is not None:
            held.add(value)
    if whose is not None and end >= reader.window_end - LATELY:
        reader.times_shown[whose] += 1
