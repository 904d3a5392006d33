"""The demo's story lies in the past, always just behind the day on which it is loaded."""

import datetime as dt
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest.mock import patch

from django.utils import timezone


@contextmanager
def at(moment: dt.datetime) -> Iterator[dt.datetime]:
    """Django's clock stands still at `moment`, so that every verb dates what it writes as if it were then.

    For this process only, which does nothing else while it loads the demo.
    """
    with patch.object(timezone, "now", lambda: moment):
        yield moment


class Calendar:
    """Days counted back from the loading of the demo."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def moment(self, days_ago: float) -> dt.datetime:
        """So many days ago in the morning (UTC); today's things happened a few minutes ago."""
        then = (self.now - dt.timedelta(days=days_ago)).replace(hour=8, minute=20, second=0, microsecond=0)
        return self.at_most_now(then)

    def day(self, days_ago: float) -> dt.date:
        return (self.now - dt.timedelta(days=days_ago)).date()

    def at_most_now(self, moment: dt.datetime, minutes: int = 5) -> dt.datetime:
        """The moment, or some minutes ago where it would still lie ahead."""
        return min(moment, self.now - dt.timedelta(minutes=minutes))

    def ago(self, days: float) -> AbstractContextManager[dt.datetime]:
        return at(self.moment(days))
