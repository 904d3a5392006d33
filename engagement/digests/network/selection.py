"""What goes into one person's digest: picked with variety, the same on every run and in whatever batch.

First the best by score; then a place is made for a team that nobody heard of lately and for something outside the
reader's own field, and a city to meet closes it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain, islice
from typing import Any

from cities.models import City
from engagement.choices import FeedbackWish, ItemKind
from engagement.digests.exposure import stable
from engagement.digests.network import scoring
from engagement.digests.network.pool import HELP_WANTED, OVERLAP, News, Pin, Pool
from engagement.digests.network.ranking import Ranking
from engagement.digests.network.readers import Asked, Reader
from engagement.digests.network.scoring import (
    MOST_REMEMBERED,
    REMEMBERED,
    Reason,
    kin,
    kinship_of_cities,
    leading_topic,
    points,
    sum_of,
)
from engagement.models import DigestPin, Question, Suggestion
from projects.models import Project

MOST_ITEMS = 7
MOST_OF_A_CITY = 2
MOST_OF_A_TOPIC = 3
MOST_QUESTIONS = 2
MOST_MATCHES = 2
MOST_PINS = 2
# Quiet teams in one digest, where there are fewer readers than such teams.
MOST_QUIET = 3


@dataclass(eq=False)
class Chosen:
    """`project` and `pin` are read whole when all is chosen (`Pool.fetch`)."""

    kind: str
    city: City
    reasons: list[Reason]
    project_id: int | None = None
    question: Question | None = None
    suggestion: Suggestion | None = None
    pin_id: int | None = None
    news: list[News] = field(default_factory=list)
    topic: int | None = None
    # Company for news, not news: a city, a match, what it is some team's turn for.
    is_company: bool = False
    project: Project | None = None
    pin: DigestPin | None = None

    def __post_init__(self) -> None:
        self.reasons.sort(key=lambda reason: (-reason.weight, reason.code))

    @property
    def score(self) -> float:
        return sum_of(self.reasons)

    @property
    def is_wanted(self) -> bool:
        """Worth something, were it the first that the reader hears of."""
        return sum_of([reason for reason in self.reasons if reason.code not in REMEMBERED]) > 0

    @property
    def order(self) -> tuple[int, str, int]:
        """Best first; between equals the kind and then the lower number, so that every run agrees."""
        thing = self.project_id or (self.question or self.suggestion or self.city).pk
        return (-points(self.score), str(self.kind), thing)


@dataclass
class Selection:
    """In the order shown: what is pinned; projects, questions and a suggestion by score; a quiet team's; something from
    elsewhere; the city to meet."""

    items: list[Chosen]
    more: int = 0

    @property
    def is_worth_a_mail(self) -> bool:
        """A city to meet, a quiet one or a match are company for news, not news."""
        return any(not item.is_company for item in self.items)


def choose(asked: Sequence[Asked]) -> tuple[Pool, list[Selection]]:
    """For each who asked, with what was chosen read whole."""
    pool = Pool(asked)
    selections = [select(pool.readers[one.person_id], pool) for one in asked]
    items = [item for selection in selections for item in selection.items]
    pool.fetch((item.project_id for item in items if item.project_id), (item.pin_id for item in items if item.pin_id))
    for selection in selections:
        # Deleted in this very moment.
        selection.items = [item for item in selection.items if not item.project_id or item.project_id in pool.projects]
        for item in selection.items:
            item.project = pool.projects[item.project_id] if item.project_id else None
            item.pin = pool.whole_pins.get(item.pin_id) if item.pin_id else None
    return pool, selections


def select(reader: Reader, pool: Pool) -> Selection:
    """Only what the reader may see now, newer than what the reader was shown; not the own team's."""
    picking = _Picking(reader, pool)
    picking.take_pins()
    picking.take_the_best()
    if all(item.is_company for item in picking.items):
        return Selection([])
    quiet = picking.quiet_teams()
    elsewhere = picking.something_else(quiet)
    items = picking.with_places_for([*quiet, *elsewhere])
    if meet := _city_to_meet(reader, pool, {item.city.pk for item in items}):
        items.append(meet)
    with_news = sum(item.kind == ItemKind.PROJECT and bool(item.news) for item in items)
    return Selection(items, max(0, picking.ranking.number_with_news() - with_news))


