"""Is everything this installation needs alive? Asked by monitors, so it is cheap, bounded and says what it found.

Beat rings every half minute and the worker answers. The moment of either is kept in the cache: a beat that stopped
ringing and a worker that stopped answering are told apart.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from celery import current_app
from django.core.cache import cache
from django.db import connection

# Four rings missed.
LATE_AFTER = 120.0
# A process that has just started gives beat and worker this long to be heard for the first time.
GRACE = 120.0
_KEPT_FOR = 7 * 24 * 3600
_BROKER_TIMEOUT = 2
_BEAT, _WORKER = "health:beat", "health:worker"

_started = time.monotonic()


@dataclass(frozen=True)
class Report:
    """`ok`, `starting`, `unknown` or `down` for each part; ages in seconds, None if never heard."""

    database: str
    broker: str
    worker: str
    beat: str
    worker_age_seconds: float | None
    beat_age_seconds: float | None

    @property
    def healthy(self) -> bool:
        return "down" not in {self.database, self.broker, self.worker, self.beat}


def beat_rang() -> None:
    cache.set(_BEAT, time.time(), _KEPT_FOR)


def worker_answered() -> None:
    cache.set(_WORKER, time.time(), _KEPT_FOR)


def report() -> Report:
    """Look at everything once: one query, one connection to the broker, one read of the cache."""
    database, broker = _probe(_ask_database), _probe(_ask_broker)
    beat_age, worker_age = _ages()
    beat = _state(beat_age)
    worker = _state(worker_age)
    # Nobody rings, so silence says nothing about a worker that answered the last ring.
    if worker == beat == "down" and beat_age is not None and worker_age is not None and worker_age <= beat_age:
        worker = "unknown"
    return Report(database, broker, worker, beat, _rounded(worker_age), _rounded(beat_age))


def _state(age: float | None) -> str:
    if age is not None and age <= LATE_AFTER:
        return "ok"
    return "starting" if time.monotonic() - _started < GRACE else "down"


def _probe(ask: Callable[[], None]) -> str:
    try:
        ask()
    except Exception:  # noqa: BLE001 - whatever it is, it is the answer; the log of the part tells why
        return "down"
    return "ok"


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _ask_broker() -> None:
    # Not the setting's own patience: a monitor waits for this answer.
    options = {"socket_connect_timeout": _BROKER_TIMEOUT, "socket_timeout": _BROKER_TIMEOUT}
    with current_app.connection_for_write(transport_options=options) as broker:
        broker.ensure_connection(max_retries=1, timeout=_BROKER_TIMEOUT)


def _ages() -> tuple[float | None, float | None]:
    try:
        heard = cache.get_many([_BEAT, _WORKER])
    except Exception:  # noqa: BLE001 - without a cache nothing was heard
        return None, None
    now = time.time()
    # A clock that was set back must not make an age negative.
    ages = {key: max(0.0, now - moment) for key, moment in heard.items()}
    return ages.get(_BEAT), ages.get(_WORKER)


def _rounded(age: float | None) -> float | None:
    return None if age is None else round(age, 1)
