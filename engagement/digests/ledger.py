"""The one place that moves a digest from state to state.

The ledger is the queue: whatever happens to a worker or to the broker, the next tick finds here what is to be done.

planned → built → claimed → sent, or empty, skipped, failed, unknown. A move is a conditional update that tells whether
it was won, and leaves who, when, from, to and why in the row's trail.
"""

import datetime as dt
import json
import random
from collections.abc import Iterable
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils.translation import gettext as _

from engagement.choices import SETTLED, DigestState
from engagement.models import Digest
from innoteams.lib.verdicts import Refused

PLANNED, BUILT, CLAIMED = DigestState.PLANNED, DigestState.BUILT, DigestState.CLAIMED
SENT, EMPTY, SKIPPED = DigestState.SENT, DigestState.EMPTY, DigestState.SKIPPED
FAILED, UNKNOWN = DigestState.FAILED, DigestState.UNKNOWN

MOVES: dict[DigestState, frozenset[DigestState]] = {
    PLANNED: frozenset({BUILT, EMPTY, SKIPPED, FAILED}),
    # Back to planned: something in it may not be shown any more, or is no longer so; it is chosen and written anew.
    BUILT: frozenset({CLAIMED, PLANNED, SKIPPED}),
    CLAIMED: frozenset({SENT, BUILT, FAILED, UNKNOWN}),
    # By the worker that had claimed it and learns after its lease that the server took it, or by a mail provider that
    # reports it delivered; back to built only by hand.
    UNKNOWN: frozenset({SENT, BUILT}),
    SENT: frozenset(),
    EMPTY: frozenset(),
    SKIPPED: frozenset(),
    # Only by hand.
    FAILED: frozenset({PLANNED}),
}

# Longer than one message can take with every timeout of the mail server.
LEASE = dt.timedelta(minutes=10)
MOST_ATTEMPTS = 5
FIRST_WAIT = dt.timedelta(minutes=5)
# No waiting time that is ever set reaches further.
LONGEST_WAIT = dt.timedelta(days=3)
KEPT_WITHOUT_CONTENT = dt.timedelta(days=90)


# The two moves of every mail are written out: Django takes ten times as long to put them together as PostgreSQL to do
# them. In a run the second of one mail and the first of the next are one statement. All others go through `_move`.
_CLAIM = """
UPDATE engagement_digest SET state = 'claimed', reason = '', attempts = attempts + 1, lease_until = %(lease)s,
    trail = trail || %(step)s::jsonb
WHERE id = %(pk)s AND state = 'built' AND built_at = %(built_at)s AND held_at IS NULL
    AND (next_attempt_at IS NULL OR next_attempt_at <= %(now)s OR next_attempt_at > %(longest)s)
    AND NOT EXISTS (SELECT FROM engagement_digesthold WHERE stream = %(stream)s AND released_at IS NULL)
"""
_SENT = """
UPDATE engagement_digest SET state = 'sent', reason = '', sent_at = %(now)s, lease_until = NULL,
    trail = trail || (CASE state WHEN 'claimed' THEN %(from_claimed)s ELSE %(from_unknown)s END)::jsonb
WHERE id = %(taken_pk)s AND state IN ('claimed', 'unknown') AND lease_until = %(taken_lease)s
"""
_SENT_AND_CLAIM = f"WITH noted AS ({_SENT} RETURNING id) {_CLAIM}"


class ResendRefused(Refused):
    """It is not sent again."""


def planned(now: dt.datetime) -> dict[str, str]:
    """The first step of a row's trail."""
    return _step("", PLANNED, by="planner", now=now, why="")


def note(digest: Digest, to: DigestState, *, by: str, now: dt.datetime, why: str = "") -> None:
    """Moves a row that the caller has locked; the caller saves state, reason and trail."""
    if to not in MOVES[DigestState(digest.state)]:
        raise ValueError(f"A digest does not go from {digest.state} to {to}.")
    digest.trail = [*digest.trail, _step(digest.state, to, by=by, now=now, why=why)]
    digest.state, digest.reason = to, why


def due(now: dt.datetime) -> Q:
    """Whose time has come, and which nobody holds back. A waiting time further off than any that is ever set was set
    by a clock that went wrong."""
    waits = Q(next_attempt_at__gt=now, next_attempt_at__lte=now + LONGEST_WAIT)
    return ~waits & Q(held_at=None)


