"""What operators do to digests: hold a stream or one digest back and release it, send one again, pin a project."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cities.models import Operator
from cities.querysets import today
from engagement.choices import DigestState, Stream
from engagement.digests import ledger
from engagement.models import Digest, DigestHold, DigestPin
from engagement.permissions import can_decide_about_digest, can_hold_stream, can_pin_for
from innoteams.lib.verdicts import Refused, demand
from projects.choices import OPEN_TO_ALL
from projects.locking import locked
from projects.models import Project

if TYPE_CHECKING:
    from innoteams.accounts.models import User

# Who acts, where nobody is signed in: `manage.py digests`.
SHELL = "shell"
HOLDABLE = (DigestState.PLANNED, DigestState.BUILT)
RESENDABLE = (DigestState.UNKNOWN, DigestState.FAILED)
# Longer than this a pin would be news no more.
LONGEST_PIN = dt.timedelta(days=60)


class HoldRefused(Refused):
    """Nothing was held back or released."""


class PinRefused(Refused):
    """No project was pinned."""


def actor(person: "User | None") -> str:
    """How a trail names who acted: by key, so that it tells no name of somebody who has left."""
    return f"person:{person.pk}" if person else SHELL


# --- Holding -------------------------------------------------------------------------------------------------------


def open_holds() -> "list[DigestHold]":
    """The holds in force, one query."""
    return list(DigestHold.objects.filter(released_at=None).select_related("by").order_by("stream"))


@transaction.atomic
def hold_stream(*, by: "User | None", stream: str, why: str) -> DigestHold:
    """From now on nothing of the stream goes out; it is planned and written on. `by` is None for the shell alone.
    Raises HoldRefused where it is held already."""
    if by:
        demand(can_hold_stream(by))
    hold, made = DigestHold.objects.get_or_create(
        stream=Stream(stream), released_at=None, defaults={"by": by, "why": why.strip()}
    )
    if not made:
        raise HoldRefused(_("This stream is held back already."))
    return hold


@transaction.atomic
def release_stream(*, by: "User | None", stream: str) -> DigestHold:
    """What waited goes out with the next tick. Raises HoldRefused where nothing was held."""
    if by:
        demand(can_hold_stream(by))
    hold = DigestHold.objects.select_for_update().filter(stream=Stream(stream), released_at=None).first()
    if hold is None:
        raise HoldRefused(_("This stream is not held back."))
    hold.released_by, hold.released_at = by, timezone.now()
    hold.save(update_fields=["released_by", "released_at"])
    return hold


@transaction.atomic
def hold_digest(*, by: "User", digest: Digest, why: str) -> Digest:
    """This one waits until somebody releases it. Raises HoldRefused where it is no longer to be held."""
    demand(can_decide_about_digest(by, digest))
    held = locked(digest)
    if held.held_at:
        raise HoldRefused(_("This digest is held back already."))
    if held.state not in HOLDABLE:
        raise HoldRefused(_("It does not wait any more, so there is nothing to hold back."))
    held.held_at, held.held_by = timezone.now(), by
    return _noted(held, by, "held", why)


@transaction.atomic
def release_digest(*, by: "User", digest: Digest) -> Digest:
    """It goes out with the next tick, once its time has come. Raises HoldRefused where nobody held it."""
    demand(can_decide_about_digest(by, digest))
    held = locked(digest)
    if not held.held_at:
        raise HoldRefused(_("This digest is not held back."))
    held.held_at, held.held_by = None, None
    return _noted(held, by, "released", "")


def _noted(digest: Digest, by: "User", what: str, words: str) -> Digest:
    """No move of the ledger, but told in the same trail; the caller has locked the row."""
    step = {
        "at": timezone.now().isoformat(timespec="seconds"),
        "by": actor(by),
        "from": digest.state,
        "to": digest.state,
        "why": what,
        "words": words.strip(),
    }
    digest.trail = [*digest.trail, step]
    digest.save(update_fields=["held_at", "held_by", "trail"])
    return digest


# --- Sending again -------------------------------------------------------------------------------------------------


@transaction.atomic
def resend(*, by: "User | None", digest: Digest, why: str = "") -> Digest:
    """An unknown one as it was written, a failed one written anew; with the next tick. Raises ledger.ResendRefused,
    above all where a later one has taken up what this one held."""
    if by:
        demand(can_decide_about_digest(by, digest))
    again = ledger.resend(digest.pk, by=actor(by), now=timezone.now())
    if why.strip():
        again.trail[-1]["words"] = why.strip()
        again.save(update_fields=["trail"])
    return again


# --- Pinning -------------------------------------------------------------------------------------------------------


@transaction.atomic
def pin(
    *, by: "User", operator: Operator, project: Project, note: str, until: dt.date, language: str = "en"
) -> DigestPin:
    """Puts the project at the top of the next network digest of everybody whom the operator accompanies and who may
    see it. Raises PinRefused where one is pinned already, or where too few people may see this one."""
    demand(can_pin_for(by, operator))
    # Held, so that two coordinators who pin at once do so one after the other.
    locked(operator)
    if not Project.objects.filter(pk=project.pk, visibility__in=OPEN_TO_ALL).visible_to(by).exists():
        raise PinRefused(_("Only a project that is shared with the network can be put into digests."))
    if not today() <= until <= today() + LONGEST_PIN:
        raise PinRefused(_("A pin stays until today at the earliest, and for 60 days at most."))
    pins = DigestPin.objects.filter(operator=operator, removed_at=None)
    if pins.filter(until__gte=today()).exists():
        raise PinRefused(_("One project at a time. Take the other one out first."))
    # Its last day is over.
    pins.update(removed_at=timezone.now())
    return DigestPin.objects.create(
        operator=operator, project=project, note=note.strip(), language=language, by=by, until=until
    )


@transaction.atomic
def unpin(*, by: "User", pin: DigestPin) -> DigestPin:
    """From now on nobody gets it; who got it has it. Safe to ask for again."""
    demand(can_pin_for(by, pin.operator))
    row = locked(pin)
    if row.removed_at is None:
        row.removed_at, row.removed_by = timezone.now(), by
        row.save(update_fields=["removed_at", "removed_by"])
    return row
