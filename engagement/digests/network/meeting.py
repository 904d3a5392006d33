"""The city to meet, which closes a digest: not the reader's, not met before, alike, and rather one seldom shown."""

from collections import Counter
from collections.abc import Iterable

from cities.models import City
from engagement.choices import FeedbackWish, ItemKind
from engagement.digests.network import scoring
from engagement.digests.network.chosen import Chosen, Why
from engagement.digests.network.pool import Pool
from engagement.digests.network.readers import Reader
from engagement.digests.network.scoring import Reason, kin, kinship_of_cities, points, sum_of


def city_to_meet(reader: Reader, pool: Pool, in_digest: set[int]) -> Chosen | None:
    """Not one of the digest's own, not the reader's, not met before; alike, and rather one that is seldom shown. Where
    there are fewer readers than quiet teams, one of those first."""
    away = in_digest | pool.cities_of(reader.teams) | reader.hidden | reader.cities
    away |= {city for city, wish in reader.said_of_cities.items() if wish == FeedbackWish.LESS}
    turn = pool.turns.of(reader.pk, pool.day(reader))
    waiting = [pool.city_of_team[team].pk for team in turn] if len(turn) > 1 else []
    sights = _sights(reader, pool)
    for pk in waiting:
        if pk not in away and not reader.times_shown.get(pk, 0):
            return sights.meet(pk)
    away |= reader.met_cities
    return next((sights.meet(pk) for _score, pk in sights.in_order if pk not in away), None)


def why_meet(reader: Reader, pool: Pool, city: City) -> list[Reason]:
    return _sights(reader, pool).why(city.pk).reasons


def _sights(reader: Reader, pool: Pool) -> "_Sights":
    """The same for everybody of the same teams who follows the same topics."""
    day = pool.day(reader)
    topics = frozenset(reader.topics)
    return pool.remembered(
        ("cities", reader.teams, topics, day), lambda: _Sights(pool, reader.teams, pool.usual_topics(reader), day)
    )


class _Sights:
    """The cities of the network as some teams look at them; `in_order` by minus the score, the best first."""

    def __init__(self, pool: Pool, teams: tuple[int, ...], topics: set[int], day: int) -> None:
        self._pool, self._teams, self._topics = pool, teams, topics
        self._quiet = pool.remembered(("quiet", day), lambda: _quiet_cities(pool, day))
        self._why: dict[int, Why] = {}
        shared = Counter[int]()
        for topic in topics:
            shared.update(pool.cities_on.get(topic, ()))
        kinships = [kinship_of_cities(pool, team) for team in teams]
        self.in_order = sorted(
            (
                -points(
                    _worth_of_shared(shared[city])
                    + max([kinship[city] for kinship in kinships], default=0.0)
                    + (scoring.QUIET_CITY if city in self._quiet else 0.0)
                ),
                city,
            )
            for city in pool.cities_to_meet
        )

    def meet(self, pk: int) -> Chosen:
        return Chosen(ItemKind.CITY, self._pool.all_cities[pk], self.why(pk), is_company=True)

    def why(self, pk: int) -> Why:
        if pk not in self._why:
            self._why[pk] = Why(self._reasons(self._pool.all_cities[pk]))
        return self._why[pk]

    def _reasons(self, city: City) -> Iterable[Reason]:
        pool = self._pool
        works_on = pool.topics_of_city[city.pk]
        if shared := sorted(self._topics & works_on.keys(), key=lambda topic: (-works_on[topic], topic)):
            yield Reason("city_shares_topic", _worth_of_shared(len(shared)), {"topics": shared[:3]})
        yield from max((list(kin(pool.likenesses.kinship(team, city))) for team in self._teams), key=sum_of, default=[])
        if city.pk in self._quiet:
            yield Reason("seldom_shown", scoring.QUIET_CITY)


def _worth_of_shared(topics: int) -> float:
    return scoring.SHARED_TOPIC * min(1.0, 0.5 * topics)


def _quiet_cities(pool: Pool, day: int) -> set[int]:
    """Nobody was shown them lately."""
    return {pool.city_of_team[team].pk for team in pool.turns.due(day)}
