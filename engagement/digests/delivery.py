"""From built to sent, at most once: claimed and committed, looked at once more, handed over, settled."""

import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives

from engagement.choices import DigestState
from engagement.digests import ledger, pictures
from engagement.digests.archive import all_told
from engagement.digests.building import build, stop_url
from engagement.digests.preferences import preference_of, reason_against
from engagement.digests.sight import SEEN_BY_EVERYBODY
from engagement.digests.unsubscribe import keys_for
from engagement.models import Digest, Question
from innoteams.lib import mail
from innoteams.lib.courier import Courier, NotTakenError, ServerAwayError, UnclearError
from projects.models import Project

logger = logging.getLogger(__name__)

Clock = Callable[[], dt.datetime]
# A batch stops by itself long before the task would be killed; the next tick goes on with the rest.
PATIENCE = 120.0
# Something was narrowed between the writing and the claim: so often it is written anew before the next tick tries.
_REWRITES = 2


def clock_from(now: dt.datetime) -> Clock:
    """A clock that shows `now` and goes on from there."""
    started = time.monotonic()
    return lambda: now + dt.timedelta(seconds=time.monotonic() - started)


def deliver(pks: Sequence[int], clock: Clock, *, patience: float = PATIENCE) -> Counter[str]:
    """How many ended in which state. One connection for all of them."""
    return Counter(deliver_one_by_one(pks, clock, patience=patience))


def deliver_one_by_one(pks: Sequence[int], clock: Clock, *, patience: float = PATIENCE) -> Iterator[str]:
    """Like `deliver`, telling the state of each as it is settled."""
    until = time.monotonic() + patience
    with Courier() as courier:
        for place, pk in enumerate(pks):
            if time.monotonic() > until:
                return
            try:
                # Before the claim: where nobody answers, nothing is claimed and no attempt is spent.
                courier.open()
            except ServerAwayError as error:
                logger.warning("Digests wait: %s", error)
                ledger.postpone(pks[place:], str(error), clock())
                return
            if state := _deliver_one(pk, courier, clock):
                yield state


@dataclass(frozen=True)
class Claimed:
    """A digest that this worker alone may send now, with the key that its footer holds."""

    digest: Digest
    key: str


def _deliver_one(pk: int, courier: Courier, clock: Clock) -> str | None:
    claimed = _claim_what_is_right(pk, clock)
    if claimed is None or isinstance(claimed, DigestState):
        return claimed
    digest = claimed.digest
    try:
        message = message_of(digest, claimed.key)
    except (BadHeaderError, UnicodeError, ValueError) as error:
        ledger.failed(digest, str(error)[:500], clock())
        return ledger.FAILED
    try:
        courier.send(message)
    except NotTakenError as error:
        return ledger.refused(digest, str(error), clock())
    except UnclearError as error:
        ledger.unclear(digest, str(error), clock())
        return ledger.UNKNOWN
    ledger.sent(digest, clock())
    return ledger.SENT


def _claim_what_is_right(pk: int, clock: Clock) -> Claimed | DigestState | None:
    """Claimed, with everything in it still to be seen by its reader; or the state it went to instead; or nothing."""
    for _attempt in range(_REWRITES + 1):
        digest = ledger.claim(pk, clock())
        if digest is None:
            return None
        if why_not := _reason_against(digest, clock()):
            ledger.skipped(digest, why_not, clock())
            return ledger.SKIPPED
        key = keys_for([digest.person_id], digest.stream)[digest.person_id]
        stale = "" if stop_url(key) in digest.text_body else "key_replaced"
        stale = stale or ("" if _all_seen(digest) else "narrowed")
        if not stale:
            return Claimed(digest, key)
        ledger.rewrite(digest, stale, clock())
        build([pk], clock())
    return None


def _reason_against(digest: Digest, now: dt.datetime) -> str:
    if not digest.person.is_active:
        return "inactive"
    return reason_against(preference_of(digest.person, digest.stream), digest.person.timezone, now)


def _all_seen(digest: Digest) -> bool:
    """Whether nothing in it was deleted, or narrowed to where its reader does not see it any more: no project, no
    question, and no part of a project whose words it quotes."""
    rows = digest.items.values_list(
        "project_id", "project__visibility", "question_id", "question__project__visibility", "told"
    )
    items = list(rows)
    # Almost everything in almost every digest is open to all: only the rest is asked for one by one.
    projects = {pk for pk, level, _question, _about, _told in items if pk and level not in SEEN_BY_EVERYBODY}
    questions = {pk for _project, _level, pk, about, _told in items if pk and about and about not in SEEN_BY_EVERYBODY}
    seen = 0
    if projects:
        seen += Project.objects.filter(pk__in=projects).visible_to(digest.person).count()
    if questions:
        seen += Question.objects.filter(pk__in=questions).visible_to(digest.person).count()
    if len(items) != digest.item_count or seen != len(projects) + len(questions):
        return False
    return all_told({pk for *_, told in items for pk in told})


def message_of(digest: Digest, key: str) -> EmailMultiAlternatives:
    """The digest as kept, addressed to its person as they are now."""
    shown = pictures.named_in(digest.html_body)
    rendered = mail.Rendered(digest.subject, digest.text_body, digest.html_body, digest.language, shown)
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    headers = {
        "List-Id": f"innoteams {digest.stream} digest <{digest.stream}-digest.{mail.mail_domain()}>",
        "List-Unsubscribe": f"<{stop_url(key)}>, <mailto:{sender}?subject=stop%20{key}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return mail.assemble(rendered, digest.person, headers=headers, message_id=digest.message_id)