def claim(digest: Digest, now: dt.datetime) -> bool:
    """Whether this worker alone may send it now, as it was written when it was looked at. Committed when this returns:
    a worker that dies from here on leaves a claim that runs out, and a mail that is not sent again."""
    return _claim(_CLAIM, digest, now, {})


def sent_and_claim(taken: Digest, digest: Digest, now: dt.datetime) -> bool:
    """`sent` of the one and `claim` of the other in one statement and one commit: before it the first alone is this
    worker's, after it the second alone. Whether the second may be sent now; the first is noted either way."""
    return _claim(_SENT_AND_CLAIM, digest, now, _values_of_sent(taken, now))


def sent(digest: Digest, now: dt.datetime) -> bool:
    """Also after the lease ran out: this worker knows what the sweeper could only fear. Safe to say twice."""
    with connection.cursor() as cursor:
        cursor.execute(_SENT, _values_of_sent(digest, now))
        return bool(cursor.rowcount == 1)


def _claim(statement: str, digest: Digest, now: dt.datetime, values: dict[str, Any]) -> bool:
    lease = now + LEASE
    values |= {
        "pk": digest.pk,
        "built_at": digest.built_at,
        "stream": digest.stream,
        "now": now,
        "longest": now + LONGEST_WAIT,
        "lease": lease,
        "step": json.dumps([_step(BUILT, CLAIMED, by="courier", now=now, why="")]),
    }
    # One statement outside of any transaction is committed when it returns; what `durable` asks is only that it is
    # outside, and nothing is begun.
    with transaction.atomic(durable=True, savepoint=False):
        pass
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        won = bool(cursor.rowcount == 1)
    if won:
        digest.state, digest.lease_until = CLAIMED, lease
        digest.attempts += 1
    return won


def _values_of_sent(digest: Digest, now: dt.datetime) -> dict[str, Any]:
    steps = {state: json.dumps([_step(state, SENT, by="courier", now=now, why="")]) for state in (CLAIMED, UNKNOWN)}
    return {
        "taken_pk": digest.pk,
        "taken_lease": digest.lease_until,
        "now": now,
        "from_claimed": steps[CLAIMED],
        "from_unknown": steps[UNKNOWN],
    }


def refused(digest: Digest, error: str, now: dt.datetime) -> DigestState:
    """To be tried again after a while, at most MOST_ATTEMPTS times in all."""
    if digest.attempts >= MOST_ATTEMPTS:
        _settle(digest, FAILED, (CLAIMED,), now=now, why="refused", error=error)
        return FAILED
    again = now + waiting_time(digest.attempts)
    _settle(digest, BUILT, (CLAIMED,), now=now, why="refused", error=error, next_attempt_at=again)
    return BUILT


def unclear(digest: Digest, error: str, now: dt.datetime) -> None:
    """Handed over without an answer. Not sent again by itself; what it held comes back in the next one."""
    _settle(digest, UNKNOWN, (CLAIMED,), now=now, why="no_answer", error=error)


def failed(digest: Digest, error: str, now: dt.datetime) -> None:
    _settle(digest, FAILED, (CLAIMED,), now=now, why="cannot_be_sent", error=error)


def skip(digest: Digest, why: str, now: dt.datetime) -> bool:
    """Built, and not wanted any more."""
    return _move(Digest.objects.filter(pk=digest.pk), (BUILT,), SKIPPED, by="courier", now=now, why=why) == 1


def rewrite(pks: Iterable[int], why: str, now: dt.datetime) -> int:
    """Built, but no longer right: back to planned."""
    return _move(Digest.objects.filter(pk__in=list(pks)), (BUILT,), PLANNED, by="courier", now=now, why=why)


def postpone(pks: Iterable[int], error: str, now: dt.datetime) -> int:
    """The mail server is away: nobody's attempt is spent."""
    later = now + waiting_time(1)
    return Digest.objects.filter(pk__in=pks, state=BUILT).update(next_attempt_at=later, error=error)


def put_off(pks: Iterable[int], until: dt.datetime, why: str) -> int:
    """It waits, without an attempt: the minute is full, or the person had enough for a day."""
    return Digest.objects.filter(pk__in=list(pks), state=BUILT).update(next_attempt_at=until, reason=why)


