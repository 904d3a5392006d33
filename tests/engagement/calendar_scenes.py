"""Sessions, their letters and their calendars, at a moment that a test chooses."""

import datetime as dt
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from icalendar import Calendar

from engagement import letters, reminders
from engagement.choices import LetterKind
from engagement.models import CoachingEngagement, CoachingSession
from engagement.posting import post_waiting
from innoteams.accounts.models import User

# A Wednesday, so that neither yesterday nor tomorrow is a day of rest anywhere.
WEDNESDAY = dt.datetime(2026, 10, 7, 9, 0, tzinfo=dt.UTC)


def utc(text: str) -> dt.datetime:
    """ "2026-10-07 09:00" """
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def planned(of: CoachingEngagement, starts_at: dt.datetime, **fields: object) -> CoachingSession:
    values: dict[str, object] = {
        "aim": "secret-aim",
        "place": "https://meet.example/room",
        "planned_zone": "Europe/Paris",
        **fields,
    }
    return CoachingSession.objects.create(engagement=of, starts_at=starts_at, **values)


def tell(kind: LetterKind, session: CoachingSession, *people: User) -> None:
    letters.write(kind, [(person, session) for person in people])


def post() -> list[EmailMultiAlternatives]:
    """What the worker sends now."""
    mail.outbox = []
    post_waiting(timezone.now())
    return mail.outbox  # type: ignore[return-value]  # the portal sends no others


def remind() -> list[EmailMultiAlternatives]:
    """What beat's ring and the worker send now."""
    reminders.write_due(timezone.now())
    return post()


def addresses(messages: list[EmailMultiAlternatives]) -> set[str]:
    return {address.partition("<")[2].strip(">") or address for message in messages for address in message.to}


def parsed(message: EmailMultiAlternatives) -> EmailMessage:
    read = message_from_bytes(message.message().as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def whole(message: EmailMultiAlternatives) -> str:
    """Everything that a mail says anywhere."""
    parts = [part.get_content() for part in parsed(message).walk() if not part.is_multipart()]
    texts = [part.decode() if isinstance(part, bytes) else str(part) for part in parts]
    return "\n".join([str(message.subject), *texts])


# As the library's own types say of each property what it is of all of them together, tests read them untyped.
def parsed_calendar(content: bytes) -> Any:
    return Calendar.from_ical(content)


def calendar_of(message: EmailMultiAlternatives) -> Any:
    [part] = [part for part in parsed(message).walk() if part.get_content_type() == "application/ics"]
    return parsed_calendar(part.get_content())


def only_event(calendar: Any) -> Any:
    [event] = calendar.walk("VEVENT")
    return event
