"""How many projects each further choice would leave: all facets and the total in two queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from cities.choices import CityKind
from cities.countries import country_name
from cities.models import MembershipPeriod, Team, Topic
from cities.querysets import today
from cities.standing import standing_of
from innoteams.accounts.models import User
from innoteams.lib.languages import CONTENT_LANGUAGES
from projects.choices import CostBand, Outcome, Phase
from projects.count_memory import remembered
from projects.counting import Counted, Pass, count
from projects.filters import CITY_SIZES, FROM_SOURCE, ORIGINS, TOLD, ProjectFilter

TOTAL = ""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    count: int
    chosen: bool
    group: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    label: str
    choices: list[Choice]

    @property
    def is_used(self) -> bool:
        return any(choice.chosen for choice in self.choices)

    @property
    def chosen(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.chosen]


@dataclass(frozen=True, slots=True)
class Facets:
    total: int
    all: list[Facet]

    @property
    def chosen(self) -> list[tuple[Facet, Choice]]:
        return [(facet, choice) for facet in self.all for choice in facet.chosen]

    def counts(self, name: str) -> dict[str, int]:
        return {choice.value: choice.count for facet in self.all if facet.name == name for choice in facet.choices}


# How each facet's value reads from a project. Places are counted by team, and topics by the sets that projects have.
_VALUES: dict[str, str | Combinable] = {
    "phase": "phase",
    "outcome": "outcome",
    "told": Case(When(TOLD["lesson"][1], then=Value("lesson")), default=Value("")),
    "cost": "cost_band",
    "language": "language",
    "origin": Case(When(FROM_SOURCE, then=Value("source")), default=Value("own")),
    "team": "team_id",
}
_OF_PLACES = ("country", "kind", "size", "programme")
_OF_TOPICS = ("topic", "group")
Numbers = dict[str, dict[str, int]]


def facets_of(filters: ProjectFilter, topics: list[Topic]) -> Facets:
    """`topics` are all topics with their groups, in order: their names are labels here and elsewhere on the page."""
    counts, names = remembered(_asked(filters), lambda: _count(filters, topics))
    total = counts[TOTAL][TOTAL]
    labels = labels_of(topics, names, counts)
    chosen = filters.chosen
    facets = []
    for name, label in _headings().items():
        choices = [
            Choice(value, text, counts.get(name, {}).get(value, 0), value in chosen.get(name, []), group)
            for value, (text, group) in labels[name].items()
        ]
        facets.append(Facet(name, label, [choice for choice in choices if choice.count or choice.chosen]))
    return Facets(total, facets)


def _asked(filters: ProjectFilter) -> str | None:
    """What the numbers depend on: who asks, as far as sight goes, and what is chosen. None: nothing to keep."""
    if "mine" in filters.chosen:
        return None
    sight = standing_of(filters.person).sight if isinstance(filters.person, User) else None
    teams = (sorted(sight.member_of), sorted(sight.accompanies)) if sight else ()
    return repr((teams, sorted((name, value) for name, value in filters.chosen.items()), today()))


def _count(filters: ProjectFilter, topics: list[Topic]) -> tuple[Numbers, dict[str, str]]:
    """Numbers by facet and value, the total under TOTAL, and the names of the programmes that are met. Two queries."""
    facets = [*(name for name in _VALUES if name != "team"), *_OF_PLACES, *_OF_TOPICS]
    chosen = [name for name in facets if name in filters.chosen]
    open_ones = [name for name in facets if name not in chosen]
    # What is not chosen is counted among what all choices leave; what is, among what the others leave.
    passes = [_pass_for(filters.qs, open_ones, total=True), *(_pass_for(filters.without(one), [one]) for one in chosen)]
    counted = count(passes, _VALUES)
    places = _Places({team for one in counted for team in one.by.get("team", {})})
    by_key = {topic.pk: topic for topic in topics}
    numbers: Numbers = {TOTAL: {TOTAL: counted[0].total}}
    for found, names in zip(counted, [open_ones, *([one] for one in chosen)], strict=True):
        for name in names:
            numbers[name] = _numbers(name, found, places, by_key)
    return numbers, places.programmes


def _pass_for(rows: QuerySet[Any], names: list[str], *, total: bool = False) -> Pass:
    columns = [name for name in names if name in _VALUES]
    if any(name in _OF_PLACES for name in names):
        columns.append("team")
    return Pass(rows, columns, total=total, topics=any(name in _OF_TOPICS for name in names))


def _numbers(name: str, found: Counted, places: "_Places", topics: dict[int, Topic]) -> dict[str, int]:
    if name in _OF_PLACES:
        return places.numbers(name, found.by.get("team", {}))
    if name == "topic":
        return _summed((topics[key].slug, number) for keys, number in found.topics for key in keys if key in topics)
    if name == "group":
        # A project with two topics of one field is one project of that field.
        return _summed(
            (group, number)
            for keys, number in found.topics
            for group in {topics[key].group.slug for key in keys if key in topics}
        )
    return found.by.get(name, {})


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    numbers: dict[str, int] = defaultdict(int)
    for value, number in pairs:
        numbers[value] += number
    return dict(numbers)


class _Places:
    """What the cities of the teams are, in one query."""

    def __init__(self, teams: set[str]) -> None:
        current = MembershipPeriod.objects.current().filter(city=OuterRef("city")).order_by()
        programmes = ArraySubquery(current.values(row=JSONObject(slug="programme__slug", name="programme__name")))
        rows = Team.objects.order_by().filter(pk__in=teams).annotate(programmes=programmes)
        self.programmes: dict[str, str] = {}
        self._values: dict[str, dict[int, list[str]]] = {name: {} for name in _OF_PLACES}
        for team, country, kind, people, accompanied in rows.values_list(
            "pk", "city__country", "city__kind", "city__population", "programmes"
        ):
            names = {row["slug"]: row["name"] for row in accompanied}
            self.programmes.update(names)
            facts = {"country": [country], "kind": [kind], "size": _size(people), "programme": list(names)}
            for name, values in facts.items():
                self._values[name][team] = values

    def numbers(self, name: str, by_team: dict[str, int]) -> dict[str, int]:
        values = self._values[name]
        return _summed((value, number) for team, number in by_team.items() for value in values.get(int(team), ()))


def _size(people: int | None) -> list[str]:
    return [
        size for size, (_label, least, below) in CITY_SIZES.items() if people is not None and least <= people < below
    ]


def _headings() -> dict[str, str]:
    return {
        "phase": _("Phase"),
        "group": _("Field"),
        "topic": _("Topic"),
        "outcome": _("Outcome"),
        "told": _("Told as well"),
        "cost": _("What it costs"),
        "country": _("Country"),
        "kind": _("Kind of place"),
        "size": _("Inhabitants"),
        "programme": _("Programme"),
        "language": _("Written in"),
        "origin": _("Told by"),
    }


def labels_of(
    topics: list[Topic], programmes: dict[str, str], counts: dict[str, dict[str, int]]
) -> dict[str, dict[str, tuple[str, str]]]:
    """Every value of every facet in the order in which it is shown, with its words and its topic group."""

    def of(pairs: Any) -> dict[str, tuple[str, str]]:
        return {str(value): (str(label), "") for value, label in pairs}

    countries = sorted(((code, country_name(code)) for code in counts.get("country", {})), key=lambda pair: pair[1])
    return {
        "topic": {topic.slug: (topic.name, topic.group.slug) for topic in topics},
        "group": {topic.group.slug: (topic.group.name, topic.group.slug) for topic in topics},
        "phase": of(Phase.choices),
        "outcome": of(Outcome.choices),
        "told": of((key, label) for key, (label, _condition) in TOLD.items()),
        "cost": of(CostBand.choices),
        "country": of(countries),
        "kind": of(CityKind.choices),
        "size": of((size, label) for size, (label, _least, _below) in CITY_SIZES.items()),
        "programme": of(sorted(programmes.items(), key=lambda pair: pair[1])),
        "language": of(CONTENT_LANGUAGES),
        "origin": of(ORIGINS.items()),
    }
