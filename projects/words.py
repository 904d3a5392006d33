"""Finding by words: without accents, by the beginning of a word, in whatever language a text or a name is written.

A topic and a city are known by their names in every language, so a French word finds a project written in Hebrew.
"""

import re

from django.apps import apps
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db.models import BigIntegerField, F, Func, Model, Q, QuerySet, Value
from django.db.models.expressions import Combinable

# Defined in the first migration of this app.
CONFIG = "innoteams"
MOST_WORDS = 8
# Shorter words are matched whole, and left out beside longer ones ("le logement").
SHORTEST_PREFIX = 3

_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """The words that count, at most MOST_WORDS of them."""
    words = list(dict.fromkeys(_WORD.findall(text.replace("\x00", " ").lower())))
    long = [word for word in words if len(word) >= SHORTEST_PREFIX]
    return (long or words)[:MOST_WORDS]


class NamesAsWords(Func):
    """The words of all string values of a JSON column: names by language."""

    template = f"to_tsvector('{CONFIG}', %(expressions)s)"
    output_field = SearchVectorField()


class ListAsWords(Func):
    template = f"to_tsvector('{CONFIG}', array_to_string(%(expressions)s, ' '))"
    output_field = SearchVectorField()


def query_for(word: str) -> SearchQuery:
    """`word` holds word characters only (words_of), so it cannot break out of its quotes."""
    ending = ":*" if len(word) >= SHORTEST_PREFIX else ""
    return SearchQuery(f"'{word}'{ending}", search_type="raw", config=CONFIG)


def any_of(text: str) -> SearchQuery:
    """One query for all words, for ranking and for marking them in a text."""
    words = words_of(text) or ["\N{REPLACEMENT CHARACTER}"]
    joined = " | ".join(f"'{word}'{':*' if len(word) >= SHORTEST_PREFIX else ''}" for word in words)
    return SearchQuery(joined, search_type="raw", config=CONFIG)


def topics_named(word: str) -> QuerySet[Model]:
    topics: QuerySet[Model] = (
        apps.get_model("cities", "Topic")
        ._default_manager.alias(name_words=NamesAsWords("names"), keyword_words=ListAsWords("keywords"))
        .filter(Q(name_words=query_for(word)) | Q(keyword_words=query_for(word)))
    )
    return topics


def cities_named(word: str) -> QuerySet[Model]:
    cities: QuerySet[Model] = (
        apps.get_model("cities", "City")
        ._default_manager.alias(name_words=NamesAsWords("names"))
        .filter(name_words=query_for(word))
    )
    return cities


class ProjectsFound(Func):
    """The keys of projects that hold the word themselves, in a topic's names or keywords, or in their city's names.

    A function of the database (migration 0005), so that the index is used for frequent words too.
    """

    function = "innoteams_projects_found"
    template = "(SELECT %(function)s(%(expressions)s))"
    output_field = BigIntegerField()


def matches(text: str) -> Q:
    """A condition on projects: every word is found somewhere. Nothing to look for finds nothing."""
    words = words_of(text)
    if not words:
        return Q(pk__in=[])
    found = Q()
    for word in words:
        found &= Q(pk__in=ProjectsFound(query_for(word)))
    return found


def rank_by(text: str) -> Combinable:
    return SearchRank(F("words"), any_of(text), normalization=Value(1))
