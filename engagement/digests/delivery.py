"""From built to sent, at most once: looked at once more, claimed and committed, handed over, settled.

While the mail server works on one mail the next is written; when it answers, the one is noted as sent and the next
claimed in one statement. At any moment at most one digest is this worker's.
"""

import datetime as dt
import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.core.mail import BadHeaderError, EmailMultiAlternatives

from engagement.choices import DigestState
from engagement.digests import ledger, pictures
from engagement.digests.building import build
from engagement.digests.looking import Look, Ready, look, stop_url
from engagement.digests.pacing import FullMinute, take_place
from engagement.models import Digest
from innoteams.lib import mail
from innoteams.lib.courier import Courier, NotTakenError, Parcel, ServerAwayError, UnclearError

logger = logging.getLogger(__name__)

Clock = Callable[[], dt.datetime]
# A batch stops by itself long before the task would be killed; the next ring goes on with the rest.
PATIENCE = 120.0
# So many are looked at together at first, later as many as go out in time, and what was seen counts for so many
# seconds: what is narrowed while a batch goes out is held back from all but those on their way that very moment.
AT_A_LOOK, MOST_AT_A_LOOK, LOOK_IS_GOOD_FOR = 20, 50, 0.5
# Something was narrowed between the writing and the look: so often it is written anew before the next ring tries.
_REWRITES = 2


def clock_from(now: dt.datetime) -> Clock:
    """A clock that shows `now` and goes on from there."""
    started = time.monotonic()
    return lambda: now + dt.timedelta(seconds=time.monotonic() - started)


def deliver(pks: Sequence[int], clock: Clock, *, patience: float = PATIENCE) -> Counter[str]:
    """How many ended in which state. One connection for all of them."""
    return Counter(deliver_one_by_one(pks, clock, patience=patience))


def deliver_one_by_one(
    pks: Sequence[int], clock: Clock, *, patience: float = PATIENCE, waits: bool = False
) -> Iterator[str]:
    """Like `deliver`, telling the states of each handful when all of it is settled. With `waits`, a full minute is
    waited for; else what finds no place is left for a later ring."""
    until = time.monotonic() + patience
    with Courier() as courier:
        batch = _Batch(deque(pks), courier, clock, waits=waits)
        while batch.queue and time.monotonic() <= until:
            try:
                # Before the claim: where nobody answers, nothing is claimed and no attempt is spent.
                courier.open()
            except ServerAwayError as error:
                logger.warning("Digests wait: %s", error)
                ledger.postpone(batch.queue, str(error), clock())
                return
            yield from batch.send_a_few()


@dataclass
class _Outgoing:
    """A digest that the look found right, written when it is first asked for."""

    ready: Ready
    courier: Courier
    _parcel: Parcel | None = None
    _trouble: Exception | None = None

    @property
    def digest(self) -> Digest:
        return self.ready.digest

    def write(self) -> None:
        """Ahead of its turn. Changes and raises nothing."""
        if self._parcel is None and self._trouble is None:
            try:
                self._parcel = self.courier.pack(message_of(self.digest, self.ready.key))
            except Exception as error:  # noqa: BLE001 - of this digest, and raised when it is its turn
                self._trouble = error

    @property
    def parcel(self) -> Parcel:
        """Raises BadHeaderError, UnicodeError or ValueError where it cannot be written."""
        self.write()
        if self._parcel is None:
            raise self._trouble or AssertionError
        return self._parcel


