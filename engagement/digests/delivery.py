"""From built to sent, at most once: claimed and committed, looked at once more, handed over, settled."""

import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives

from engagement.choices import ItemKind
from engagement.digests import ledger
from engagement.digests.building import build, stop_url
from engagement.digests.preferences import preference_of, reason_against
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


def _deliver_one(pk: int, courier: Courier, clock: Clock) -> str | None:
    digest = _claim_what_is_right(pk, clock)
    if digest is None:
        return None
    if digest.state != ledger.CLAIMED:
        return digest.state
    try:
        message = message_of(digest)
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


def _claim_what_is_right(pk: int, clock: Clock) -> Digest | None:
    """The claimed digest, everything in it still to be seen by its reader; or one that was skipped instead."""
    for _attempt in range(_REWRITES + 1):
        digest = ledger.claim(pk, clock())
        if digest is None:
            return None
        why_not = _reason_against(digest, clock())
        if why_not:
            ledger.skipped(digest, why_not, clock())
            digest.state = ledger.SKIPPED
            return digest
        if not (stale := _why_stale(digest)):
            return digest
        ledger.rewrite(digest, stale, clock())
        build([pk], clock())
    return None


def _reason_against(digest: Digest, now: dt.datetime) -> str:
    if not digest.person.is_active:
        return "inactive"
    return reason_against(preference_of(digest.person, digest.stream), digest.person.timezone, now)


def _why_stale(digest: Digest) -> str:
    """Why it must not go out as written: an item was narrowed or deleted, or its footer's key was revoked."""
    items = list(digest.items.values_list("kind", "project_id", "question_id"))
    projects = {project for kind, project, _question in items if kind == ItemKind.PROJECT}
    questions = {question for kind, _project, question in items if kind == ItemKind.QUESTION}
    seen = Project.objects.filter(pk__in=projects).visible_to(digest.person).count()
    seen += Question.objects.filter(pk__in=questions).visible_to(digest.person).count() if questions else 0
    if len(items) != digest.item_count or seen != len(projects) + len(questions):
        return "narrowed"
    return "" if stop_url(_key(digest)) in digest.text_body else "key_replaced"


def message_of(digest: Digest) -> EmailMultiAlternatives:
    """The digest as kept, addressed to its person as they are now."""
    rendered = mail.Rendered(digest.subject, digest.text_body, digest.html_body, digest.language)
    key = _key(digest)
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    headers = {
        "List-Id": f"innoteams {digest.stream} digest <{digest.stream}-digest.{mail.mail_domain()}>",
        "List-Unsubscribe": f"<{stop_url(key)}>, <mailto:{sender}?subject=stop%20{key}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return mail.assemble(rendered, digest.person, headers=headers, message_id=digest.message_id)


def _key(digest: Digest) -> str:
    return keys_for([digest.person_id], digest.stream)[digest.person_id]
