"""One search over projects, cities, topics and questions: grouped, ranked, and only what the person may see."""

import html
import re
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.postgres.search import SearchHeadline, SearchRank, SearchVector
from django.db.models import CharField, F, Func, Q, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from cities.models import City, Topic
from engagement.models import Question
from projects.models import Project
from projects.permissions import Person
from projects.words import CONFIG, any_of, cities_named, query_for, topics_named, words_of

MOST = 8
MOST_RANKED = 1000
SHORTEST = 2
# Private-use characters stand for <mark> until everything else is escaped; people cannot type them into a match.
_START, _STOP = "\ue000", "\ue001"
_MARKS: dict[str, Any] = {"config": CONFIG, "start_sel": _START, "stop_sel": _STOP}
_SNIPPET: dict[str, Any] = {
    **_MARKS,
    "max_words": 38,
    "min_words": 18,
    "max_fragments": 2,
    "fragment_delimiter": " … ",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A row of the result with its text marked where the words are. `language` is the text's own."""

    row: Any
    title: str
    snippet: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    projects: list[Hit]
    more_projects: bool
    cities: list[City]
    topics: list[Topic]
    questions: list[Hit]

    @property
    def is_empty(self) -> bool:
        return not (self.projects or self.cities or self.topics or self.questions)


@login_not_required
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    words = words_of(text)
    too_short = bool(text) and not any(len(word) >= SHORTEST for word in words)
    found = find(text, request.user) if words and not too_short else None
    context = {"text": text, "too_short": too_short, "found": found}
    return render(request, "search/search.html", context)


def find(text: str, person: Person) -> Found:
    projects = _projects(text, person)
    return Found(projects[:MOST], len(projects) > MOST, _cities(text, person), _topics(text), _questions(text, person))


def _projects(text: str, person: Person) -> list[Hit]:
    """One more than shown, so that the page knows whether to offer the whole list."""
    query = any_of(text)
    body = Concat(
        "problem", Value(" "), _words_of("approach"), Value(" "), _words_of("lesson"), output_field=CharField()
    )
    # Ranking reads every vector, so of a word that half the network uses only the newest are ranked.
    newest = Project.objects.visible_to(person).search(text).order_by("-updated_at", "-pk")[:MOST_RANKED]
    rows = (
        Project.objects.filter(pk__in=newest.values("pk"))
        .by_rank(text)
        .select_related("team__city")
        .defer("words", "approach", "lesson")
        .annotate(
            marked_title=SearchHeadline("title", query, highlight_all=True, **_MARKS),
            marked=SearchHeadline(body, query, **_SNIPPET),
        )
    )
    return [
        Hit(row, _as_html(row.marked_title), _as_html(_shortened(row.marked)), row.language) for row in rows[: MOST + 1]
    ]


def _words_of(field: str) -> Func:
    """Rich text without its tags, so that a snippet is not cut inside one."""
    return Func(F(field), Value("<[^>]+>"), Value(" "), Value("g"), function="regexp_replace", output_field=CharField())


def _cities(text: str, person: Person) -> list[City]:
    found = City.objects.visible_to(person)
    for word in words_of(text):
        found = found.filter(pk__in=cities_named(word).values("pk"))
    return list(found.order_by("-in_network", "slug")[:MOST])


def _topics(text: str) -> list[Topic]:
    named = Q()
    for word in words_of(text):
        named &= Q(pk__in=topics_named(word).values("pk"))
    return list(Topic.objects.filter(named).select_related("group").order_by("group__position", "position")[:MOST])


def _questions(text: str, person: Person) -> list[Hit]:
    rows: Any = Question.objects.visible_to(person).annotate(
        words=SearchVector("text", weight="A", config=CONFIG) + SearchVector("context", weight="B", config=CONFIG)
    )
    for word in words_of(text):
        rows = rows.filter(words=query_for(word))
    rows = rows.annotate(
        rank=SearchRank(F("words"), any_of(text)),
        marked=SearchHeadline("text", any_of(text), highlight_all=True, **_MARKS),
    ).order_by("-rank", "-asked_at")
    return [Hit(row, _as_html(row.marked), "", row.language) for row in rows.select_related("team__city")[:MOST]]


def _shortened(snippet: str) -> str:
    """PostgreSQL cuts without a sign."""
    return snippet if not snippet or snippet.rstrip().endswith((".", "!", "?", "…")) else f"{snippet} …"


def _without_marks(text: str) -> str:
    return text.replace(_START, "").replace(_STOP, "")


def _as_html(text: str) -> SafeString:
    # What rich text escaped already (&amp;) is text again before it is escaped here, once.
    escaped = str(conditional_escape(html.unescape(text)))
    # Unpaired marks (somebody's own private-use characters) would open a tag that nothing closes.
    balanced = re.sub(f"{_START}([^{_START}{_STOP}]*){_STOP}", r"<mark>\1</mark>", escaped)
    return mark_safe(_without_marks(balanced))  # everything but our own <mark> was escaped above
