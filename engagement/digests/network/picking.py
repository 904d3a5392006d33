"""One reader's items, as they are picked: the best by score, then what has a place whatever its score."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain, islice

from cities.models import City
from engagement.choices import FeedbackWish, ItemKind
from engagement.digests.exposure import stable
from engagement.digests.network import scoring
from engagement.digests.network.chosen import Chosen, Why
from engagement.digests.network.meeting import why_meet
from engagement.digests.network.offers import pins, suggestions
from engagement.digests.network.pool import Pool
from engagement.digests.network.questions import open_questions
from engagement.digests.network.ranking import Ranking
from engagement.digests.network.readers import Reader
from engagement.digests.network.scoring import MOST_REMEMBERED, Reason, points

MOST_ITEMS = 7
MOST_OF_A_CITY = 2
MOST_OF_A_TOPIC = 3
MOST_QUESTIONS = 2
MOST_MATCHES = 2
MOST_PINS = 2
# Quiet teams in one digest, where there are fewer readers than such teams.
MOST_QUIET = 3


class Picking:
    """Asked in the order of its methods; `items` are in the order shown."""

    def __init__(self, reader: Reader, pool: Pool) -> None:
        self.reader, self.pool = reader, pool
        self.ranking = Ranking(reader, pool)
        self.items: list[Chosen] = []
        self.of_city: Counter[int] = Counter()
        self.of_topic: Counter[int | None] = Counter()
        # More would have been there than there was place for.
        self.is_full = False

    def fits(self, city: int, topic: int | None, beside: Sequence[Chosen] = ()) -> bool:
        of_city = self.of_city[city] + sum(item.city.pk == city for item in beside)
        of_topic = self.of_topic[topic] + sum(item.topic == topic for item in beside) if topic is not None else 0
        return of_city < MOST_OF_A_CITY and of_topic < MOST_OF_A_TOPIC

    def take(self, item: Chosen) -> None:
        self.items.append(item)
        self.of_city[item.city.pk] += 1
        if item.topic is not None:
            self.of_topic[item.topic] += 1

    # --- Pinned, and the best -------------------------------------------------------------------------------------

    def take_pins(self) -> None:
        for pin in pins(self.reader, self.pool)[:MOST_PINS]:
            why = Reason("pinned", scoring.PINNED, {"operator": pin.operator, "pin": pin.pk})
            item = self._project(pin.project, why)
            item.pin_id, item.is_company = pin.pk, False
            self.take(item)

    def take_the_best(self) -> None:
        """One place is kept for the city to meet."""
        others = [*open_questions(self.reader, self.pool)[:MOST_QUESTIONS], *suggestions(self.reader, self.pool)[:1]]
        scored: Iterable[tuple[tuple[int, str, int], Chosen | None]] = _as_ordered(self.ranking.best_first())
        if others:
            scored = merge(scored, sorted((item.order, item) for item in others))
        taken, matches = {item.project_id for item in self.items}, 0
        for (minus_score, _kind, key), item in scored:
            if len(self.items) >= MOST_ITEMS - 1:
                self.is_full = True
                return
            if item is not None:
                if self.fits(item.city.pk, item.topic):
                    self.take(item)
            elif minus_score < -points(MOST_REMEMBERED) and key not in taken and self._has_place(key):
                chosen = self._project(key)
                if chosen.why.is_wanted and (not chosen.is_company or matches < MOST_MATCHES):
                    matches += chosen.is_company
                    self.take(chosen)

    def _has_place(self, pk: int, beside: Sequence[Chosen] = ()) -> bool:
        return self.fits(self.pool.city_key[pk], self.pool.leading[pk], beside)

    def _project(self, pk: int, *why: Reason) -> Chosen:
        news = self.ranking.news_of(pk)
        return Chosen(
            ItemKind.PROJECT,
            self.pool.city_of(pk),
            self.ranking.why(pk, *why),
            project_id=pk,
            news=news,
            topic=self.pool.leading[pk],
            is_company=not news,
        )

    # --- A team that nobody heard of, and something from elsewhere --------------------------------------------------

    def quiet_teams(self) -> list[Chosen]:
        """Something of the team whose turn it is; of several, where there are fewer readers than such teams."""
        pool, day = self.pool, self.pool.day(self.reader)
        mine = pool.turns.of(self.reader.pk, day)
        places = min(MOST_QUIET, len(mine))
        found: list[Chosen] = []
        for team in [*mine, *pool.turns.due(day)[:3]]:
            if places == 0:
                break
            city = pool.city_of_team.get(team)
            if city is None or not self._may_be_quiet(team, city):
                continue
            places -= 1
            if not any(self._shows(item, team) for item in [*self.items, *found]):
                item = self._of_quiet_team(team, city, found)
                if item is None:
                    places += 1
                else:
                    found.append(item)
        return found

    def _may_be_quiet(self, team: int, city: City) -> bool:
        reader = self.reader
        unwanted = city.pk in reader.hidden or reader.said_of_cities.get(city.pk) == FeedbackWish.LESS
        return team not in reader.sight.member_of and city.pk not in self.pool.cities_of(reader.teams) and not unwanted

    def _shows(self, item: Chosen, team: int) -> bool:
        if item.project_id:
            return self.pool.likenesses.works[item.project_id].team_id == team
        return item.kind == ItemKind.CITY and team in self.pool.teams_of_city[item.city.pk]

    def _of_quiet_team(self, team: int, city: City, beside: Sequence[Chosen]) -> Chosen | None:
        """A piece of its work, or else the city itself."""
        code = "new_city" if self.pool.is_new(city, self.reader.window_end) else "quiet_city"
        why = Reason(code, scoring.QUIET_CITY, {"city": city.pk})
        for pk in self._work_of(team):
            is_unseen = pk not in self.reader.shown_projects or bool(self.ranking.news_of(pk))
            unliked = self.reader.said_of_projects.get(pk) == FeedbackWish.LESS
            if is_unseen and not unliked and self.ranking.is_told(pk) and self._has_place(pk, beside):
                item = self._project(pk, why)
                item.is_company = True
                return item
        if self.reader.times_shown.get(city.pk, 0):
            return None
        return Chosen(ItemKind.CITY, city, Why([why, *why_meet(self.reader, self.pool, city)]), is_company=True)

    def _work_of(self, team: int) -> Iterable[int]:
        """What has news first."""
        known = [pk for pk in self.pool.of_team.get(team, ()) if pk in self.pool.levels]
        return sorted(known, key=lambda pk: (not self.ranking.news_of(pk), known.index(pk)))

    def something_else(self, beside: Sequence[Chosen]) -> list[Chosen]:
        """Where there is more than fits in: one project with news outside the reader's topics and cities, not the same
        for every reader. Where everything fits in, that is among it."""
        if not self.is_full:
            return []
        reader, pool = self.reader, self.pool
        week = pool.day(reader) // 7
        shuffled = _shuffled(pool, reader, week)
        start = stable(reader.pk, week) % len(shuffled) if shuffled else 0
        taken = {item.project_id for item in [*self.items, *beside]}
        cities = {item.city.pk for item in [*self.items, *beside]} | reader.cities | reader.times_shown.keys()
        usual = pool.usual_topics(reader)
        for pk in chain(islice(shuffled, start, None), islice(shuffled, start)):
            is_foreign = usual.isdisjoint(pool.likenesses.works[pk].topics) and pool.city_key[pk] not in cities
            if is_foreign and pk not in taken and self._is_welcome_news(pk, beside):
                return [self._project(pk, Reason("exploration", scoring.EXPLORATION))]
        return []

    def _is_welcome_news(self, pk: int, beside: Sequence[Chosen]) -> bool:
        is_news = self.ranking.is_told(pk) and bool(self.ranking.news_of(pk))
        return is_news and self.reader.said_of_projects.get(pk) != FeedbackWish.LESS and self._has_place(pk, beside)

    def with_places_for(self, others: Sequence[Chosen]) -> list[Chosen]:
        """The last by score give way; what is pinned does not, nor the only news."""
        while len(self.items) + len(others) > MOST_ITEMS - 1:
            may_go = [item for item in self.items if not item.pin_id and not self._is_the_only_news(item)]
            self.items.remove(may_go[-1])
        return [*self.items, *others]

    def _is_the_only_news(self, item: Chosen) -> bool:
        return not item.is_company and sum(not one.is_company for one in self.items) == 1


def _as_ordered(projects: Iterator[tuple[int, int]]) -> Iterator[tuple[tuple[int, str, int], None]]:
    kind = str(ItemKind.PROJECT)
    return (((minus_score, kind, pk), None) for minus_score, pk in projects)


def _shuffled(pool: Pool, reader: Reader, week: int) -> list[int]:
    """The projects with news, in an order of the week's own."""
    window = (reader.window_start, reader.window_end)
    return pool.remembered(
        ("shuffled", window, week), lambda: sorted(pool.news_between(*window), key=lambda pk: stable(pk, week))
    )
