"""Why a suggestion was made, from stored codes to sentences in the reader's language; and the words to begin with."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cities.models import Topic
from engagement.choices import IntroductionReason
from engagement.models import Suggestion
from innoteams.lib.languages import CONTENT_LANGUAGES
from projects.choices import OPEN_TO_ALL
from projects.models import Project

MOST_SHOWN = 3
Stored = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """A suggestion as it is shown. `own` is the reader's own project that it began from, where there is one."""

    suggestion: Suggestion
    sentences: list[str]
    own: Project | None

    @property
    def city_name(self) -> str:
        return self.suggestion.with_team.city.name


def tell(suggestions: Sequence[Suggestion]) -> list[Told]:
    """Two queries for all of them, which need `with_team__city`, `project` and `question`."""
    topics = topics_named_in(suggestions)
    own = Project.objects.in_bulk({pk for one in suggestions if (pk := _own(one))})
    told = []
    for one in suggestions:
        begun_from = own.get(_own(one) or 0)
        open_to_all = begun_from if begun_from and begun_from.visibility in OPEN_TO_ALL else None
        told.append(Told(one, sentences(one.reasons, topics), open_to_all))
    return told


def topics_named_in(suggestions: Iterable[Suggestion]) -> dict[int, Topic]:
    return Topic.objects.in_bulk({pk for one in suggestions for told in one.reasons for pk in told.get("topics", ())})


def sentences(reasons: Sequence[Stored], topics: Mapping[int, Topic]) -> list[str]:
    """The first of them, in order of weight, at most MOST_SHOWN; in the active language. Says nothing that not
    everybody signed in may know."""
    said: list[str] = []
    codes = {reason["code"] for reason in reasons}
    for reason in reasons:
        if reason["code"] == "has_done" and "done_what_you_begin" in codes:
            # Said already, and in more words.
            continue
        words = _SENTENCES[reason["code"]](reason, topics) if reason["code"] in _SENTENCES else ""
        if words and words not in said:
            said.append(words)
    return said[:MOST_SHOWN]


def first_message(told: Told) -> str:
    """What the form begins with; the person writes it over."""
    suggestion = told.suggestion
    title = suggestion.project.title if suggestion.project else ""
    if suggestion.question is not None:
        return _(
            "We asked the network: “%(question)s” Your work on “%(title)s” looks like an answer. "
            "Could we talk about it for half an hour?"
        ) % {"question": suggestion.question.text, "title": title}
    if suggestion.reason == IntroductionReason.NEIGHBOURS:
        return _(
            "We are neighbours, and you are working on “%(title)s” while we work on something close to it. "
            "Could we compare notes for half an hour?"
        ) % {"title": title}
    if told.own is not None:
        return _(
            "We are working on “%(own)s”, and you are further on with “%(title)s”. "
            "What would you tell us to do, and not to do, at this point?"
        ) % {"own": told.own.title, "title": title}
    return _("You are further on with “%(title)s”. What would you tell us to do, and not to do, at this point?") % {
        "title": title
    }


def _own(suggestion: Suggestion) -> int | None:
    return next((int(one["own"]) for one in suggestion.reasons if "own" in one), None)


def _with_topics(sentence: Callable[[], str]) -> Callable[[Stored, Mapping[int, Topic]], str]:
    def words(reason: Stored, topics: Mapping[int, Topic]) -> str:
        names = ", ".join(topics[pk].name for pk in reason.get("topics", ()) if pk in topics)
        return sentence() % {"topics": names} if names else ""

    return words


def _language(reason: Stored, _topics: Mapping[int, Topic]) -> str:
    name = dict(CONTENT_LANGUAGES).get(reason["language"])
    return _("Works in %(language)s, as you do") % {"language": name} if name else ""


def _lesson(reason: Stored, _topics: Mapping[int, Topic]) -> str:
    if reason["stopped"]:
        return _("They stopped it, and say what they learned")
    return _("They say what they learned")


def _plain(sentence: Callable[[], str]) -> Callable[[Stored, Mapping[int, Topic]], str]:
    return lambda _reason, _topics: sentence()


# Functions, so that each is translated when it is said. Codes without a sentence only count.
_SENTENCES: dict[str, Callable[[Stored, Mapping[int, Topic]], str]] = {
    "asks": _with_topics(lambda: _("Your team asks about %(topics)s, and they have worked on it")),
    "done_what_you_begin": _with_topics(lambda: _("They have brought to an end what you work on: %(topics)s")),
    "one_phase_ahead": _with_topics(lambda: _("The same problem, one phase ahead of you: %(topics)s")),
    "across_border": _with_topics(lambda: _("Neighbours across a border, both working on %(topics)s")),
    "has_done": _plain(lambda: _("They have carried it through")),
    "has_lesson": _lesson,
    "has_evidence": _plain(lambda: _("They measured what it changes")),
    "neighbours": _plain(lambda: _("Your neighbour")),
    "same_language": _language,
}
