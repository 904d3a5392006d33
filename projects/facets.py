"""How many projects each further choice would leave: all facets and the total in one query."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from cities.choices import CityKind
from cities.countries import country_name
from cities.models import MembershipPeriod, Topic
from innoteams.lib.languages import CONTENT_LANGUAGES
from projects.choices import CostBand, Outcome, Phase
from projects.filters import CITY_SIZES, FROM_SOURCE, ORIGINS, TOLD, ProjectFilter

_TOTAL = "total"


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


# How each facet's value reads from a project.
_VALUES: dict[str, str | Combinable] = {
    "topic": "ranked_topics__topic__slug",
    "group": "ranked_topics__topic__group__slug",
    "phase": "phase",
    "outcome": "outcome",
    "told": Case(When(TOLD["lesson"][1], then=Value("lesson")), default=Value("")),
    "cost": "cost_band",
    "country": "team__city__country",
    "kind": "team__city__kind",
    "size": Case(
        *(
            When(team__city__population__gte=least, team__city__population__lt=below, then=Value(size))
            for size, (_label, least, below) in CITY_SIZES.items()
        ),
        default=Value(""),
    ),
    "programme": "team__city__periods__programme__slug",
    "language": "language",
    "origin": Case(When(FROM_SOURCE, then=Value("source")), default=Value("own")),
}


def facets_of(filters: ProjectFilter, topics: list[Topic]) -> Facets:
    """`topics` are all topics with their groups, in order: their names are labels here and elsewhere on the page."""
    counts, names = _count(filters)
    total = counts.get(_TOTAL, {}).get("", 0)
    labels = _labels(topics, names, counts)
    chosen = filters.chosen
    facets = []
    for name, label in _headings().items():
        choices = [
            Choice(value, text, counts.get(name, {}).get(value, 0), value in chosen.get(name, []), group)
            for value, (text, group) in labels[name].items()
        ]
        facets.append(Facet(name, label, [choice for choice in choices if choice.count or choice.chosen]))
    return Facets(total, facets)


def _count(filters: ProjectFilter) -> tuple[dict[str, dict[str, int]], dict[str, str]]:
    """Counts by facet and value, and the names of programmes, which stand in the same rows."""
    first, *others = [_counting(filters, name) for name in (_TOTAL, *_VALUES)]
    counts: dict[str, dict[str, int]] = {}
    names: dict[str, str] = {}
    for facet, value, name, count in first.union(*others, all=True):
        counts.setdefault(facet, {})[value] = count
        if name:
            names[value] = name
    return counts, names


def _counting(filters: ProjectFilter, facet: str) -> QuerySet[Any, Any]:
    queryset = filters.without(facet).order_by()
    name: Combinable = Value("")
    if facet == "programme":
        queryset = queryset.filter(team__city__periods__in=MembershipPeriod.objects.current())
        name = F("team__city__periods__programme__name")
    expression = _VALUES.get(facet, Value(""))
    value: Combinable = F(expression) if isinstance(expression, str) else expression
    if facet in ("topic", "group"):
        queryset = queryset.filter(ranked_topics__isnull=False)
    # Distinct where the path to the value may reach it twice.
    count = Count("pk", distinct=facet in ("group", "programme"))
    counting: QuerySet[Any, Any] = queryset.values_list(Value(facet), value, name).annotate(count=count)
    return counting


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


def _labels(
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
