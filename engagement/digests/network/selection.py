"""What goes into one person's digest and why: scored, picked with variety, the same on every run.

A score is the sum of its reasons, so the stored reasons explain it whole. Weights were set by hand; what they must
achieve is written down in tests/engagement/test_digest_selection.py.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from cities.models import City
from engagement.choices import ItemKind
from engagement.digests.network.pool import OVERLAP, News, Pool, Reader
from engagement.likeness import Kinship
from engagement.models import DigestPin, Question, Suggestion
from projects.choices import Verb
from projects.models import Project

MOST_ITEMS = 7
MOST_OF_A_CITY = 2
MOST_QUESTIONS = 2

FOLLOWS_PROJECT, FOLLOWS_CITY, FOLLOWS_TOPIC = 6.0, 3.0, 3.0
SHARED_TOPIC, PHASE_AHEAD, PHASE_SAME, SAME_WORDS = 3.0, 1.5, 1.0, 1.5
NEIGHBOURS, SAME_KIND, SAME_LANGUAGE, SAME_COUNTRY = 1.5, 0.8, 0.6, 0.4
FRESH, HALF_LIFE_DAYS = 1.0, 7.0
QUIET_CITY = 0.5
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


@dataclass(frozen=True)
class Reason:
    """A code with its facts (ids and codes, never words) and what it adds to the score."""

    code: str
    weight: float
    facts: dict[str, object] = field(default_factory=dict)

    def stored(self) -> dict[str, object]:
        return {"code": self.code, "weight": round(self.weight, 4), **self.facts}


@dataclass
class Chosen:
    kind: str
    city: City
    reasons: list[Reason]
    project: Project | None = None
    question: Question | None = None
    suggestion: Suggestion | None = None
    pin: DigestPin | None = None
    news: list[News] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reasons.sort(key=lambda reason: (-reason.weight, reason.code))

    @property
    def score(self) -> float:
        return sum(reason.weight for reason in self.reasons)

    @property
    def order(self) -> tuple[float, str, int]:
        """Best first; between equals the kind and then the lower number, so that every run agrees."""
        thing = self.project or self.question or self.city
        return (-round(self.score, 6), self.kind, thing.pk)


@dataclass
class Selection:
    """In the order shown: projects and questions by score, then the city to meet."""

    items: list[Chosen]
    more: int = 0

    @property
    def is_worth_a_mail(self) -> bool:
        """A city to meet is company for news, not news."""
        return any(item.kind != ItemKind.CITY for item in self.items)


def select(reader: Reader, pool: Pool) -> Selection:
    """Only what the reader may see now, newer than what the reader was shown; not the own team's."""
    best, number = _best_projects(reader, pool)
    questions = sorted(_questions(reader, pool), key=lambda item: item.order)
    picked = _with_variety(best, questions)
    more = number - sum(item.kind == ItemKind.PROJECT for item in picked)
    if picked and (city := _city_to_meet(reader, pool, {item.city.pk for item in picked})):
        picked.append(city)
    return Selection(picked, more)


def _with_variety(projects: list[Chosen], questions: list[Chosen]) -> list[Chosen]:
    """At most so many of one city, so many questions, and one place kept for the city to meet."""
    picked: list[Chosen] = []
    of_city: Counter[int] = Counter()
    for item in sorted([*projects, *questions[:MOST_QUESTIONS]], key=lambda item: item.order):
        if len(picked) < MOST_ITEMS - 1 and of_city[item.city.pk] < MOST_OF_A_CITY:
            of_city[item.city.pk] += 1
            picked.append(item)
    return picked


# --- Projects -----------------------------------------------------------------------------------------------------


def _best_projects(reader: Reader, pool: Pool) -> tuple[list[Chosen], int]:
    """The best few of each city, with their reasons, and how many there were in all.

    Reasons are only written out for what may be picked: for the hundreds of others a number does.
    """
    scored = sorted((-round(score, 6), pk) for pk, score in _scores(reader, pool))
    best: list[Chosen] = []
    of_city: Counter[int] = Counter()
    for _score, pk in scored:
        project = pool.projects[pk]
        city = pool.city_of(project)
        if of_city[city.pk] < MOST_OF_A_CITY:
            of_city[city.pk] += 1
            news = _news_for(reader, pool, pk)
            best.append(Chosen(ItemKind.PROJECT, city, _reasons(reader, pool, project, news), project, news=news))
        if len(best) == MOST_ITEMS:
            break
    return best, len(scored)


