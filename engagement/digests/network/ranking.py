"""The projects for one reader, the best first, each with what it scores, found without scoring them all.

Everybody of a team shares one list, sorted once. A reader differs from it by a few projects that are raised (followed,
fitting a search, wanted more of), which are scored at once; all others can only be worth less than in the list, so the
list is walked just as far as it takes to know the next best.
"""

import datetime as dt
import heapq
from collections.abc import Iterator

from engagement.digests.network.chosen import Why
from engagement.digests.network.pool import News, Pool
from engagement.digests.network.readers import Reader
from engagement.digests.network.scoring import (
    LEAST_MATCH,
    MATCH,
    Personal,
    Reason,
    like_ours,
    likeness_of_all,
    newness,
    points,
    sum_of,
)
from engagement.digests.sight import SEEN_BY_EVERYBODY

Teams = tuple[int, ...]
Window = tuple[dt.datetime, dt.datetime]


class Ranking:
    """The projects that a reader may be told of."""

    def __init__(self, reader: Reader, pool: Pool) -> None:
        self.reader, self.pool = reader, pool
        self.personal = Personal(reader, pool)
        self._window = (reader.window_start, reader.window_end)
        self._news = pool.news_between(*self._window)
        self._newness = _newness(pool, self._window)
        self._likeness = likeness_of_all(pool, reader.teams)

    def best_first(self) -> Iterator[tuple[int, int]]:
        """Minus the score in points, and the project; between equals the lower number first."""
        listed = _listed(self.pool, self.reader.teams, self._window)
        raised = self.personal.raised()
        ready = [(-score, pk) for pk in raised if (score := self.score_of(pk)) is not None]
        heapq.heapify(ready)
        for highest, pk in listed:
            while ready and ready[0] < (highest, 0):
                yield heapq.heappop(ready)
            if pk not in raised and (score := self.score_of(pk)) is not None:
                heapq.heappush(ready, (-score, pk))
        while ready:
            yield heapq.heappop(ready)

    def score_of(self, pk: int) -> int | None:
        """None where the reader is not told of it."""
        if not self.is_told(pk):
            return None
        news = self.news_of(pk)
        if news:
            new = (
                self._newness[pk]
                if len(news) == len(self._news[pk])
                else points(sum_of(newness(self._window[1], news)))
            )
        elif self.is_match(pk):
            new = points(MATCH)
        else:
            return None
        return self._likeness.get(pk, 0) + new + self.personal.points(pk, news)

    def is_told(self, pk: int) -> bool:
        """Somebody else's, seen by the reader, of a city that is not hidden."""
        reader = self.reader
        return (
            self.pool.sees(reader, pk)
            and self.pool.likenesses.works[pk].team_id not in reader.sight.member_of
            and self.pool.city_key[pk] not in reader.hidden
        )

    def news_of(self, pk: int) -> list[News]:
        """In the window, and newer than what the reader was shown; the newest first."""
        news = self._news.get(pk, [])
        shown = self.reader.shown_projects.get(pk)
        return news if shown is None else [one for one in news if one.pk > shown]

    def is_match(self, pk: int) -> bool:
        """Without news, but like the reader's own work and never shown to them."""
        return pk in _matching(self.pool, self.reader.teams) and pk not in self.reader.shown_projects

    def why(self, pk: int, *more: Reason) -> Why:
        """Its reasons and some more. Where there is nothing of the reader's own among them, they are the same for
        everybody of these teams who shares the window."""
        if self.personal.touches(pk):
            return Why([*more, *self.reasons(pk)])
        key = ("why", self.reader.teams, self._window, pk, *[(one.code, *one.facts.values()) for one in more])
        return self.pool.remembered(key, lambda: Why([*more, *self.reasons(pk)]))

    def reasons(self, pk: int) -> list[Reason]:
        """Whose sum is the score."""
        news = self.news_of(pk)
        new = newness(self.reader.window_end, news) if news else [Reason("match", MATCH)] if self.is_match(pk) else []
        return [*self.personal.reasons(pk, news), *like_ours(self.pool, self.reader.teams, pk), *new]

    def number_with_news(self) -> int:
        """How many projects there are news of, for this reader."""
        reader, pool = self.reader, self.pool
        open_to_all, narrower = _with_news(pool, self._window)
        not_told = {pk for team in reader.sight.member_of for pk in pool.candidates_of_team.get(team, ())}
        not_told.update(*(pool.in_city.get(city, ()) for city in reader.hidden))
        not_told.update(pk for pk in reader.shown_projects if pk in open_to_all and not self.news_of(pk))
        told = sum(self.is_told(pk) and bool(self.news_of(pk)) for pk in narrower)
        return len(open_to_all) - len(not_told & open_to_all) + told


def _newness(pool: Pool, window: Window) -> dict[int, int]:
    """In points; the same for everybody who shares the window."""
    news = pool.news_between(*window)
    return pool.remembered(
        ("newness", window), lambda: {pk: points(sum_of(newness(window[1], same))) for pk, same in news.items()}
    )


def _listed(pool: Pool, teams: Teams, window: Window) -> list[tuple[int, int]]:
    """The same for everybody of these teams who shares the window."""

    def count() -> list[tuple[int, int]]:
        likeness, newness_of = likeness_of_all(pool, teams), _newness(pool, window)
        found = [(-likeness.get(pk, 0) - new, pk) for pk, new in newness_of.items()]
        found += [(-likeness[pk] - points(MATCH), pk) for pk in _matching(pool, teams) if pk not in newness_of]
        # One that had news, but which the reader has been shown, is worth less than it is listed for, never more.
        return sorted(found)

    return pool.remembered(("listed", teams, window), count)


def _matching(pool: Pool, teams: Teams) -> set[int]:
    """Older projects in the topics of these teams that are like their work."""

    def count() -> set[int]:
        likeness = likeness_of_all(pool, teams)
        topics = set().union(*(pool.likenesses.topics_of_team(team) for team in teams))
        near = set().union(*(pool.of_topic.get(topic, ()) for topic in topics))
        return {pk for pk in near if likeness.get(pk, 0) >= points(LEAST_MATCH)}

    return pool.remembered(("matching", teams), count)


def _with_news(pool: Pool, window: Window) -> tuple[set[int], set[int]]:
    """Seen by everybody, and by some."""

    def count() -> tuple[set[int], set[int]]:
        news = pool.news_between(*window).keys()
        open_to_all = {pk for pk in news if pool.levels[pk] in SEEN_BY_EVERYBODY}
        return open_to_all, news - open_to_all

    return pool.remembered(("with news", window), count)
