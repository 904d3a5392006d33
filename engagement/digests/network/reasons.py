"""Why an item is in a digest, from the stored codes to words in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from cities.models import City, Topic
from innoteams.lib.languages import CONTENT_LANGUAGES

MOST_SHOWN = 2
Stored = Mapping[str, Any]


def in_words(reasons: Sequence[Stored], topics: Mapping[int, Topic], cities: Mapping[int, City]) -> list[str]:
    """The weightiest that can be said in words, at most MOST_SHOWN; never none. In the active language."""
    said = []
    for reason in reasons:
        if sentence := _SENTENCES.get(str(reason["code"])):
            words = sentence(reason, topics, cities)
            if words and words not in said:
                said.append(words)
    return said[:MOST_SHOWN] or [_("New in the network")]


def _names(reason: Stored, topics: Mapping[int, Topic]) -> str:
    return ", ".join(topics[pk].name for pk in reason.get("topics", ()) if pk in topics)


def _language(reason: Stored, _topics: Mapping[int, Topic], _cities: Mapping[int, City]) -> str:
    name = dict(CONTENT_LANGUAGES).get(reason["language"])
    return _("Works in %(language)s, as you do") % {"language": name} if name else ""


def _city(reason: Stored, _topics: Mapping[int, Topic], cities: Mapping[int, City]) -> str:
    city = cities.get(reason["city"])
    return _("You follow %(name)s") % {"name": city.name} if city else ""


def _with_topics(sentence: Callable[[], str]) -> Callable[[Stored, Mapping[int, Topic], Mapping[int, City]], str]:
    def words(reason: Stored, topics: Mapping[int, Topic], _cities: Mapping[int, City]) -> str:
        names = _names(reason, topics)
        return sentence() % {"topics": names} if names else ""

    return words


def _plain(sentence: Callable[[], str]) -> Callable[[Stored, Mapping[int, Topic], Mapping[int, City]], str]:
    return lambda _reason, _topics, _cities: sentence()


# Functions, so that each is translated when it is said. Codes without a sentence only count.
_SENTENCES: dict[str, Callable[[Stored, Mapping[int, Topic], Mapping[int, City]], str]] = {
    "follows_project": _plain(lambda: _("You follow this project")),
    "follows_city": _city,
    "follows_topic": _with_topics(lambda: _("You follow %(topics)s")),
    "saved_search": _plain(lambda: _("Fits a search that you saved")),
    "more_of_project": _plain(lambda: _("You asked for more of this project")),
    "more_of_city": _plain(lambda: _("You asked for more of this city")),
    "more_like_this": _plain(lambda: _("Like something you asked for more of")),
    "match": _plain(lambda: _("Not new, but close to your team's work, and you have not been shown it yet")),
    "met_and_helped": _plain(lambda: _("Your teams have met, and it helped")),
    "suggested": _plain(lambda: _("Your two teams could help each other")),
    "question_about_followed": _plain(lambda: _("A question about a project that you follow")),
    "seldom_shown": _plain(lambda: _("Seldom seen in the digests so far")),
    "shared_topic": _with_topics(lambda: _("Your team works on %(topics)s too")),
    "phase_ahead": _plain(lambda: _("One phase ahead of your own work on it")),
    "phase_same": _plain(lambda: _("In the same phase as your own work on it")),
    "same_words": _plain(lambda: _("Told in words that your team uses too")),
    "neighbours": _plain(lambda: _("Your neighbour")),
    "same_kind": _plain(lambda: _("The same kind of authority as yours")),
    "same_language": _language,
    "same_country": _plain(lambda: _("In your country")),
    "question_follows_topic": _with_topics(lambda: _("A question about %(topics)s, which you follow")),
    "question_in_topic": _with_topics(lambda: _("A question about %(topics)s, which your team works on")),
    "city_shares_topic": _with_topics(lambda: _("Works on %(topics)s, like you")),
    "quiet_city": _plain(lambda: _("Seldom seen in the digests so far")),
}
