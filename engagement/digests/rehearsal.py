"""A dry run for the pages: made by a worker, one at a time, told while it goes on, and kept for an hour in the cache.

The cache may forget; then it is made again.
"""

import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.digests.forecast import StreamForecast, forecast
from engagement.permissions import can_dry_run
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand

KEPT_FOR = 3600
# A worker tells after every batch; one that has been silent for so long has died.
SILENT_AFTER = dt.timedelta(minutes=2)
_LAST, _RUNNING = "digests:dry-run-2:last", "digests:dry-run-2:running"


class DryRunRefused(Refused):
    """No dry run was begun."""


@dataclass(frozen=True)
class DryRun:
    """One that is going on or has ended. `error`: it could not be finished."""

    token: str
    as_of: dt.datetime
    streams: tuple[str, ...]
    begun_at: dt.datetime
    heard_at: dt.datetime
    done: int = 0
    most: int = 0
    finished_at: dt.datetime | None = None
    error: bool = False
    found: list[StreamForecast] = field(default_factory=list)

    @property
    def is_going_on(self) -> bool:
        return self.finished_at is None and not self.is_silent

    @property
    def is_silent(self) -> bool:
        """Its worker has died, or none came."""
        return self.finished_at is None and timezone.now() - self.heard_at > SILENT_AFTER


def begin(*, by: User, as_of: dt.datetime, streams: Collection[str]) -> DryRun:
    """To be handed to a worker by its token. Raises DryRunRefused while another one goes on."""
    demand(can_dry_run(by))
    now = timezone.now()
    run = DryRun(secrets.token_hex(8), as_of, tuple(streams), begun_at=now, heard_at=now)
    if not cache.add(_RUNNING, run.token, SILENT_AFTER.total_seconds()):
        raise DryRunRefused(_("A dry run is going on already. Its result will be here in a moment."))
    _keep(run)
    return run


def last() -> DryRun | None:
    """The one going on, or the last result."""
    found = cache.get(_LAST)
    return found if isinstance(found, DryRun) else None


def give_up(token: str) -> None:
    """No worker could be told of it."""
    run = last()
    if run and run.token == token:
        _end(run, error=True)


def perform(token: str) -> None:
    """The worker's part. Asked twice, or for one that another has replaced, it does nothing."""
    run = last()
    if run is None or run.token != token or run.finished_at or run.done:
        return

    def told(done: int, most: int) -> None:
        cache.set(_RUNNING, token, SILENT_AFTER.total_seconds())
        _keep(_with(run, done=done, most=most, heard_at=timezone.now()))

    try:
        found = forecast(run.as_of, run.streams, told)
    except Exception:  # raised again: only the page must learn that nothing more will come
        _end(run, error=True)
        raise
    _end(run, found=found)


def _end(run: DryRun, **values: Any) -> None:
    now = timezone.now()
    _keep(_with(run, finished_at=now, heard_at=now, **values))
    cache.delete(_RUNNING)


def _with(run: DryRun, **values: Any) -> DryRun:
    return DryRun(**{**run.__dict__, **values})


def _keep(run: DryRun) -> None:
    cache.set(_LAST, run, KEPT_FOR)
