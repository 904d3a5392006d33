"""The digests of past weeks, so that the archive and the operators' pages have something to show on the first visit.

Planned, chosen, written and sent by the same code as all others, with the clock of then; only that the mails go
nowhere. What is due in the week of loading is left to the demo's own worker, whose mails stand in its mailbox.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from unittest.mock import patch

from django.core.mail import EmailMessage
from django.core.mail.backends.dummy import EmailBackend as Nowhere
from django.test import override_settings

from engagement.choices import DigestState, Stream, Weekday
from engagement.digests import delivery, leave, tick
from engagement.digests.building import build
from engagement.digests.delivery import clock_from, deliver
from engagement.models import Digest
from innoteams.demo.clock import at
from innoteams.demo.people import lead_of

WEEKS = 3
# When a worker looks, in UTC: everybody's hour has come by then, in Boston too.
_EVENING = 20
# Of the last week's digest to this address nobody knows whether it arrived: operators see what that looks like.
UNLUCKY = "member@durham.demo.example"
_NOWHERE = "django.core.mail.backends.dummy.EmailBackend"
_NOWHERE_AND_ONE_LOST = "innoteams.demo.story_digests.NowhereAndOneLost"


class NowhereAndOneLost(Nowhere):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if any(UNLUCKY in address for message in email_messages for address in message.to):
            raise TimeoutError("the answer never came (invented for the demo)")
        return super().send_messages(list(email_messages))


@dataclass(frozen=True, order=True)
class _Look:
    """A worker's look at a stream, and through which backend its mails go."""

    moment: dt.datetime
    stream: str
    backend: str = _NOWHERE


def send_past_digests(now: dt.datetime, *, say: Callable[[str], None]) -> Counter[str]:
    """How many ended how. Nothing where digests are there already. Outside a transaction: each claim is committed."""
    ends: Counter[str] = Counter()
    if Digest.objects.exists():
        return ends
    _let_coordinators_look()
    # Nobody narrows anything meanwhile: what was looked at once stays as it was seen.
    with patch.object(delivery, "LOOK_IS_GOOD_FOR", delivery.PATIENCE):
        for look in _looks(now):
            with override_settings(EMAIL_BACKEND=look.backend), at(look.moment):
                ends += _tick(look)
    say(f"Demo digests: {ends[DigestState.SENT]} of the past {WEEKS} weeks")
    return ends


def _looks(now: dt.datetime) -> list[_Look]:
    """The earliest first: once a week at what is weekly, and last evening at what waits."""
    looks = []
    for weeks in range(WEEKS, 0, -1):
        backend = _NOWHERE_AND_ONE_LOST if weeks == 1 else _NOWHERE
        looks.append(_Look(_evening(now, weeks, Weekday.MONDAY), Stream.COORDINATION))
        looks.append(_Look(_evening(now, weeks, Weekday.TUESDAY), Stream.NETWORK, backend))
    yesterday = (now - dt.timedelta(days=1)).replace(hour=_EVENING, minute=0, second=0, microsecond=0)
    return sorted([*looks, _Look(yesterday, Stream.ACTIONS)])


def _evening(now: dt.datetime, weeks_ago: int, weekday: int) -> dt.datetime:
    """Of that day in the week so many weeks ago."""
    monday = now.date() - dt.timedelta(weeks=weeks_ago, days=now.weekday())
    return dt.datetime.combine(monday + dt.timedelta(days=weekday), dt.time(_EVENING, 10), dt.UTC)


def _tick(look: _Look) -> Counter[str]:
    waiting = tick.prepare(look.moment, [look.stream])
    return deliver([*waiting.built, *build(waiting.planned, look.moment)], clock_from(look.moment))


def _let_coordinators_look() -> None:
    """Two people, each at what they chose."""
    leave.give(by=lead_of("mulhouse"), stream=Stream.NETWORK)
    for stream in (Stream.NETWORK, Stream.ACTIONS):
        leave.give(by=lead_of("dunkirk"), stream=stream)
