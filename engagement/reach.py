"""Whether mail reaches somebody: addresses that bounced or complained are written to no more.

Mail providers report what became of a mail (`mail_reports.py`). An address that does not exist, or whose owner marked a
mail as spam, is written to no more at once; one that only fails for a while, when it failed on FAILING_DAYS different
days within FAILING_WITHIN with nothing delivered in between. Its owner sees why in the portal and can ask for another
try. Addresses are kept as keyed hashes alone.
"""

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.choices import MailReport, SuppressionCause
from engagement.digests import ledger
from engagement.models import ProviderEvent, Suppression
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused

FAILING_DAYS = 3
FAILING_WITHIN = dt.timedelta(days=30)
# Another try at an address that bounced; each costs the portal some of its good name with mail servers.
TRIES = 3
TRIES_WITHIN = dt.timedelta(days=7)

_ADDRESS = re.compile(r"<?[^\s<>\"':;,()]+@[^\s<>\"':;,()]+>?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class ReachRefused(Refused):
    """The address is not tried again now."""


@dataclass(frozen=True)
class Report:
    """What a provider says of one mail to one address. `event_id` is the provider's own, the same when it repeats
    itself; `message_id` is the mail's, as far as the provider knows it."""

    provider: str
    event_id: str
    kind: MailReport
    address: str
    at: dt.datetime
    message_id: str = ""
    detail: str = ""


def hash_of(address: str) -> str:
    """The same for every way of writing an address, and nothing without the portal's own key."""
    return hmac.new(settings.SECRET_KEY.encode(), address.strip().lower().encode(), hashlib.sha256).hexdigest()


def suppressed(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that nothing is sent to, in one query."""
    by_hash: dict[str, set[str]] = {}
    for address in addresses:
        by_hash.setdefault(hash_of(address), set()).add(address)
    rows = Suppression.objects.filter(address_hash__in=by_hash, lifted_at=None)
    return {address for found in rows.values_list("address_hash", flat=True) for address in by_hash[found]}


def is_suppressed(person: User) -> Exists:
    """Whether nothing is sent to the person: asked beside what they are in the network (`cities.standing`), so that
    telling them on every page costs no query."""
    return Exists(Suppression.objects.filter(address_hash=hash_of(person.email), lifted_at=None))


def suppression_of(address: str) -> Suppression | None:
    """Why and since when nothing is sent to the address; None where mail is sent."""
    return Suppression.objects.filter(address_hash=hash_of(address), lifted_at=None).first()


@transaction.atomic
def note(report: Report) -> bool:
    """Writes down what a provider reports, once, and draws the consequence. False where it was known already, or
    where nothing follows from it: then nothing is kept of it."""
    hashed = hash_of(report.address)
    if report.kind == MailReport.DELIVERED and not _matters(report, hashed):
        return False
    _row, is_new = ProviderEvent.objects.get_or_create(
        provider=report.provider[:32],
        event_id=report.event_id[:200],
        defaults={
            "kind": report.kind,
            "address_hash": hashed,
            "message_id": report.message_id[:200],
            "detail": _without_addresses(report.detail),
            "at": min(report.at, timezone.now()),
        },
    )
    if is_new:
        _draw_consequence(report, hashed)
    return is_new


@transaction.atomic
def try_again(*, by: User) -> None:
    """The person says that their address works: it is written to again. Safe to ask for when it is. Raises
    ReachRefused after TRIES of them within TRIES_WITHIN, but where a complaint was the cause."""
    # Two clicks at once: the second waits, and finds it done.
    found = Suppression.objects.select_for_update().filter(address_hash=hash_of(by.email), lifted_at=None).first()
    if found is None:
        return
    tries = Suppression.objects.filter(
        address_hash=found.address_hash, lifted_by=by, lifted_at__gt=timezone.now() - TRIES_WITHIN
    ).exclude(cause=SuppressionCause.COMPLAINT)
    if found.cause != SuppressionCause.COMPLAINT and tries.count() >= TRIES:
        raise ReachRefused(
            _("It was tried %(number)s times this week, and mail came back each time. Give another address instead.")
            % {"number": TRIES}
        )
    _lift(found, by)


@transaction.atomic
def suppress(address: str) -> bool:
    """By hand, from the shell: nothing is sent there any more. False where that was so already."""
    _row, is_new = _suppressed_now(hash_of(address), SuppressionCause.MANUAL)
    return is_new


@transaction.atomic
def lift(address: str) -> bool:
    """By hand, from the shell: it is written to again. False where it was."""
    found = Suppression.objects.select_for_update().filter(address_hash=hash_of(address), lifted_at=None).first()
    if found is not None:
        _lift(found, None)
    return found is not None


def _matters(report: Report, hashed: str) -> bool:
    """Almost every mail is delivered: that is worth a row only where it changes what is known."""
    if _settle(report):
        return True
    return _failures(hashed).filter(at__lt=report.at).exists() or _disproved_by(report, hashed).exists()


def _draw_consequence(report: Report, hashed: str) -> None:
    if report.kind == MailReport.DELIVERED:
        _disproved_by(report, hashed).update(lifted_at=timezone.now())
    elif report.kind == MailReport.COMPLAINED:
        _stop_writing(report, hashed, SuppressionCause.COMPLAINT)
    elif report.kind == MailReport.BOUNCED or _has_failed_long_enough(hashed):
        _stop_writing(report, hashed, SuppressionCause.BOUNCE)


def _stop_writing(report: Report, hashed: str, cause: SuppressionCause) -> None:
    # A report that comes late tells of a mail from before the person asked for another try.
    if Suppression.objects.filter(address_hash=hashed, lifted_at__gte=report.at).exists():
        return
    _suppressed_now(hashed, cause, _without_addresses(report.detail))


def _suppressed_now(hashed: str, cause: SuppressionCause, detail: str = "") -> tuple[Suppression, bool]:
    return Suppression.objects.get_or_create(
        address_hash=hashed, lifted_at=None, defaults={"cause": cause, "detail": detail}
    )


def _lift(found: Suppression, by: User | None) -> None:
    found.lifted_at, found.lifted_by = timezone.now(), by
    found.save(update_fields=["lifted_at", "lifted_by"])


def _disproved_by(report: Report, hashed: str) -> "QuerySet[Suppression]":
    """Mail that the person asked for just now (a sign-in code) arrived: the address works. A complaint is no question
    of that, nor what somebody set by hand."""
    return Suppression.objects.filter(
        address_hash=hashed, lifted_at=None, cause=SuppressionCause.BOUNCE, created_at__lt=report.at
    )


def _has_failed_long_enough(hashed: str) -> bool:
    days = _failures(hashed).annotate(day=TruncDate("at", tzinfo=dt.UTC)).values("day").distinct()
    return days.count() >= FAILING_DAYS


def _failures(hashed: str) -> "QuerySet[ProviderEvent]":
    """What was delayed since mail last arrived there, or since its owner last asked for another try."""
    events = ProviderEvent.objects.filter(address_hash=hashed)
    arrived = events.filter(kind=MailReport.DELIVERED).aggregate(last=Max("at"))["last"]
    lifted = Suppression.objects.filter(address_hash=hashed).aggregate(last=Max("lifted_at"))["last"]
    since = max(moment for moment in (arrived, lifted, timezone.now() - FAILING_WITHIN) if moment)
    return events.filter(kind=MailReport.DELAYED, at__gt=since)


def _settle(report: Report) -> bool:
    """A digest of which nobody knew whether the mail server had taken it: it had."""
    return bool(report.message_id) and ledger.confirmed(report.message_id, timezone.now())


def _without_addresses(detail: str) -> str:
    """What the other server said, in one line, without the address it says it of."""
    return _ADDRESS.sub("…", " ".join(_CONTROL.sub(" ", detail).split()))[:200]
