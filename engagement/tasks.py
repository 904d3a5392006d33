"""Doors for the workers: ids in, one plain call."""

from celery import shared_task
from django.utils import timezone


@shared_task
def check_in_tick() -> None:
    """Opens the check-ins of every period that has ended."""
    from engagement.checkins import open_due_periods

    open_due_periods(timezone.now())


@shared_task
def post_letters() -> None:
    """Posts what waits: rung after each commit that wrote a letter, and every few minutes in case a bell was lost."""
    from engagement.posting import post_waiting

    post_waiting(timezone.now())


@shared_task
def digest_tick() -> None:
    """Plans, builds and sends the digests that are due."""
