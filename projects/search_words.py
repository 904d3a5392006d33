"""What a search of the project list looks for, in words: “heat”, Environment, France."""

from collections.abc import Sequence

from django.http import QueryDict
from django.utils.translation import gettext as _

from cities.models import City, Programme, Topic
from projects.facets import labels_of
from projects.filters import MINE


def in_words(queries: Sequence[str]) -> list[list[str]]:
    """For each canonical query (`saved_searches.canonical`) its parts in words, in the order of the facets. A value
    that nothing is called any more stands as it was. Three queries at most, however many there are."""
    asked = [QueryDict(query) for query in queries]

    def values(name: str) -> set[str]:
        return {value for query in asked for value in query.getlist(name)}

    topics = list(Topic.objects.select_related("group")) if values("topic") | values("group") else []
    named = Programme.objects.filter(slug__in=values("programme")) if values("programme") else []
    programmes = {programme.slug: programme.name for programme in named}
    found = City.objects.filter(slug__in=values("city")) if values("city") else []
    cities = {city.slug: city.name for city in found}
    labels = {
        name: {value: label for value, (label, _group) in known.items()}
        for name, known in labels_of(topics, programmes, {"country": dict.fromkeys(values("country"), 0)}).items()
    }
    labels |= {"city": cities, "mine": {key: str(label) for key, label in MINE.items()}}
    return [_parts(query, labels) for query in asked]


def _parts(query: QueryDict, labels: dict[str, dict[str, str]]) -> list[str]:
    parts = [_("“%(words)s”") % {"words": words} for words in query.getlist("q")]
    for name, known in labels.items():
        parts += [known.get(value, value) for value in query.getlist(name)]
    return parts
