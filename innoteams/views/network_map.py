"""The network on a map, and the same as a list and as GeoJSON; all three from one reading."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from cities.models import City
from innoteams.accounts.models import User
from innoteams.lib.ordering import alphabetical
from innoteams.views.cities import wants_fragment
from innoteams.views.city_filters import MapFilter, topics_in_order
from projects.models import Project
from projects.places import Line, counts_by_city, give_counts, lines_between

Person = User | AnonymousUser


@dataclass(frozen=True)
class Network:
    """Cities with `project_count`, and the lines between them, as one reader may see them."""

    cities: list[City]
    lines: list[Line]
    filter: MapFilter
    narrowed: bool

    def ends(self) -> list[tuple[City, City, str]]:
        """(from, to, kind) for lines whose two ends are on the map."""
        city_of = {city.pk: city for city in self.cities}
        return [
            (city_of[line.source], city_of[line.learner], line.kind)
            for line in self.lines
            if line.source in city_of and line.learner in city_of
        ]


def read_network(person: Person, asked: QueryDict) -> Network:
    """All members; where a topic or a phase is asked for, those with a project of that kind."""
    narrowing = MapFilter(asked, queryset=Project.objects.visible_to(person))
    projects = narrowing.qs
    narrowed = narrowing.is_valid() and any(narrowing.form.cleaned_data.values())
    cities = give_counts(City.objects.members(), counts_by_city(projects))
    if narrowed:
        cities = [city for city in cities if city.project_count]  # type: ignore[attr-defined]  # see give_counts
    cities.sort(key=lambda city: alphabetical(city.name))
    return Network(cities, lines_between(person, projects, narrowed=narrowed), narrowing, narrowed)


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def network_map(request: HttpRequest) -> HttpResponse:
    network = read_network(request.user, request.GET)
    query = request.GET.urlencode()
    context = {
        "network": network,
        "ends": network.ends(),
        "topics": topics_in_order(),
        "data_url": reverse("network_map_data") + (f"?{query}" if query else ""),
        "projects": sum(getattr(city, "project_count", 0) for city in network.cities),
    }
    template = "cities/_network_results.html" if wants_fragment(request) else "cities/network_map.html"
    return render(request, template, context)


@login_not_required
@require_safe
def network_map_data(request: HttpRequest) -> JsonResponse:
    """A GeoJSON FeatureCollection: a point for each city, a line for each pair that learned from one another."""
    network = read_network(request.user, request.GET)
    features = [_point(city) for city in network.cities] + [_line(*ends) for ends in network.ends()]
    answer = JsonResponse({"type": "FeatureCollection", "features": features}, content_type="application/geo+json")
    # What one person may see must not come out of a cache for another.
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _point(city: City) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [city.longitude, city.latitude]},
        "properties": {
            "slug": city.slug,
            "name": city.name,
            "url": city.get_absolute_url(),
            "country": city.country_name,
            "projects": getattr(city, "project_count", 0),
            "kind": "member",
        },
    }


def _line(source: City, learner: City, kind: str) -> dict[str, object]:
    coordinates = [[source.longitude, source.latitude], [learner.longitude, learner.latitude]]
    properties = {"kind": kind, "from": source.slug, "to": learner.slug}
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": coordinates},
        "properties": properties,
    }
