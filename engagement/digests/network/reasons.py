"""Why an item is in a digest, from the stored codes to words in the reader's language."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cities.models import City, Topic
from innoteams.lib.languages import CONTENT_LANGUAGES
from projects.choices import Verb

MOST_SHOWN = 2
# A reason as it is stored: its code, its weight and its facts; and the facts alone.
Stored = Mapping[str, Any]
Facts = Mapping[str, Any]
# Sentences by code and facts.
Known = MutableMapping[object, str]
# What a reader must know to read the entry rightly: said first, whatever its weight, and beside the two others.
SAID_FIRST = ("pinned", "exploration", "new_city", "quiet_city", "call_for_help", "match", "suggested")


def in_words(
    reasons: Sequence[tuple[str, Facts]],
    topics: Mapping[int, Topic],
    cities: Mapping[int, City],
    known: Known | None = None,
) -> list[str]:
    """Codes with their facts, the weightiest first: those that can be said in words, at most MOST_SHOWN after what is
    always said; never none. In the active language. `known` keeps the sentences of a batch in that language."""
    known = {} if known is None else known
    said: list[str] = []
    for code, facts in reasons:
        if code in SAID_FIRST:
            _add(said, _known(code, facts, topics, cities, known))
    most = len(said) + MOST_SHOWN
    for code, facts in reasons:
        if len(said) == most:
            break
        if code not in SAID_FIRST:
            _add(said, _known(code, facts, topics, cities, known))
    return said or [_("New in the network")]


def _add(said: list[str], words: str) -> None:
    if words and words not in said:
        said.append(words)


def _known(code: str, facts: Facts, topics: Mapping[int, Topic], cities: Mapping[int, City], known: Known) -> str:
    key = (code, str(facts)) if facts else code
    if key not in known:
        sentence = _SENTENCES.get(code)
        known[key] = sentence(facts, topics, cities) if sentence else ""
    return known[key]


@dataclass(frozen=True)
class Part:
    """One addend of a score, in words."""

    words: str
    weight: float


def explained(reasons: Sequence[Stored], topics: Mapping[int, Topic], cities: Mapping[int, City]) -> list[Part]:
    """The whole sum, also what a mail does not say; in the active language."""
    parts = []
    for reason in reasons:
        code = str(reason["code"])
        sentence = _SENTENCES.get(code) or _SILENT.get(code)
        words = sentence(reason, topics, cities) if sentence else ""
        parts.append(Part(words or _("Another reason (%(code)s)") % {"code": code}, float(reason.get("weight", 0))))
    return parts


def _names(reason: Stored, topics: Mapping[int, Topic]) -> str:
    return ", ".join(topics[pk].name for pk in reason.get("topics", ()) if pk in topics)


def _language(reason: Stored, _topics: Mapping[int, Topic], _cities: Mapping[int, City]) -> str:
    name = dict(CONTENT_LANGUAGES).get(reason["language"])
    return _("Works in %(language)s, as you do") % {"language": name} if name else ""


def _with_city(sentence: Callable[[], str]) -> Callable[[Stored, Mapping[int, Topic], Mapping[int, City]], str]:
    def words(reason: Stored, _topics: Mapping[int, Topic], cities: Mapping[int, City]) -> str:
        city = cities.get(reason["city"])
        return sentence() % {"name": city.name} if city else ""

    return words


def _with_topics(sentence: Callable[[], str]) -> Callable[[Stored, Mapping[int, Topic], Mapping[int, City]], str]:
    def words(reason: Stored, topics: Mapping[int, Topic], _cities: Mapping[int, City]) -> str:
        names = _names(reason, topics)
        return sentence() % {"topics": names} if names else ""

    return words


def _plain(sentence: Callable[[], str]) -> Callable[[Stored, Mapping[int, Topic], Mapping[int, City]], str]:
    return lambda _reason, _topics, _cities: sentence()


def _news(reason: Stored, _topics: Mapping[int, Topic], _cities: Mapping[int, City]) -> str:
    verb = str(reason.get("verb", ""))
    return _("What happened: %(what)s") % {"what": Verb(verb).label} if verb in Verb.values else ""


# Functions, so that each is translated when it is said. Codes without a sentence only count.
_SENTENCES: dict[str, Callable[[Stored, Mapping[int, Topic], Mapping[int, City]], str]] = {
    "follows_project": _plain(lambda: _("You follow this project")),
    "follows_city": _with_city(lambda: _("You follow %(name)s")),
    "follows_topic": _with_topics(lambda: _("You follow %(topics)s")),
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
    "saved_search": _plain(lambda: _("Fits a search that you saved")),
    "question_about_followed": _plain(lambda: _("A question about a project you follow")),
    "more_of_project": _plain(lambda: _("You asked for more of this project")),
    "more_of_city": _with_city(lambda: _("You asked for more of %(name)s")),
    "more_like_this": _plain(lambda: _("Like what you asked for more of")),
    "met_and_helped": _plain(lambda: _("Your teams have met, and it helped")),
    "match": _plain(lambda: _("Not new, but close to your own work")),
    "suggested": _plain(lambda: _("Suggested to your team")),
    "seldom_shown": _plain(lambda: _("Shown to few people of late")),
    "quiet_city": _plain(lambda: _("Seldom seen in the digests so far")),
    "new_city": _plain(lambda: _("New in the network")),
    "exploration": _plain(lambda: _("Not what you usually read: to look beyond it")),
    "call_for_help": _plain(lambda: _("The team asks for help")),
    "pinned": _plain(lambda: _("Put at the top by a coordinator of your programme")),
}

# What the other streams tell: work that waits, and how a programme goes.
_SENTENCES |= {
    "new": _plain(lambda: _("New since your last one")),
    "due_soon": _plain(lambda: _("Its day is near")),
    "late": _plain(lambda: _("Its day has passed")),
    "waits": _plain(lambda: _("Still waits")),
    "answer_late": _plain(lambda: _("The team waits for an answer")),
    "moved": _plain(lambda: _("It moved on")),
    "check_in_sent": _plain(lambda: _("A check-in was sent")),
    "check_in_accepted": _plain(lambda: _("A check-in was accepted")),
    "stuck": _plain(lambda: _("The team says it is stuck")),
    "never_shown": _plain(lambda: _("Shown to nobody for a month")),
    "receives_nothing": _plain(lambda: _("Its people receive nothing")),
    "nobody_signed_in": _plain(lambda: _("Nobody of the team has signed in for a long time")),
}

# These only count: a mail need not say them.
_SILENT: dict[str, Callable[[Stored, Mapping[int, Topic], Mapping[int, City]], str]] = {
    "news": _news,
    "fresh": _plain(lambda: _("How new it is")),
    "some_words": _plain(lambda: _("A few words in common")),
    "less_of_project": _plain(lambda: _("You asked for less of this project")),
    "less_of_city": _with_city(lambda: _("You asked for less of %(name)s")),
    "less_like_this": _plain(lambda: _("Like what you asked for less of")),
    "shown_before": _plain(lambda: _("Shown to you before")),
    "city_shown_lately": _plain(lambda: _("Its city was in your digests of late")),
    "met_in_vain": _plain(lambda: _("Your teams have met, and it did not help")),
}
