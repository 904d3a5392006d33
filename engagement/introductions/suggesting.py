"""Suggestions: whom the matcher would introduce to a team. A daily round makes and closes them; a person of the team
asks, or sets one aside. Nobody of the other team is told anything until somebody asks."""

import datetime as dt
from collections import Counter

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cities.models import Team
from engagement.choices import OPEN_INTRODUCTION, IntroductionState
from engagement.introductions.matching import Candidate, candidates_of, read_network
from engagement.introductions.pairs import LATELY, REST_AFTER_NO
from engagement.introductions.refusals import SuggestionGone
from engagement.models import Introduction, Suggestion
from engagement.permissions import can_judge_suggestion
from innoteams.accounts.models import User
from innoteams.lib.verdicts import demand

# Open at a time: for one team, and of one team for all others, so that the best are not asked by everybody.
MOST_OPEN = 3
MOST_OF_ONE = 5
# Of every team so many candidates are kept in mind: more than are told, as some are taken by others.
_IN_MIND = 12
_BATCH = 50
# One round at a time. Any number that no other lock here has.
_LOCK = 5_026_001

Pair = tuple[int, int]


@transaction.atomic
def refresh(now: dt.datetime) -> int:
    """One round over the whole network; answers how many were made. Doubled rings change nothing: a second worker sees
    the first one's lock and leaves, a later one finds everything made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    network = read_network()
    barred, aside = _barred(now), _set_aside(now)
    teams = sorted(network.cities)
    found: dict[Pair, Candidate] = {}
    for start in range(0, len(teams), _BATCH):
        for one in candidates_of(teams[start : start + _BATCH], network, most=_IN_MIND):
            pair = (one.for_team, one.with_team)
            if frozenset(pair) not in barred and pair not in aside:
                found[pair] = one
    kept = _keep_or_close(found, now)
    return _add(found, kept)


def _barred(now: dt.datetime) -> set[frozenset[int]]:
    """Pairs that are not proposed now: one is open, was declined, led to a meeting or was taken back lately."""
    rows = Introduction.objects.filter(
        Q(state__in=OPEN_INTRODUCTION)
        | Q(state=IntroductionState.DECLINED, answered_at__gt=now - REST_AFTER_NO)
        | Q(state=IntroductionState.ACCEPTED, answered_at__gt=now - LATELY)
        | Q(state=IntroductionState.WITHDRAWN, asked_at__gt=now - dt.timedelta(days=90))
    )
    return {frozenset(pair) for pair in rows.values_list("from_team_id", "to_team_id")}


def _set_aside(now: dt.datetime) -> set[Pair]:
    """What a team has set aside is not suggested to it again for a year."""
    rows = Suggestion.objects.filter(closed_by__isnull=False, introduction=None, closed_at__gt=now - REST_AFTER_NO)
    return set(rows.values_list("for_team_id", "with_team_id"))


def _keep_or_close(found: dict[Pair, Candidate], now: dt.datetime) -> set[Pair]:
    """What is open and still true stays, with the reasons of today; the rest is closed."""
    kept: set[Pair] = set()
    changed, over = [], []
    for one in Suggestion.objects.select_for_update().filter(closed_at=None).order_by("pk"):
        pair = (one.for_team_id, one.with_team_id)
        candidate = found.get(pair)
        if candidate is None:
            one.closed_at = now
            over.append(one)
            continue
        kept.add(pair)
        if _differs(one, candidate):
            _write(one, candidate)
            changed.append(one)
    Suggestion.objects.bulk_update(over, ["closed_at"], batch_size=500)
    Suggestion.objects.bulk_update(changed, ["reason", "project", "question", "score", "reasons"], batch_size=500)
    return kept


def _add(found: dict[Pair, Candidate], kept: set[Pair]) -> int:
    """The best first, as long as both have room."""
    told, named = Counter(pair[0] for pair in kept), Counter(pair[1] for pair in kept)
    made = []
    for pair, candidate in sorted(found.items(), key=lambda item: item[1].order):
        for_team, with_team = pair
        if pair in kept or told[for_team] >= MOST_OPEN or named[with_team] >= MOST_OF_ONE:
            continue
        told[for_team] += 1
        named[with_team] += 1
        made.append(_write(Suggestion(for_team_id=for_team, with_team_id=with_team), candidate))
    Suggestion.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
    return len(made)


def _differs(one: Suggestion, candidate: Candidate) -> bool:
    return (one.reason, one.project_id, one.question_id, one.score, one.reasons) != (
        candidate.reason,
        candidate.project,
        candidate.question,
        candidate.score,
        candidate.reasons,
    )


def _write(one: Suggestion, candidate: Candidate) -> Suggestion:
    one.reason, one.score, one.reasons = candidate.reason, candidate.score, candidate.reasons
    one.project_id, one.question_id = candidate.project, candidate.question
    return one


# --- What people do with one ---------------------------------------------------------------------------------------


@transaction.atomic
def set_aside(*, by: User, suggestion: Suggestion) -> Suggestion:
    """Not for us: not suggested again for a year. The other team hears nothing. Raises NotAllowed or SuggestionGone."""
    now = _locked(suggestion)
    demand(can_judge_suggestion(by, now.for_team))
    if now.closed_at is not None:
        raise SuggestionGone(_("This suggestion is not open any more."))
    return _close(now, by)


@transaction.atomic
def bring_back(*, by: User, suggestion: Suggestion) -> Suggestion:
    """Undoes `set_aside`; one that is not true any more is closed again by the next round. Raises NotAllowed or
    SuggestionGone."""
    now = _locked(suggestion)
    demand(can_judge_suggestion(by, now.for_team))
    twin = Suggestion.objects.filter(for_team=now.for_team_id, with_team=now.with_team_id, closed_at=None)
    if now.closed_by_id is None or now.introduction_id is not None or twin.exists():
        raise SuggestionGone(_("This suggestion is not open any more."))
    now.closed_at = now.closed_by = None
    now.save(update_fields=["closed_at", "closed_by"])
    return now


def take_up(suggestion: Suggestion, introduction: Introduction, *, by: User) -> None:
    """It became an introduction. Call it in that one's transaction. Raises SuggestionGone where it is between others,
    or was taken up already."""
    now = _locked(suggestion)
    is_theirs = (now.for_team_id, now.with_team_id) == (introduction.from_team_id, introduction.to_team_id)
    if not is_theirs or now.introduction_id is not None:
        raise SuggestionGone(_("This suggestion is not open any more."))
    now.introduction = introduction
    _close(now, by)


def close_between(first: Team, second: Team) -> None:
    """An introduction is on its way: there is nothing to suggest to either side."""
    pairs = Q(for_team=first, with_team=second) | Q(for_team=second, with_team=first)
    Suggestion.objects.filter(pairs, closed_at=None).update(closed_at=timezone.now())


def _locked(suggestion: Suggestion) -> Suggestion:
    rows = Suggestion.objects.select_for_update(of=("self",)).select_related("for_team")
    found: Suggestion = rows.get(pk=suggestion.pk)
    return found


def _close(now: Suggestion, by: User) -> Suggestion:
    now.closed_at, now.closed_by = timezone.now(), by
    now.save(update_fields=["closed_at", "closed_by", "introduction"])
    return now
