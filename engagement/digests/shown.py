"""Which cities a run shows, or would show, to how many people; and which to nobody."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from cities.models import City
from engagement.choices import DigestState
from engagement.models import DigestItem
from engagement.querysets import DigestQuerySet

_CITY_SHOWN = Coalesce(
    "project__team__city", "question__team__city", "city", "team__city", "suggestion__with_team__city"
)


@dataclass(frozen=True)
class Shown:
    """A city, and how many people were shown it, or will be."""

    city: City
    people: int


@dataclass(frozen=True)
class Exposure:
    shown: list[Shown]
    nobody: list[City]

    @property
    def most(self) -> int:
        return max((one.people for one in self.shown), default=1)


def exposure_of(rows: DigestQuerySet) -> Exposure:
    """Per city how many of these digests show it: those that went out or are written and will. Two queries."""
    items = DigestItem.objects.filter(
        digest__in=rows.filter(state__in=(DigestState.SENT, DigestState.BUILT, DigestState.CLAIMED)).order_by()
    )
    groups = items.order_by().annotate(shown=_CITY_SHOWN).values_list("shown").exclude(shown=None)
    return exposure_in(dict(groups.annotate(Count("digest", distinct=True))))


def exposure_in(people_of: Mapping[int, int]) -> Exposure:
    """From the number of people by city. Member cities that are shown to nobody are told too."""
    cities = {city.pk: city for city in City.objects.filter(Q(in_network=True) | Q(pk__in=people_of))}
    shown = [Shown(cities[pk], number) for pk, number in people_of.items() if pk in cities and number]
    nobody = [city for pk, city in cities.items() if city.in_network and not people_of.get(pk)]
    return Exposure(
        sorted(shown, key=lambda one: (-one.people, one.city.name)), sorted(nobody, key=lambda city: city.name)
    )
