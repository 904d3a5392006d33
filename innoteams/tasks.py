"""The portal's own pulse; innoteams/lib/health.py says what is made of it."""

from typing import Any

from celery import shared_task
from celery.signals import beat_init, before_task_publish

from innoteams.lib import health

NAME = "innoteams.tasks.heartbeat"


@shared_task(name=NAME)
def heartbeat() -> None:
    """Rung by beat every half minute (innoteams/celery.py): that it runs says that a worker is alive."""
    health.worker_answered()


@before_task_publish.connect(sender=NAME)
def _rang(**_: Any) -> None:
    health.beat_rang()


@beat_init.connect
def _ring_at_once(**_: Any) -> None:
    """A beat that has just started is heard now, not after its first half minute."""
    heartbeat.apply_async(retry=False, expires=30)
