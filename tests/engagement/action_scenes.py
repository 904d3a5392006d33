"""Digests of actions on days that a test chooses."""

import datetime as dt

import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from cities.models import Team
from engagement.choices import Stream
from engagement.models import CheckIn, CheckInPeriod
from innoteams.accounts.models import User
from tests.cast import Cast
from tests.engagement.calendar_scenes import addresses
from tests.engagement.digest_scenes import run

DAY = dt.timedelta(days=1)
# A Monday: a week before and after it, and three days after it, people work in Paris, Jerusalem and Anchorage.
DUE = dt.date(2026, 10, 12)


def on(day: dt.date, hour: int = 9, minute: int = 0) -> "time_machine.travel":
    return time_machine.travel(dt.datetime.combine(day, dt.time(hour, minute), dt.UTC), tick=False)


def draft(cast: Cast, *, due: dt.date = DUE, team: Team | None = None, key: str = "2026-Q3") -> CheckIn:
    period, _ = CheckInPeriod.objects.get_or_create(
        programme=cast.programme,
        key=key,
        defaults={"starts_on": due - 100 * DAY, "ends_on": due - 14 * DAY, "due_on": due},
    )
    return CheckIn.objects.create(period=period, team=team or cast.tel_aviv)


def digests() -> list[EmailMultiAlternatives]:
    """What a tick of the actions stream sends now."""
    mail.outbox = []
    run(timezone.now(), Stream.ACTIONS)
    return mail.outbox  # type: ignore[return-value]  # the portal sends no others


def up_to(day: dt.date) -> None:
    """All that was new until that day has been told."""
    with on(day):
        digests()


def digest_to(person: User) -> EmailMultiAlternatives:
    [message] = [message for message in digests() if addresses([message]) == {person.email}]
    return message


def day_by_day(first: dt.date, last: dt.date) -> dict[dt.date, set[str]]:
    """Whom the mails of each day went to, with a worker that ticks every day at nine, and did the day before."""
    up_to(first - DAY)
    found = {}
    day = first
    while day <= last:
        with on(day):
            if sent := digests():
                assert len(addresses(sent)) == len(sent)
                found[day] = addresses(sent)
        day += DAY
    return found


def offsets(found: dict[dt.date, set[str]], due: dt.date) -> dict[int, set[str]]:
    return {(day - due).days: people for day, people in found.items()}
