"""What an item is worth to a reader: a sum of reasons, each a code with its facts, so that the stored reasons explain
the score whole.

The weights were set by hand; what they must achieve is written down in docs/selection.md. What is the same for
everybody of a team is counted once (`like_ours`), what a person adds to it (`personal`) for that person alone.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from engagement.choices import FeedbackWish
from engagement.digests.network.pool import News, Pool
from engagement.digests.network.readers import Reader
from engagement.likeness import Kinship, Likeness
from projects.choices import Verb

FOLLOWS_PROJECT, FOLLOWS_CITY, FOLLOWS_TOPIC = 6.0, 3.0, 3.0
# Shared within the window, or only with news.
SEARCH_FOUND, SEARCH_FITS = 4.0, 2.0
SHARED_TOPIC, PHASE_AHEAD, PHASE_SAME, SAME_WORDS = 3.0, 1.5, 1.0, 1.5
NEIGHBOURS, SAME_KIND, SAME_LANGUAGE, SAME_COUNTRY = 1.5, 0.8, 0.6, 0.4
HELPED, DID_NOT_HELP = 0.8, -0.4
FRESH, HALF_LIFE_DAYS = 1.0, 7.0
PINNED, SUGGESTED, CALL_FOR_HELP = 20.0, 4.0, 1.5
QUESTION_ABOUT_FOLLOWED = 4.0
_WORTH_OF_PHASE = {1: PHASE_AHEAD, 0: PHASE_SAME, None: 0.0}
# A project without news that is as like as this is told once.
MATCH, LEAST_MATCH = 0.2, 3.5
QUIET_CITY, EXPLORATION = 0.5, 0.5
# What was said of a project counts for itself, in part for the others of its city and for its topics.
MORE, MORE_OF_CITY, MORE_OF_TOPIC = 3.0, 0.5, 1.0
LESS, LESS_OF_CITY, LESS_OF_TOPIC = -6.0, -0.5, -1.0
MORE_CITY, LESS_CITY = 2.0, -2.0
SHOWN_BEFORE = -0.7
# For every time in the last weeks, but never more than this.
TIRED_OF_CITY, MOST_TIRED = -0.4, -1.6
# Memory sets the order and never silences: what is news to a reader is told them, however often its city was.
REMEMBERED = ("shown_before", "city_shown_lately")
MOST_REMEMBERED = SHOWN_BEFORE + MOST_TIRED
# How much a piece of news changes what is known.
MATERIAL: dict[str, float] = {
    Verb.ENDED_WITH_LESSON: 2.2,
    Verb.PILOT_DECIDED: 2.0,
    Verb.OUTCOME_CHANGED: 1.8,
    Verb.ADAPTATION_REPORTED: 1.8,
    Verb.PROJECT_SHARED: 1.6,
    Verb.READING_ADDED: 1.4,
    Verb.ADAPTATION_STARTED: 1.4,
    Verb.PHASE_MOVED: 1.2,
    Verb.PILOT_ADDED: 1.2,
    Verb.CONSULTATION_ADDED: 1.0,
    Verb.JOURNAL_ADDED: 0.5,
}
_ANYTHING_ELSE = 0.3
# Words in common are mentioned from here on; below, they only tip the scales.
_WORDS_WORTH_SAYING = 0.4


class Reason(NamedTuple):
    """A code with its facts (ids and codes, never words) and what it adds to the score."""

    code: str
    weight: float
    facts: Mapping[str, Any] = MappingProxyType({})

    def stored(self) -> dict[str, object]:
        return {"code": self.code, "weight": round(self.weight, 4), **self.facts}


def sum_of(reasons: Iterable[Reason]) -> float:
    return sum([reason.weight for reason in reasons])


def points(score: float) -> int:
    """In millionths: whole numbers add up to the same in any order, so that equals are equal everywhere."""
    return round(score * 1_000_000)


# --- News ---------------------------------------------------------------------------------------------------------


def newness(end: dt.datetime, news: list[News]) -> list[Reason]:
    """Freshness is measured from the end of the window, so that a past digest can be explained."""
    best = max(news, key=lambda one: (MATERIAL.get(one.verb, _ANYTHING_ELSE), one.pk))
    days = max(0.0, (end - news[0].at).total_seconds() / 86_400)
    return [
        Reason("news", MATERIAL.get(best.verb, _ANYTHING_ELSE), {"verb": best.verb}),
        Reason("fresh", FRESH * 0.5 ** (days / HALF_LIFE_DAYS)),
    ]


# --- What is the same for everybody of a team ---------------------------------------------------------------------


def like_ours(pool: Pool, teams: tuple[int, ...], project: int) -> list[Reason]:
    """By the team whose work is most like it, where the reader has several."""
    by_team = [like_team(pool, team, project) for team in teams]
    return max(by_team, key=sum_of, default=[])


def like_team(pool: Pool, team: int, project: int) -> list[Reason]:
    likeness = pool.likenesses.of(team, project)
    return [*_in_common(likeness), *kin(likeness.kinship), *_met(pool, team, pool.likenesses.works[project].team_id)]


def _in_common(likeness: Likeness) -> Iterable[Reason]:
    if likeness.topics:
        weight = SHARED_TOPIC * min(1.5, sum(share for _topic, share in likeness.topics))
        yield Reason("shared_topic", weight, {"topics": [topic for topic, _share in likeness.topics]})
    if likeness.phase_of is not None:
        code, weight = ("phase_ahead", PHASE_AHEAD) if likeness.steps_ahead else ("phase_same", PHASE_SAME)
        yield Reason(code, weight, {"project": likeness.phase_of})
    if likeness.words:
        code = "same_words" if likeness.words >= _WORDS_WORTH_SAYING else "some_words"
        yield Reason(code, SAME_WORDS * likeness.words)


def kin(kinship: Kinship) -> Iterable[Reason]:
    if kinship.neighbours:
        yield Reason("neighbours", NEIGHBOURS)
    if kinship.kind:
        yield Reason("same_kind", SAME_KIND, {"kind": kinship.kind})
    if kinship.language:
        yield Reason("same_language", SAME_LANGUAGE, {"language": kinship.language})
    if kinship.country:
        yield Reason("same_country", SAME_COUNTRY, {"country": kinship.country})


def _met(pool: Pool, team: int, other: int) -> Iterable[Reason]:
    """The two teams were introduced, and a person said whether it helped."""
    helped = pool.helped.get((team, other))
    if helped is not None:
        code, weight = ("met_and_helped", HELPED) if helped else ("met_in_vain", DID_NOT_HELP)
        yield Reason(code, weight, {"team": other})


def likeness_of_all(pool: Pool, teams: tuple[int, ...]) -> dict[int, int]:
    """Of every project of the pool the sum of `like_ours`, in points; the same for everybody of these teams."""

    def count() -> dict[int, int]:
        by_team = [_likeness_to(pool, team) for team in teams]
        if len(by_team) < 2:
            return by_team[0] if by_team else {}
        return {pk: max(scores[pk] for scores in by_team) for pk in by_team[0]}

    return pool.remembered(("likeness", teams), count)


def _likeness_to(pool: Pool, team: int) -> dict[int, int]:
    """Most projects have no more in common with a team than their cities have: so by city first."""

    def count() -> dict[int, int]:
        of_city = kinship_of_cities(pool, team)
        scores = {pk: of_city[city] for city, pks in pool.in_city.items() for pk in pks}
        for pk, words in pool.likenesses.words.get(team, {}).items():
            scores[pk] += SAME_WORDS * words
        for pk, (shared, ahead) in pool.likenesses.in_topics(team).items():
            if pk in scores:
                scores[pk] += SHARED_TOPIC * min(1.5, shared) + _WORTH_OF_PHASE[ahead]
        for (one, other), helped in pool.helped.items():
            if one == team:
                for pk in pool.candidates_of_team.get(other, ()):
                    scores[pk] += HELPED if helped else DID_NOT_HELP
        return {pk: round(score * 1_000_000) for pk, score in scores.items()}

    return pool.remembered(("likeness", team), count)


def kinship_of_cities(pool: Pool, team: int) -> dict[int, float]:
    """The sum of `kin` of the team's city with each other city, by that one's key."""
    own = pool.likenesses.cities[team].pk

    def count() -> dict[int, float]:
        alike: dict[tuple[object, ...], float] = {}
        found = {}
        for pk, city in pool.all_cities.items():
            sort = (city.country, city.kind, *city.languages)
            if sort not in alike and pk != own:
                alike[sort] = sum_of(kin(replace(pool.likenesses.kinship(team, city), neighbours=False)))
            is_tied = frozenset((own, pk)) in pool.ties
            found[pk] = 0.0 if pk == own else alike[sort] + (NEIGHBOURS if is_tied else 0.0)
        return found

    return pool.remembered(("kinship", own), count)


# --- What a person adds -------------------------------------------------------------------------------------------


class Personal:
    """What one reader's follows, searches, wishes and memory add to the score of projects."""

    def __init__(self, reader: Reader, pool: Pool) -> None:
        self.reader, self.pool = reader, pool
        self._carried_by_city: dict[int, float] = {}
        self._carried_by_topic: dict[int, float] = {}
        for project, wish in sorted(reader.said_of_projects.items()):
            # A project narrowed since tells nothing about others any more.
            if pool.sees(reader, project):
                self._carry(project, wish)

        self._cities = (
            reader.cities | reader.said_of_cities.keys() | reader.times_shown.keys() | self._carried_by_city.keys()
        )
        self._topics = reader.topics | self._carried_by_topic.keys()
        self._projects = (
            reader.projects | reader.fitting.keys() | reader.said_of_projects.keys() | reader.shown_projects.keys()
        )

    def touches(self, project: int) -> bool:
        """Whether there is anything of the reader's own to say of it; of most projects there is not."""
        pool = self.pool
        return (
            project in self._projects
            or pool.city_key[project] in self._cities
            or not self._topics.isdisjoint(pool.likenesses.works[project].topics)
        )

    def points(self, project: int, news: list[News]) -> int:
        return points(sum_of(self.reasons(project, news))) if self.touches(project) else 0

    def _carry(self, project: int, wish: str) -> None:
        for_city, for_topic = (
            (MORE_OF_CITY, MORE_OF_TOPIC) if wish == FeedbackWish.MORE else (LESS_OF_CITY, LESS_OF_TOPIC)
        )
        city = self.pool.city_key[project]
        self._carried_by_city[city] = self._carried_by_city.get(city, 0.0) + for_city
        for topic, rank in self.pool.likenesses.works[project].topics.items():
            if rank == 1:
                self._carried_by_topic[topic] = self._carried_by_topic.get(topic, 0.0) + for_topic

    def raised(self) -> set[int]:
        """The projects that may be worth more to this reader than to the others of the team; all others are worth the
        same or less."""
        reader, pool = self.reader, self.pool
        found = (reader.projects | reader.fitting.keys() | reader.said_of_projects.keys()) & pool.candidates
        cities = {city for city, wish in reader.said_of_cities.items() if wish == FeedbackWish.MORE}
        cities.update(city for city, weight in self._carried_by_city.items() if weight > 0)
        topics = reader.topics.union(topic for topic, weight in self._carried_by_topic.items() if weight > 0)
        return found.union(
            *(pool.in_city.get(city, ()) for city in cities | reader.cities),
            *(pool.with_topic.get(topic, ()) for topic in topics),
        )

    def reasons(self, project: int, news: list[News]) -> list[Reason]:
        return [*self._follows(project), *self._fits(project, news), *self._said(project), *self._remembers(project)]

    def _follows(self, project: int) -> Iterable[Reason]:
        reader, city = self.reader, self.pool.city_key[project]
        if project in reader.projects:
            yield Reason("follows_project", FOLLOWS_PROJECT)
        if city in reader.cities:
            yield Reason("follows_city", FOLLOWS_CITY, {"city": city})
        if reader.topics and (topics := sorted(reader.topics & self.pool.likenesses.works[project].topics.keys())):
            yield Reason("follows_topic", FOLLOWS_TOPIC, {"topics": topics})

    def _fits(self, project: int, news: list[News]) -> Iterable[Reason]:
        search = self.reader.fitting.get(project)
        if search is not None and news:
            is_new = any(one.verb == Verb.PROJECT_SHARED for one in news)
            yield Reason("saved_search", SEARCH_FOUND if is_new else SEARCH_FITS, {"search": search})

    def _said(self, project: int) -> Iterable[Reason]:
        reader, city = self.reader, self.pool.city_key[project]
        if wish := reader.said_of_projects.get(project):
            more = wish == FeedbackWish.MORE
            yield Reason("more_of_project" if more else "less_of_project", MORE if more else LESS)
        if wish := reader.said_of_cities.get(city):
            more = wish == FeedbackWish.MORE
            yield Reason("more_of_city" if more else "less_of_city", MORE_CITY if more else LESS_CITY, {"city": city})
        carried = self._carried_by_city.get(city, 0.0)
        leading = self.pool.leading[project]
        if leading is not None:
            carried += self._carried_by_topic.get(leading, 0.0)
        if carried:
            yield Reason("more_like_this" if carried > 0 else "less_like_this", carried)

    def _remembers(self, project: int) -> Iterable[Reason]:
        city = self.pool.city_key[project]
        if project in self.reader.shown_projects:
            yield Reason("shown_before", SHOWN_BEFORE)
        if times := self.reader.times_shown.get(city, 0):
            yield Reason("city_shown_lately", max(MOST_TIRED, TIRED_OF_CITY * times), {"city": city, "times": times})