def _scores(reader: Reader, pool: Pool) -> Iterable[tuple[int, float]]:
    """Every project that has news for the reader and that the reader sees, with the sum of its reasons."""
    newness = _newness_of_all(pool, reader.window_start, reader.window_end)
    likeness = [_likeness_of_all(pool, team) for team in reader.teams]
    follows = bool(reader.projects or reader.cities or reader.topics)
    for pk, new in newness.items():
        project = pool.projects.get(pk)
        if project is None or project.team_id in reader.sight.member_of:
            continue
        if not reader.sight.sees(project.visibility, project.team_id):
            continue
        if pk in reader.shown_projects:
            news = _news_for(reader, pool, pk)
            if not news:
                continue
            new = _sum(_newness(reader.window_end, news))
        score = new + max((by_team[pk] for by_team in likeness), default=0.0)
        yield pk, score + _sum(_followed(reader, pool, project)) if follows else score


def _news_for(reader: Reader, pool: Pool, pk: int) -> list[News]:
    news = pool.news_between(reader.window_start, reader.window_end)[pk]
    shown = reader.shown_projects.get(pk, 0)
    return [one for one in news if one.pk > shown]


def _newness_of_all(pool: Pool, start: dt.datetime, end: dt.datetime) -> dict[int, float]:
    """The same for everybody who shares the window."""

    def count() -> dict[int, float]:
        return {pk: _sum(_newness(end, news)) for pk, news in pool.news_between(start, end).items()}

    return pool.remembered(("newness", start, end), count)


def _likeness_of_all(pool: Pool, team: int) -> dict[int, float]:
    """The same for everybody of the team."""

    def count() -> dict[int, float]:
        ours = pool.likenesses.topics_of_team(team)
        kin: dict[int, float] = {}
        scores = {}
        for pk, project in pool.projects.items():
            if not ours.isdisjoint(pool.likenesses.works[pk].topics):
                scores[pk] = _sum(_like_team(pool, team, project))
                continue
            # Without a shared topic only words and kinship are left.
            city = pool.city_of(project)
            if city.pk not in kin:
                kin[city.pk] = _sum(_kin(pool.likenesses.kinship(team, city)))
            scores[pk] = kin[city.pk] + SAME_WORDS * pool.likenesses.words.get((team, pk), 0.0)
        return scores

    return pool.remembered(("likeness", team), count)


def _reasons(reader: Reader, pool: Pool, project: Project, news: list[News]) -> list[Reason]:
    return [
        *_followed(reader, pool, project),
        *_like_ours(reader, pool, project),
        *_newness(reader.window_end, news),
    ]


def _sum(reasons: Iterable[Reason]) -> float:
    return sum(reason.weight for reason in reasons)


def _followed(reader: Reader, pool: Pool, project: Project) -> Iterable[Reason]:
    if project.pk in reader.projects:
        yield Reason("follows_project", FOLLOWS_PROJECT)
    if project.team.city_id in reader.cities:
        yield Reason("follows_city", FOLLOWS_CITY, {"city": project.team.city_id})
    if topics := sorted(reader.topics & pool.likenesses.works[project.pk].topics.keys()):
        yield Reason("follows_topic", FOLLOWS_TOPIC, {"topics": topics})


def _like_ours(reader: Reader, pool: Pool, project: Project) -> list[Reason]:
    """By the team whose work is most like it, where the reader has several."""
    by_team = [list(_like_team(pool, team, project)) for team in reader.teams]
    return max(by_team, key=_sum, default=[])


def _like_team(pool: Pool, team: int, project: Project) -> Iterable[Reason]:
    likeness = pool.likenesses.of(team, project.pk)
    if likeness.topics:
        weight = SHARED_TOPIC * min(1.5, sum(share for _topic, share in likeness.topics))
        yield Reason("shared_topic", weight, {"topics": [topic for topic, _share in likeness.topics]})
    if likeness.phase_of is not None:
        code, weight = ("phase_ahead", PHASE_AHEAD) if likeness.steps_ahead else ("phase_same", PHASE_SAME)
        yield Reason(code, weight, {"project": likeness.phase_of})
    if likeness.words:
        code = "same_words" if likeness.words >= _WORDS_WORTH_SAYING else "some_words"
        yield Reason(code, SAME_WORDS * likeness.words)
    yield from _kin(likeness.kinship)


