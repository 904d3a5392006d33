"""One function for each message about a session.

Each answers the sent message, or None where it is no longer true: the person does not see the session any more, or it
was moved, called off or logged since the letter was written.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import formats, timezone, translation

from cities.models import City
from engagement import ical
from engagement.coaching.people import pair_of
from engagement.digests.periods import zone_of
from engagement.emails import message_id
from engagement.models import CoachingSession, Letter, ReminderPreference
from engagement.permissions import coaches_in
from innoteams.accounts.models import User
from innoteams.lib import mail


@dataclass(frozen=True)
class Clock:
    """When a session is, by somebody's clock: a coach's, the city's, or the reader's where it is nobody else's."""

    starts_at: dt.datetime
    zone: str
    of: User | City | None = None

    @property
    def whose(self) -> str:
        return self.of.name if self.of else ""

    @property
    def there(self) -> dt.datetime:
        return self.starts_at.astimezone(zone_of(self.zone))

    @property
    def shown(self) -> str:
        """In full, in the language that is active then."""
        return f"{formats.date_format(self.there, 'l j F Y')}, {formats.date_format(self.there, 'TIME_FORMAT')}"


def session_planned(letter: Letter) -> EmailMessage | None:
    session = _still_ahead(letter)
    return _write(letter, "session_planned", session, method=ical.REQUEST) if session else None


def session_moved(letter: Letter) -> EmailMessage | None:
    session = _still_ahead(letter)
    return _write(letter, "session_moved", session, method=ical.REQUEST) if session else None


def session_called_off(letter: Letter) -> EmailMessage | None:
    """Not about one that would be over by now."""
    session = _seen(letter)
    if session is None or session.called_off_at is None or session.ends_at < timezone.now():
        return None
    return _write(letter, "session_called_off", session, method=ical.CANCEL)


def session_soon(letter: Letter) -> EmailMessage | None:
    session = _still_ahead(letter)
    if session is None or session.starts_at <= timezone.now() or _has_switched_off(letter.person):
        return None
    return _write(letter, "session_soon", session)


def session_to_log(letter: Letter) -> EmailMessage | None:
    """To who coaches there now."""
    session = _in_force(letter)
    if session is None or _has_switched_off(letter.person) or not coaches_in(letter.person, session.engagement):
        return None
    return _write(letter, "session_to_log", session)


def clocks(session: CoachingSession, reader: User) -> list[Clock]:
    """The reader's clock first, then those of the coaches and of the city where they show another hour."""
    city = session.engagement.team.city
    coaches = [coach for coach in session.engagement.current_coaches if coach != reader]
    zones = [(reader.timezone, None), *((coach.timezone, coach) for coach in coaches), (city.timezone, city)]
    found: dict[object, Clock] = {}
    for zone, whose in zones:
        clock = Clock(session.starts_at, zone, whose)
        found.setdefault(clock.there.utcoffset(), clock)
    return list(found.values())


def _seen(letter: Letter) -> CoachingSession | None:
    if not letter.person.is_active:
        return None
    rows = CoachingSession.objects.visible_to(letter.person).select_related("engagement__team__city", "planned_by")
    rows = rows.select_related("called_off_by").prefetch_related("engagement__coaches__person")
    session: CoachingSession | None = rows.filter(pk=letter.session_id).first()
    return session


def _in_force(letter: Letter) -> CoachingSession | None:
    """As it was when the letter was written, in an engagement that goes on."""
    session = _seen(letter)
    if session is None or session.sequence != letter.sequence or session.engagement.ends_on is not None:
        return None
    return None if session.called_off_at or session.logged_at else session


def _still_ahead(letter: Letter) -> CoachingSession | None:
    session = _in_force(letter)
    return session if session and session.ends_at > timezone.now() else None


def _has_switched_off(person: User) -> bool:
    return ReminderPreference.objects.filter(person=person, sessions=False).exists()


def _write(letter: Letter, template: str, session: CoachingSession, *, method: str = "") -> EmailMessage:
    person = letter.person
    attendees = pair_of(session.engagement)
    # An answer to this mail goes to whom it is from, in people's eyes.
    planner = session.called_off_by if method == ical.CANCEL else session.planned_by
    reply_to = [planner] if planner in attendees and planner != person else []
    return mail.send(
        template,
        person,
        person.language,
        {
            "person": person,
            "session": session,
            "engagement": session.engagement,
            "clocks": clocks(session, person),
            "coaches": coaches_in(person, session.engagement),
            "link": f"{settings.SITE_URL}{session.get_absolute_url()}",
            "settings_link": f"{settings.SITE_URL}{reverse('calendar')}#reminders",
        },
        reply_to=reply_to,
        message_id=message_id(letter),
        time_zone=zone_of(person.timezone),
        calendar=_calendar(letter, session, attendees, method) if method else None,
    )


def _calendar(letter: Letter, session: CoachingSession, attendees: list[User], method: str) -> mail.CalendarPart:
    with translation.override(mail.offered(letter.person.language)):
        return ical.invitation(session, attendees, method=method, at=letter.created_at)
