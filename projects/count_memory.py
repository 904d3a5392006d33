"""Numbers that cost a pass over all projects are remembered until the next project changes.

The key holds a token that every change of a project replaces once it is committed (`projects.history.record`): a
number that was counted before a change is not found after it. What changes without a project
(a city's population, a programme that begins) is felt after COUNTS_KEPT_SECONDS.
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

T = TypeVar("T")

_TOKEN = "projects-as-of"  # noqa: S105 - names a moment, not a secret
_DAY = 86_400


def remembered(asked: str | None, count: Callable[[], T]) -> T:
    """What `count` answers; asked again with the same words before any project changed, what it answered then."""
    if asked is None or not settings.COUNTS_KEPT_SECONDS:
        return count()
    try:
        key = f"counts:{_token()}:{hashlib.sha256(asked.encode()).hexdigest()}"
        found: T | None = cache.get(key)
        if found is None:
            found = count()
            cache.set(key, found, settings.COUNTS_KEPT_SECONDS)
    except RedisError:
        # A memory that is away costs time, not the page.
        return count()
    return found


def projects_changed() -> None:
    """Forgets all numbers once the change is committed; call it in its transaction."""
    if settings.COUNTS_KEPT_SECONDS:
        # Robust: a cache that is away must not turn a change that was made into an error.
        transaction.on_commit(_renew, robust=True)


def _token() -> str:
    token: str | None = cache.get(_TOKEN)
    if token is None:
        cache.add(_TOKEN, secrets.token_hex(8), _DAY)
        token = cache.get(_TOKEN) or ""
    return token


def _renew() -> None:
    cache.set(_TOKEN, secrets.token_hex(8), _DAY)
