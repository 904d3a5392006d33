"""One's own calendar address and reminders; one session as a file."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from engagement import calendar_feeds
from engagement.models import CoachingSession
from tests.access.rows_accompany import PAIR, engagement, of
from tests.access.table import Canary, Row, everybody, signed_in
from tests.cast import Cast

WORD = "canary-session-place"


def session(cast: Cast) -> CoachingSession:
    found = CoachingSession.objects.filter(place=WORD).first()
    return found or CoachingSession.objects.create(
        engagement=engagement(cast), starts_at=timezone.now() + dt.timedelta(days=1), aim="Choose", place=WORD
    )


def feed(cast: Cast) -> str:
    """Read by whoever has the key: here of somebody who belongs nowhere, so that it holds nothing of the pair."""
    return reverse("calendar_feed", args=[calendar_feeds.open_feed(by=cast.stranger).key])


def feed_of_coach(cast: Cast) -> str:
    return reverse("calendar_feed", args=[calendar_feeds.open_feed(by=cast.coach).key])


def session_file(cast: Cast) -> str:
    return reverse("session_file", args=[session(cast).pk])


ROWS = [
    Row("calendar", lambda cast: reverse("calendar"), signed_in()),
    Row("calendar_open", lambda cast: reverse("calendar_open"), signed_in(302), method="post"),
    Row("calendar_renew", lambda cast: reverse("calendar_renew"), signed_in(302), method="post"),
    Row("calendar_revoke", lambda cast: reverse("calendar_revoke"), signed_in(302), method="post"),
    Row("reminders_save", lambda cast: reverse("reminders_save"), signed_in(302), method="post"),
    Row("calendar_feed", feed, everybody(), public=True),
    # The key is the right to read it, so it is not crawled for what the pair alone may read.
    Row("calendar_feed", feed_of_coach, everybody(), public=True, crawl=False),
    Row("calendar_feed", lambda cast: reverse("calendar_feed", args=["nobody-has-this-key"]), public=True),
    Row("session_file", session_file, of(PAIR)),
]


def plant(cast: Cast) -> list[Canary]:
    """Where a session is stands in the pair's calendars and in nobody else's."""
    session(cast)
    return [Canary(WORD, frozenset(PAIR))]
