"""The digests of past weeks, so that the archive and the operators' pages have something to show on the first visit.

Planned, chosen, written and sent by the same code as all others, with the clock of then; only that the mails go
nowhere. What is due on the day of loading is left to the demo's own worker, whose mails stand in its mailbox.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable

from django.test import override_settings

from engagement.choices import DigestState, Stream
from engagement.digests import tick
from engagement.digests.building import build
from engagement.digests.delivery import clock_from, deliver
from innoteams.demo.clock import at

WEEKS = 4
# Those of what waits say little a month later.
DAYS = 7
_NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


def send_past_digests(now: dt.datetime, *, say: Callable[[str], None]) -> Counter[str]:
    """By state. Safe to run again: what is in the ledger is not sent twice. Outside a transaction."""
    ends: Counter[str] = Counter()
    with override_settings(EMAIL_BACKEND=_NOWHERE):
        for moment, streams in _moments(now):
            with at(moment):
                ends += _tick(moment, streams)
    say(f"Demo digests: {ends[DigestState.SENT]} of the past {WEEKS} weeks")
    return ends


def _moments(now: dt.datetime) -> list[tuple[dt.datetime, tuple[str, ...]]]:
    """When a worker looked, the earliest first: once a week, and on each of the last days for what waits."""
    weekly = [(now - dt.timedelta(weeks=weeks), (Stream.NETWORK, Stream.COORDINATION)) for weeks in range(1, WEEKS + 1)]
    daily = [(now - dt.timedelta(days=days), (Stream.ACTIONS,)) for days in range(1, DAYS + 1)]
    return sorted([*weekly, *daily], key=lambda one: one[0])


def _tick(moment: dt.datetime, streams: tuple[str, ...]) -> Counter[str]:
    waiting = tick.prepare(moment, streams)
    return deliver([*waiting.built, *build(waiting.planned, moment)], clock_from(moment))
