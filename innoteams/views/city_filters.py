"""Narrowing the list of cities: one filter set, and what each further choice would leave, counted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_filters.filters import CharFilter, ChoiceFilter, ModelChoiceFilter, MultipleChoiceFilter
from django_filters.filterset import FilterSet

from cities.choices import CityKind
from cities.countries import COUNTRIES, country_name
from cities.models import City, Priority, Programme, Topic
from innoteams.accounts.models import User
from innoteams.lib.languages import CONTENT_LANGUAGES
from innoteams.lib.ordering import alphabetical
from projects.choices import Phase
from projects.models import Project
from projects.places import counts_by_city, give_counts, topics_by_city
from projects.words import NamesAsWords, query_for, words_of

Person = User | AnonymousUser

# Several values of one facet widen each other; facets narrow each other.
FACETS: dict[str, str | Promise] = {
    "country": _("Country"),
    "kind": _("Kind"),
    "programme": _("Programme"),
    "language": _("Language"),
    "topic": _("Topic of projects"),
}
ORDERS: dict[str, str | Promise] = {
    "country": _("Country"),
    "name": _("Name"),
    "projects": _("Number of projects"),
    "population": _("Population"),
}
KINDS = dict(CityKind.choices)
LANGUAGES = dict(CONTENT_LANGUAGES)


class AnyValues(forms.MultipleChoiceField):
    """Values of a facet. One that nothing has (from an old address) finds nothing; it is not an error."""

    def to_python(self, value: Any) -> list[str]:
        return [text for text in super().to_python(value) if "\x00" not in text]

    def valid_value(self, value: Any) -> bool:
        return True


class Facet(MultipleChoiceFilter):
    field_class = AnyValues


class CityFilter(FilterSet):
    """Reads the address; `request` is needed because the topics of hidden projects find nothing."""

    q = CharFilter(method="by_words", max_length=200)
    country = Facet(method="by_country")
    kind = Facet(method="by_kind")
    programme = Facet(method="by_programme")
    language = Facet(method="by_language")
    topic = Facet(method="by_topic")

    def by_words(self, cities: QuerySet[City], name: str, text: str) -> QuerySet[City]:
        """Every word is found in a name (in any language), in the country's name or in a priority."""
        cities = cities.alias(name_words=NamesAsWords("names"))
        for word in words_of(text):
            countries = [code for code in COUNTRIES if word in country_name(code).casefold()]
            priorities = Priority.objects.filter(text__unaccent__icontains=word).values("city")
            found = Q(name_words=query_for(word)) | Q(country__in=countries) | Q(pk__in=priorities)
            cities = cities.filter(found)
        return cities

    def by_country(self, cities: QuerySet[City], name: str, values: list[str]) -> QuerySet[City]:
        return cities.filter(country__in=values)

    def by_kind(self, cities: QuerySet[City], name: str, values: list[str]) -> QuerySet[City]:
        return cities.filter(kind__in=values)

    def by_programme(self, cities: QuerySet[City], name: str, values: list[str]) -> QuerySet[City]:
        return cities.filter(periods__programme__slug__in=values)

    def by_language(self, cities: QuerySet[City], name: str, values: list[str]) -> QuerySet[City]:
        return cities.filter(languages__overlap=values)

    def by_topic(self, cities: QuerySet[City], name: str, values: list[str]) -> QuerySet[City]:
        projects = Project.objects.visible_to(self.request.user).filter(topics__slug__in=values)
        return cities.filter(pk__in=projects.order_by().values("team__city"))

    def active(self) -> dict[str, Any]:
        """What the address asks for, cleaned."""
        return {name: value for name, value in self.form.cleaned_data.items() if value} if self.is_valid() else {}

    def fulfilled(self, name: str, value: Any) -> Exists:
        """Whether a city (of the outer query) fulfils one filter alone."""
        narrowed = self.filters[name].filter(City.objects.order_by(), value)
        return Exists(narrowed.filter(pk=OuterRef("pk")))


def topics_in_order(request: object = None) -> QuerySet[Topic]:
    return Topic.objects.select_related("group").order_by("group__position", "position")


