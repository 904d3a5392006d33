"""How many mails go out in a minute, in all and to one mail domain, over all workers together.

Counted in the cache, which may forget: too fast for a minute is a discourtesy, not a fault.
"""

import datetime as dt
import random

from django.conf import settings
from django.core.cache import cache

_KEPT = 150
_MINUTE = dt.timedelta(minutes=1)


class FullMinute(Exception):  # noqa: N818 - says what it is
    """No more mails in this minute; `until` is when to try again. `everywhere`, or only to this domain."""

    def __init__(self, until: dt.datetime, *, everywhere: bool) -> None:
        super().__init__()
        self.until, self.everywhere = until, everywhere


def take_place(address: str, now: dt.datetime) -> None:
    """Counts one mail to the address in the minute of `now`. Raises FullMinute where it is full."""
    minute = now.astimezone(dt.UTC).strftime("%Y%m%d%H%M")
    if settings.DIGESTS_PER_MINUTE and _count(minute) > settings.DIGESTS_PER_MINUTE:
        raise FullMinute(_next_minute(now), everywhere=True)
    domain = address.rpartition("@")[2].lower()
    if settings.DIGESTS_PER_MINUTE_TO_A_DOMAIN and _count(minute, domain) > settings.DIGESTS_PER_MINUTE_TO_A_DOMAIN:
        raise FullMinute(_next_minute(now), everywhere=False)


def _count(*name: str) -> int:
    key = ":".join(("digests-sent", *name))
    cache.add(key, 0, _KEPT)
    try:
        return int(cache.incr(key))
    except ValueError:
        # Forgotten between the two.
        return 1


def _next_minute(now: dt.datetime) -> dt.datetime:
    """Within its first seconds, so that those who wait do not all come at once."""
    start = now.replace(second=0, microsecond=0) + _MINUTE
    return start + dt.timedelta(seconds=random.uniform(0, 5))  # noqa: S311 - spreads load, guards nothing
