"""Doors for the workers: ids in, one plain call. Lost or doubled they do no harm: the database is the queue."""

from functools import partial
from typing import TYPE_CHECKING

from celery import shared_task
from django.db import transaction
from django.utils import timezone

if TYPE_CHECKING:
    from engagement.digests.tick import Waiting

# A doorbell that nobody heard in time is rung again by the next tick; old ones must not pile up before a worker.
_HEARD_WITHIN, _HEARD_SOON = 280, 55


@shared_task
def check_in_tick() -> None:
    """Opens the check-ins of every period that has ended."""
    from engagement.checkins.opening import open_due_periods

    open_due_periods(timezone.now())


@shared_task(expires=_HEARD_WITHIN)
def project_letters_tick() -> None:
    """Tells teams that their project was adapted, and what came of it."""
    from engagement.project_letters import write_due

    write_due(timezone.now())


@shared_task(expires=_HEARD_WITHIN)
def reminder_tick() -> None:
    """Writes the reminders that are due: sessions that are near or wait to be logged."""
    from engagement.reminders import write_due

    write_due(timezone.now())


@shared_task(expires=_HEARD_WITHIN)
def introduction_tick() -> None:
    """Asks people who met a month ago whether it helped."""
    from engagement.introductions.helping import write_due

    write_due(timezone.now())


@shared_task(expires=_HEARD_WITHIN)
def suggestion_tick() -> None:
    """One round of the matcher: whom each team might meet."""
    from engagement.introductions.suggesting import refresh

    refresh(timezone.now())


@shared_task
def post_letters() -> None:
    """Posts what waits: rung after each commit that wrote a letter, and every few minutes in case a bell was lost."""
    from engagement.posting import post_waiting

    post_waiting(timezone.now())


@shared_task(expires=_HEARD_WITHIN)
def digest_tick() -> None:
    """Plans the digests that are due and rings for what waits in the ledger."""
    from engagement.digests import tick

    _ring(tick.prepare(timezone.now()))


@shared_task(expires=_HEARD_SOON)
def digest_doorbell() -> None:
    """Rings for what waits in the ledger: what found no place in the last minute, or was refused a while ago."""
    from engagement.digests import tick

    _ring(tick.waiting(timezone.now()))


@shared_task
def digest_prune() -> None:
    """Forgets rows of long ago that tell of nothing."""
    from engagement.digests import ledger

    ledger.prune(timezone.now())


def _ring(waiting: "Waiting") -> None:
    from engagement.digests import tick

    for batch in tick.batches(waiting.planned):
        transaction.on_commit(partial(build_digests.delay, batch))
    for batch in tick.batches(waiting.built):
        transaction.on_commit(partial(deliver_digests.delay, batch))


@shared_task(expires=_HEARD_WITHIN)
def build_digests(pks: list[int]) -> None:
    from engagement.digests.building import build

    if built := build(pks, timezone.now()):
        transaction.on_commit(partial(deliver_digests.delay, built))


@shared_task(expires=_HEARD_WITHIN)
def deliver_digests(pks: list[int]) -> None:
    from engagement.digests.delivery import deliver

    deliver(pks, timezone.now)


@shared_task
def rehearse_digests(token: str) -> None:
    """A dry run that an administrator asked for."""
    from engagement.digests.rehearsal import perform

    perform(token)