class MapFilter(FilterSet):
    """Which projects the dots of the map count and its lines are about."""

    topic = ModelChoiceFilter(
        label=_("Topic"),
        field_name="topics",
        queryset=topics_in_order,
        to_field_name="slug",
        empty_label=_("All topics"),
    )
    phase = ChoiceFilter(label=_("Phase"), choices=Phase.choices, empty_label=_("All phases"))


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    number: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice in force, with the address that takes it back."""

    label: str
    without: str


class CityListing:
    """The cities that the address asks for, and how many each further choice would leave.

    A constant number of queries: each city says of every filter whether it fulfils it, the rest is counting.
    """

    def __init__(self, person: Person, asked: QueryDict, request: Any) -> None:
        self.person, self.asked = person, asked
        self.filter = CityFilter(asked, queryset=City.objects.all(), request=request)
        self.active = self.filter.active()

    @cached_property
    def every(self) -> list[City]:
        """Members and neighbours, each with `project_count`, `programmes`, and `meets_<filter>` where one is active."""
        flags = {f"meets_{name}": self.filter.fulfilled(name, value) for name, value in self.active.items()}
        cities = City.objects.visible_to(self.person).annotate(
            programmes=ArrayAgg("periods__programme__slug", distinct=True, filter=~Q(periods=None), default=Value([])),
            **flags,
        )
        return give_counts(cities, counts_by_city(Project.objects.visible_to(self.person)))

    @cached_property
    def topics(self) -> dict[int, set[str]]:
        return topics_by_city(self.person)

    @property
    def cities(self) -> list[City]:
        return self._ordered(city for city in self._meeting() if city.in_network)

    @property
    def neighbours(self) -> list[City]:
        return sorted(
            (city for city in self._meeting() if not city.in_network), key=lambda city: alphabetical(city.name)
        )

    @property
    def order(self) -> str:
        asked = self.asked.get("order", "")
        return asked if asked in ORDERS else "country"

    @property
    def orders(self) -> list[Option]:
        return [Option(value, str(label), 0, value == self.order) for value, label in ORDERS.items()]

    @cached_property
    def facets(self) -> list[tuple[str, str, list[Option]]]:
        """(name, label, options) of each facet, the chosen and the fullest first; what nothing has is left out."""
        return [(name, str(label), self._options(name)) for name, label in FACETS.items()]

    @cached_property
    def choices(self) -> list[Choice]:
        """Everything in force, to be taken back one by one."""
        labels = {(name, option.value): option.label for name, _label, options in self.facets for option in options}
        found = [Choice(f"“{self.active['q']}”", self._without("q", None))] if "q" in self.active else []
        found += [
            Choice(labels.get((name, value), value), self._without(name, value))
            for name in FACETS
            for value in self.active.get(name, [])
        ]
        return found

    def _meeting(self, but: str = "") -> Iterator[City]:
        names = [f"meets_{name}" for name in self.active if name != but]
        return (city for city in self.every if all(getattr(city, name) for name in names))

    def _ordered(self, cities: Iterable[City]) -> list[City]:
        keys: dict[str, Any] = {
            "country": lambda city: (alphabetical(city.country_name), alphabetical(city.name)),
            "name": lambda city: alphabetical(city.name),
            "projects": lambda city: (-city.project_count, alphabetical(city.name)),
            "population": lambda city: (-(city.population or 0), alphabetical(city.name)),
        }
        return sorted(cities, key=keys[self.order])

    def _options(self, name: str) -> list[Option]:
        numbers: dict[str, int] = dict.fromkeys(self.active.get(name, []), 0)
        for city in self._meeting(but=name):
            if city.in_network:
                for value in self._values(city, name):
                    numbers[value] = numbers.get(value, 0) + 1
        chosen = self.active.get(name, [])
        options = [
            Option(value, self._label(name, value), number, value in chosen) for value, number in numbers.items()
        ]
        return sorted(options, key=lambda option: (not option.chosen, -option.number, alphabetical(option.label)))

    def _values(self, city: Any, name: str) -> Iterable[str]:
        several = {"programme": city.programmes, "language": city.languages, "topic": self.topics.get(city.pk, set())}
        return several[name] if name in several else [getattr(city, name)]

    def _label(self, name: str, value: str) -> str:
        if name == "country":
            return country_name(value)
        if name == "kind":
            return str(KINDS.get(value, value))
        if name == "language":
            return str(LANGUAGES.get(value, value))
        return self._names[name].get(value, value)

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        return {
            "programme": dict(Programme.objects.values_list("slug", "name")),
            "topic": {topic.slug: topic.name for topic in Topic.objects.only("slug", "names")},
        }

    def _without(self, name: str, value: str | None) -> str:
        """The address with one value less, from the first page."""
        asked = self.asked.copy()
        asked.pop("page", None)
        kept = [text for text in asked.getlist(name) if value is not None and text != value]
        asked.setlist(name, kept)
        return f"?{asked.urlencode()}"