@dataclass
class _Batch:
    """What is still to be sent over one connection. A digest that a look finds no longer right, or that has waited
    for longer than the look counts, comes back to the front of the queue."""

    queue: deque[int]
    courier: Courier
    clock: Clock
    waits: bool = False
    rewrites: Counter[int] = field(default_factory=Counter)
    at_a_look: int = AT_A_LOOK
    # The mail server has it, the ledger does not know yet: noted with the next claim, or before anything else is done.
    taken: Digest | None = None

    def send_a_few(self) -> list[str]:
        """The states that they ended in."""
        few = [self.queue.popleft() for _ in range(min(self.at_a_look, len(self.queue)))]
        looked_at = time.monotonic()
        found = look(few, self.clock())
        states = list(self._settle_others(found))
        outgoing = [_Outgoing(ready, self.courier) for ready in found.ready]
        try:
            for place, one in enumerate(outgoing):
                rest = [other.digest.pk for other in outgoing[place:]]
                if place and time.monotonic() - looked_at > LOOK_IS_GOOD_FOR:
                    self.at_a_look = place
                    self.queue.extendleft(reversed(rest))
                    return states
                if self._has_place(one.digest, rest) and self._claim(one.digest):
                    states.append(self._hand_over(one, next(iter(outgoing[place + 1 :]), None)))
        finally:
            self._note_taken()
        if time.monotonic() - looked_at < LOOK_IS_GOOD_FOR / 2:
            self.at_a_look = min(2 * self.at_a_look, MOST_AT_A_LOOK)
        return states

    def _settle_others(self, found: Look) -> Iterator[str]:
        for digest, why in found.unwanted:
            if ledger.skip(digest, why, self.clock()):
                yield ledger.SKIPPED
        for pk, until, why in found.later:
            ledger.put_off([pk], until, why)
        anew: list[int] = []
        for why, pks in found.stale.items():
            again = [pk for pk in pks if self.rewrites[pk] < _REWRITES]
            ledger.rewrite(again, why, self.clock())
            anew += again
        self.rewrites.update(anew)
        built = build(anew, self.clock()) if anew else []
        self.queue.extendleft(reversed(built))

    def _has_place(self, digest: Digest, rest: list[int]) -> bool:
        """In this minute; else it is put off, or waited for."""
        try:
            take_place(digest.person.email, self.clock())
        except FullMinute as full:
            self._note_taken()
            if self.waits:
                time.sleep(max(0.0, (full.until - self.clock()).total_seconds()))
                self.queue.append(digest.pk)
            else:
                ledger.put_off([*rest, *self.queue] if full.everywhere else rest[:1], full.until, "full_minute")
                if full.everywhere:
                    self.queue.clear()
            return False
        return True

    def _claim(self, digest: Digest) -> bool:
        if self.taken is None:
            return ledger.claim(digest, self.clock())
        won = ledger.sent_and_claim(self.taken, digest, self.clock())
        self.taken = None
        return won

    def _note_taken(self) -> None:
        if self.taken is not None:
            ledger.sent(self.taken, self.clock())
            self.taken = None

    def _hand_over(self, one: _Outgoing, following: _Outgoing | None) -> DigestState:
        """Of a digest that this worker alone has claimed; from here on nobody else may send it."""
        digest = one.digest
        try:
            parcel = one.parcel
        except (BadHeaderError, UnicodeError, ValueError) as error:
            ledger.failed(digest, str(error)[:500], self.clock())
            return ledger.FAILED
        try:
            self.courier.send(parcel, following.write if following else None)
        except NotTakenError as error:
            return ledger.refused(digest, str(error), self.clock())
        except UnclearError as error:
            ledger.unclear(digest, str(error), self.clock())
            return ledger.UNKNOWN
        self.taken = digest
        return ledger.SENT


def message_of(digest: Digest, key: str) -> EmailMultiAlternatives:
    """The digest as kept, addressed to its person as they are now."""
    shown = pictures.named_in(digest.html_body)
    rendered = mail.Rendered(digest.subject, digest.text_body, digest.html_body, digest.language, shown)
    sender = mail.sender_address()
    headers = {
        "List-Id": f"innoteams {digest.stream} digest <{digest.stream}-digest.{mail.mail_domain()}>",
        "List-Unsubscribe": f"<{stop_url(key)}>, <mailto:{sender}?subject=stop%20{key}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return mail.assemble(rendered, digest.person, headers=headers, message_id=digest.message_id)
