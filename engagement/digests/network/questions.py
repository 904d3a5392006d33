"""The open questions of others that a reader could answer or wants to hear of."""

from collections.abc import Iterator
from typing import Any

from engagement.choices import ItemKind
from engagement.digests.network import scoring
from engagement.digests.network.chosen import Chosen, Why
from engagement.digests.network.pool import HELP_WANTED, OVERLAP, Pool
from engagement.digests.network.readers import Reader
from engagement.digests.network.scoring import Reason


def open_questions(reader: Reader, pool: Pool) -> list[Chosen]:
    """Open ones in the reader's topics or about what the reader follows, the best first; not asked or already answered
    by the reader or the own team."""
    ours = pool.topics_of(reader.teams)
    found = []
    for question in pool.questions:
        if question.pk in reader.shown_questions or not _is_for(reader, pool, question):
            continue
        reasons = list(_why_asked(reader, pool, question, ours))
        if reasons:
            city = pool.city_of_team[question.team_id]
            reasons += [Reason("call_for_help", scoring.CALL_FOR_HELP)] if _is_call_for_help(question) else []
            found.append(Chosen(ItemKind.QUESTION, city, Why(reasons), question=question))
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