class _Picking:
    """One reader's items, as they are picked."""

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
        for pin in _pins(self.reader, self.pool)[:MOST_PINS]:
            item = self._project(
                pin.project, Reason("pinned", scoring.PINNED, {"operator": pin.operator, "pin": pin.pk})
            )
            item.pin_id, item.is_company = pin.pk, False
            self.take(item)

    def take_the_best(self) -> None:
        """One place is kept for the city to meet."""
        others = [*_questions(self.reader, self.pool)[:MOST_QUESTIONS], *_suggestions(self.reader, self.pool)[:1]]
        scored = merge(_as_ordered(self.ranking.best_first()), sorted((item.order, item) for item in others))
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
                if chosen.is_wanted and (not chosen.is_company or matches < MOST_MATCHES):
                    matches += chosen.is_company
                    self.take(chosen)

    def _has_place(self, pk: int, beside: Sequence[Chosen] = ()) -> bool:
        return self.fits(self.pool.city_key[pk], leading_topic(self.pool, pk), beside)

    def _project(self, pk: int, *why: Reason) -> Chosen:
        news = self.ranking.news_of(pk)
        return Chosen(
            ItemKind.PROJECT,
            self.pool.city_of(pk),
            [*why, *self.ranking.reasons(pk)],
            project_id=pk,
            news=news,
            topic=leading_topic(self.pool, pk),
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
        return team not in reader.sight.member_of and city.pk not in _home(reader, self.pool) and not unwanted

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
        return Chosen(ItemKind.CITY, city, [why, *_why_meet(self.reader, self.pool, city)], is_company=True)

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
        usual = _usual_topics(reader, pool)
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


def _home(reader: Reader, pool: Pool) -> set[int]:
    return {pool.city_of_team[team].pk for team in reader.teams}


def _usual_topics(reader: Reader, pool: Pool) -> set[int]:
    return reader.topics.union(*(pool.likenesses.topics_of_team(team) for team in reader.teams))


def _shuffled(pool: Pool, reader: Reader, week: int) -> list[int]:
    """The projects with news, in an order of the week's own."""
    window = (reader.window_start, reader.window_end)
    return pool.remembered(
        ("shuffled", window, week), lambda: sorted(pool.news_between(*window), key=lambda pk: stable(pk, week))
    )


# --- Pins, suggestions, questions ---------------------------------------------------------------------------------


def _pins(reader: Reader, pool: Pool) -> list[Pin]:
    """Those of the operators that accompany the reader's city, once each."""
    found = []
    for pin in sorted(pool.pins, key=lambda pin: pin.pk):
        reached = not reader.sight.member_of.isdisjoint(pool.reached_by[pin.operator])
        still = pin.until >= pool.day(reader) and pin.pk not in reader.shown_pins
        if reached and still and pool.sees(reader, pin.project):
            work = pool.likenesses.works[pin.project]
            if work.team_id not in reader.sight.member_of and pool.city_of(pin.project).pk not in reader.hidden:
                found.append(pin)
    return found


def _suggestions(reader: Reader, pool: Pool) -> list[Chosen]:
    """For the reader's teams, the best first. What it rests on must still be the reader's to see."""
    found = [one for team in reader.teams for one in pool.suggestions.get(team, ())]
    return [
        Chosen(
            ItemKind.SUGGESTION,
            pool.city_of_team[one.with_team_id],
            [Reason("suggested", scoring.SUGGESTED, {"why": one.reason, "team": one.with_team_id})],
            suggestion=one,
        )
        for one in sorted(found, key=lambda one: (-one.score, one.pk))
        if one.pk not in reader.shown_suggestions
        and one.made_at < reader.window_end
        and pool.city_of_team[one.with_team_id].pk not in reader.hidden
        and _rests_on_what_is_seen(reader, one)
    ]


def _rests_on_what_is_seen(reader: Reader, suggestion: Suggestion) -> bool:
    about = [suggestion.project, suggestion.question.project if suggestion.question else None]
    return all(reader.sight.sees(one.visibility, one.team_id) for one in about if one)


def _questions(reader: Reader, pool: Pool) -> list[Chosen]:
    """Open ones in the reader's topics or about what the reader follows, the best first; not asked or already answered
    by the reader or the own team."""
    ours = set().union(*(pool.likenesses.topics_of_team(team) for team in reader.teams))
    found = []
    for question in pool.questions:
        if question.pk in reader.shown_questions or not _is_for(reader, pool, question):
            continue
        reasons = list(_why_asked(reader, pool, question, ours))
        if reasons:
            city = pool.city_of_team[question.team_id]
            reasons += [Reason("call_for_help", scoring.CALL_FOR_HELP)] if _is_call_for_help(question) else []
            found.append(Chosen(ItemKind.QUESTION, city, reasons, question=question))
    return sorted(found, key=lambda item: item.order)


def _why_asked(reader: Reader, pool: Pool, question: Any, ours: set[int]) -> Iterator[Reason]:
    topics = _topics_of(question, pool)
    if question.project_id in reader.projects:
        yield Reason("question_about_followed", scoring.QUESTION_ABOUT_FOLLOWED)
    if pool.city_of_team[question.team_id].pk in reader.cities:
        yield Reason("follows_city", scoring.FOLLOWS_CITY, {"city": pool.city_of_team[question.team_id].pk})
    if followed := sorted(reader.topics & topics):
        yield Reason("question_follows_topic", scoring.FOLLOWS_TOPIC, {"topics": followed})
    if shared := sorted(ours & topics):
        yield Reason("question_in_topic", scoring.SHARED_TOPIC, {"topics": shared})


def _topics_of(question: Any, pool: Pool) -> set[int]:
    """Its own, and those of the project it is about."""
    work = pool.likenesses.works.get(question.project_id) if question.project_id else None
    return {*question.about, *(work.topics if work else ())}


def _is_call_for_help(question: Any) -> bool:
    """A team asks about work of its own, and nobody has answered. Whether that project is said to be stuck is told to
    those who accompany it alone, so it counts for nothing here."""
    return bool(question.project and question.project.team_id == question.team_id and not question.answerers)


def _is_for(reader: Reader, pool: Pool, question: Any) -> bool:
    since = reader.window_end - HELP_WANTED if _is_call_for_help(question) else reader.window_start - OVERLAP
    if not since <= question.asked_at < reader.window_end:
        return False
    if question.author_id == reader.pk or question.team_id in reader.sight.member_of:
        return False
    if reader.pk in question.answerers or not reader.sight.member_of.isdisjoint(question.answering):
        return False
    if pool.city_of_team[question.team_id].pk in reader.hidden:
        return False
    about = question.project
    return about is None or (
        reader.sight.sees(about.visibility, about.team_id) and pool.city_of_team[about.team_id].pk not in reader.hidden
    )


# --- A city to meet -----------------------------------------------------------------------------------------------


def _city_to_meet(reader: Reader, pool: Pool, in_digest: set[int]) -> Chosen | None:
    """Not one of the digest's own, not the reader's, not met before; alike, and rather one that is seldom shown. Where
    there are fewer readers than quiet teams, one of those first."""
    away = in_digest | _home(reader, pool) | reader.hidden | reader.cities
    away |= {city for city, wish in reader.said_of_cities.items() if wish == FeedbackWish.LESS}
    turn = pool.turns.of(reader.pk, pool.day(reader))
    waiting = [pool.city_of_team[team].pk for team in turn] if len(turn) > 1 else []
    for pk in waiting:
        if pk not in away and not reader.times_shown.get(pk, 0):
            return _to_meet(reader, pool, pk)
    away |= reader.met_cities
    return next((_to_meet(reader, pool, pk) for _score, pk in _cities_in_order(reader, pool) if pk not in away), None)


def _to_meet(reader: Reader, pool: Pool, pk: int) -> Chosen:
    city = pool.all_cities[pk]
    return Chosen(ItemKind.CITY, city, list(_why_meet(reader, pool, city)), is_company=True)


def _cities_in_order(reader: Reader, pool: Pool) -> list[tuple[int, int]]:
    """The same for everybody of the same teams who follows the same topics."""
    day = pool.day(reader)

    def count() -> list[tuple[int, int]]:
        ours = _usual_topics(reader, pool)
        kinships = [kinship_of_cities(pool, team) for team in reader.teams]
        found = []
        for city in pool.cities_to_meet:
            shared = len(ours & pool.topics_of_city[city.pk].keys())
            score = _worth_of_shared(shared) + max([kinship[city.pk] for kinship in kinships], default=0.0)
            found.append((-points(score + (scoring.QUIET_CITY if _is_quiet(pool, city, day) else 0.0)), city.pk))
        return sorted(found)

    return pool.remembered(("cities", reader.teams, frozenset(reader.topics), day), count)


def _worth_of_shared(topics: int) -> float:
    return scoring.SHARED_TOPIC * min(1.0, 0.5 * topics)


def _is_quiet(pool: Pool, city: City, day: int) -> bool:
    """Nobody was shown it lately."""
    due = pool.remembered(("due", day), lambda: frozenset(pool.turns.due(day)))
    return not due.isdisjoint(pool.teams_of_city[city.pk])


def _why_meet(reader: Reader, pool: Pool, city: City) -> Iterable[Reason]:
    works_on = pool.topics_of_city[city.pk]
    ours = _usual_topics(reader, pool)
    if shared := sorted(ours & works_on.keys(), key=lambda topic: (-works_on[topic], topic)):
        yield Reason("city_shares_topic", _worth_of_shared(len(shared)), {"topics": shared[:3]})
    yield from max((list(kin(pool.likenesses.kinship(team, city))) for team in reader.teams), key=sum_of, default=[])
    if _is_quiet(pool, city, pool.day(reader)):
        yield Reason("seldom_shown", scoring.QUIET_CITY)