def sweep(now: dt.datetime) -> int:
    """Claims that ran out: their worker died, perhaps after the server took the mail. One that lasts longer than any
    claim was made by a clock that went wrong."""
    over = Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * LEASE)
    return _move(Digest.objects.filter(over), (CLAIMED,), UNKNOWN, by="sweeper", now=now, why="died")


def confirmed(message_id: str, now: dt.datetime) -> bool:
    """The mail provider reports as delivered what nobody here was sure of."""
    rows = Digest.objects.filter(message_id=message_id)
    return _move(rows, (UNKNOWN,), SENT, by="provider", now=now, sent_at=now, lease_until=None) == 1


@transaction.atomic
def resend(pk: int, *, by: str, now: dt.datetime) -> Digest:
    """A person takes it on themselves that the reader may get an unknown one twice; a failed one is written anew.
    Raises ResendRefused."""
    digest: Digest = Digest.objects.select_for_update(of=("self",)).select_related("person").get(pk=pk)
    if digest.state not in (UNKNOWN, FAILED):
        raise ResendRefused(
            _("Only a digest that failed, or of which nobody knows whether it went out, is sent again.")
        )
    newer = Digest.objects.filter(person=digest.person, stream=digest.stream, window_end__gt=digest.window_end)
    if newer.exclude(state=SKIPPED).exists():
        raise ResendRefused(_("A later digest of this person has taken up what this one held."))
    to = BUILT if digest.state == UNKNOWN else PLANNED
    _move(
        Digest.objects.filter(pk=pk),
        (DigestState(digest.state),),
        to,
        by=by,
        now=now,
        why="by_hand",
        attempts=0,
        next_attempt_at=None,
        lease_until=None,
    )
    digest.refresh_from_db()
    return digest


def prune(now: dt.datetime) -> int:
    """Rows of long ago that tell of nothing: empty or skipped, and not the one that the next window starts from."""
    later = Digest.objects.filter(
        person=OuterRef("person"), stream=OuterRef("stream"), state__in=SETTLED, window_end__gt=OuterRef("window_end")
    )
    old = Digest.objects.filter(Exists(later), state__in=(EMPTY, SKIPPED), due_at__lt=now - KEPT_WITHOUT_CONTENT)
    return old.delete()[0]


def supersede(newer: "models.QuerySet[Digest]", older: "models.QuerySet[Digest]", now: dt.datetime) -> int:
    """Unsent digests of whom a newer one was planned: one merged digest after an outage, not several."""
    overtaken = older.filter(Exists(newer))
    return _move(overtaken, (PLANNED, BUILT), SKIPPED, by="planner", now=now, why="superseded")


def waiting_time(attempts: int) -> dt.timedelta:
    """Twice as long after every attempt, and never the same for two: a server that was away is not run over."""
    jitter = random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing
    return dt.timedelta(seconds=FIRST_WAIT.total_seconds() * jitter * 2.0 ** (attempts - 1))


def _settle(digest: Digest, to: DigestState, given: tuple[DigestState, ...], **values: object) -> bool:
    """Of a digest this worker claimed: the end of its lease tells its claim from a later one."""
    mine = Digest.objects.filter(pk=digest.pk, lease_until=digest.lease_until, attempts=digest.attempts)
    return _move(mine, given, to, by="courier", lease_until=None, **values) == 1  # type: ignore[arg-type]  # by name


def _move(
    rows: "models.QuerySet[Digest]",
    given: tuple[DigestState, ...],
    to: DigestState,
    *,
    by: str,
    now: dt.datetime,
    why: str = "",
    **fields: object,
) -> int:
    moved = 0
    for state in given:
        if to not in MOVES[state]:
            raise ValueError(f"A digest does not go from {state} to {to}.")
        step = json.dumps([_step(state, to, by=by, now=now, why=why)])
        trail = Func(F("trail"), Value(step), template="%(expressions)s::jsonb", arg_joiner=" || ")
        moved += rows.filter(state=state).update(state=to, reason=why, trail=trail, **fields)
    return moved


def _step(was: str, to: str, *, by: str, now: dt.datetime, why: str) -> dict[str, str]:
    return {"at": now.isoformat(timespec="seconds"), "by": by, "from": str(was), "to": str(to), "why": why}
