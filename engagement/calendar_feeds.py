"""The private address at which a person's calendar program reads: made, replaced, revoked, and what stands there."""

import datetime as dt
import secrets

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone, translation

from engagement import ical
from engagement.dues import Due, promised
from engagement.models import CalendarFeed, CoachingSession
from innoteams.accounts.models import User
from innoteams.lib.mail import offered

PAST = dt.timedelta(days=90)
# A program that looks every few minutes is not written down each time.
_READ_AGAIN = dt.timedelta(minutes=10)


def feed_of(person: User) -> CalendarFeed | None:
    """The address that works, if the person has one."""
    return CalendarFeed.objects.filter(person=person, revoked_at=None).first()


def open_feed(*, by: User) -> CalendarFeed:
    """An address, if there is none yet."""
    return feed_of(by) or _make(by)


@transaction.atomic
def renew(*, by: User) -> CalendarFeed:
    """A new address; the earlier one shows nothing any more, at once."""
    revoke(by=by)
    return _make(by)


@transaction.atomic
def revoke(*, by: User) -> None:
    """The address shows nothing any more, at once."""
    CalendarFeed.objects.filter(person=by, revoked_at=None).update(revoked_at=timezone.now())


def _make(person: User) -> CalendarFeed:
    try:
        with transaction.atomic():
            return CalendarFeed.objects.create(person=person, key=secrets.token_urlsafe(32))
    except IntegrityError:
        # Pressed twice at once: the other press made it.
        return CalendarFeed.objects.get(person=person, revoked_at=None)


# --- Reading -------------------------------------------------------------------------------------------------------


def find(key: str) -> CalendarFeed | None:
    """The feed of a key that works, of somebody who may still sign in."""
    rows = CalendarFeed.objects.select_related("person")
    return rows.filter(key=key, revoked_at=None, person__is_active=True).first()


def note_reading(feed: CalendarFeed, now: dt.datetime) -> None:
    """So that its owner can see whether a program reads it; nothing about who does."""
    long_ago = Q(last_read_at=None) | Q(last_read_at__lt=now - _READ_AGAIN)
    CalendarFeed.objects.filter(long_ago, pk=feed.pk).update(last_read_at=now)


def content(person: User, now: dt.datetime, *, with_days: bool) -> bytes:
    """What the person sees now: sessions from 90 days back on and, if wanted, the days until which something is
    promised by the person. The same all day (UTC) while nothing changes."""
    start = now - PAST
    sessions = CoachingSession.objects.visible_to(person).filter(starts_at__gte=start)
    sessions = sessions.select_related("engagement__team__city").order_by("starts_at", "pk")
    with translation.override(offered(person.language)):
        return ical.feed(sessions, _days(person, start.date()) if with_days else [], at=_midnight(now))


def _days(person: User, start: dt.date) -> list[Due]:
    dues = promised(due_from=start, to=[person.pk]).get(person, [])
    return [one for one in dues if one.is_own]


def _midnight(now: dt.datetime) -> dt.datetime:
    return now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