def _kin(kinship: Kinship) -> Iterable[Reason]:
    if kinship.neighbours:
        yield Reason("neighbours", NEIGHBOURS)
    if kinship.kind:
        yield Reason("same_kind", SAME_KIND, {"kind": kinship.kind})
    if kinship.language:
        yield Reason("same_language", SAME_LANGUAGE, {"language": kinship.language})
    if kinship.country:
        yield Reason("same_country", SAME_COUNTRY, {"country": kinship.country})


def _newness(end: dt.datetime, news: list[News]) -> Iterable[Reason]:
    """Freshness is measured from the end of the window, so that a past digest can be explained."""
    best = max(news, key=lambda one: (MATERIAL.get(one.verb, _ANYTHING_ELSE), one.pk))
    yield Reason("news", MATERIAL.get(best.verb, _ANYTHING_ELSE), {"verb": best.verb})
    days = max(0.0, (end - news[0].at).total_seconds() / 86_400)
    yield Reason("fresh", FRESH * 0.5 ** (days / HALF_LIFE_DAYS))


# --- Questions ----------------------------------------------------------------------------------------------------


def _questions(reader: Reader, pool: Pool) -> Iterable[Chosen]:
    """Open ones in the reader's topics, not asked or already answered by the reader or the own team."""
    ours = {topic for team in reader.teams for topic in pool.likenesses.topics_of_team(team)}
    for question in pool.questions:
        if question.pk in reader.shown_questions or not _is_for(reader, question):
            continue
        topics = _topics_of(question)
        reasons = []
        if followed := sorted(reader.topics & topics):
            reasons.append(Reason("question_follows_topic", FOLLOWS_TOPIC, {"topics": followed}))
        if shared := sorted(ours & topics):
            reasons.append(Reason("question_in_topic", SHARED_TOPIC, {"topics": shared}))
        if reasons and question.team:
            city = pool.all_cities[question.team.city_id]
            yield Chosen(ItemKind.QUESTION, city, reasons, question=question)


def _topics_of(question: Question) -> set[int]:
    """Its own, and those of the project it is about."""
    topics = {topic.pk for topic in question.topics.all()}
    return topics | {ranked.topic_id for ranked in question.project.ranked_topics.all()} if question.project else topics


def _is_for(reader: Reader, question: Question) -> bool:
    if not reader.window_start - OVERLAP <= question.asked_at < reader.window_end:
        return False
    if question.author_id == reader.pk or question.team_id in reader.sight.member_of:
        return False
    if any(answer.author_id == reader.pk for answer in question.answers.all()):
        return False
    about = question.project
    return about is None or reader.sight.sees(about.visibility, about.team_id)


# --- A city to meet -----------------------------------------------------------------------------------------------


def _city_to_meet(reader: Reader, pool: Pool, in_digest: set[int]) -> Chosen | None:
    """Not one of the digest's own, not the reader's, not met before; alike, and rather one that is seldom shown."""
    home = {pool.likenesses.cities[team].pk for team in reader.teams}
    away = in_digest | home | reader.met_cities | reader.cities
    for _score, pk in _cities_in_order(reader, pool):
        if pk not in away:
            city = pool.all_cities[pk]
            return Chosen(ItemKind.CITY, city, list(_why_meet(reader, pool, city)))
    return None


def _cities_in_order(reader: Reader, pool: Pool) -> list[tuple[float, int]]:
    """The same for everybody of the same teams who follows the same topics."""

    def count() -> list[tuple[float, int]]:
        return sorted((-round(_sum(_why_meet(reader, pool, city)), 6), city.pk) for city in pool.cities_to_meet)

    return pool.remembered(("cities", tuple(reader.teams), frozenset(reader.topics)), count)


def _why_meet(reader: Reader, pool: Pool, city: City) -> Iterable[Reason]:
    works_on = pool.topics_of_city.get(city.pk, Counter())
    ours = reader.topics.union(*(pool.likenesses.topics_of_team(team) for team in reader.teams))
    if shared := sorted(ours & works_on.keys(), key=lambda topic: (-works_on[topic], topic)):
        yield Reason("city_shares_topic", SHARED_TOPIC * min(1.0, 0.5 * len(shared)), {"topics": shared[:3]})
    kin = [list(_kin(pool.likenesses.kinship(team, city))) for team in reader.teams]
    yield from max(kin, key=_sum, default=[])
    yield Reason("quiet_city", QUIET_CITY / (1 + pool.shown_lately[city.pk]))
