"""Sessions and days due as iCalendar (RFC 5545, RFC 5546), for mails, for one session and for a person's feed.

A calendar is shared with colleagues, shown on a locked telephone and copied to other machines: it says when, where and
with whom, never what about. Times are in UTC: a session is one moment, and every program shows it by its own clock.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vCalAddress

from engagement.dues import Due
from engagement.models import CheckIn, CoachingSession, Commitment
from engagement.promises import Promise
from innoteams.accounts.models import User
from innoteams.lib.mail import CalendarPart, one_line, sender_address

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
_ALARM_BEFORE = dt.timedelta(minutes=15)
# How often a program is asked to look again.
_REFRESH = dt.timedelta(hours=1)


def invitation(session: CoachingSession, attendees: Sequence[User], *, method: str, at: dt.datetime) -> CalendarPart:
    """What goes along with a mail about a session. `at` is when the letter was written.

    The portal itself is the organiser: it writes the mails, so that programs which compare the two believe a change
    or a cancellation, and it outlasts whoever planned the session. Needs engagement, team, city and coaches.
    """
    event = _session(session, at)
    organiser = vCalAddress(f"mailto:{sender_address()}")
    organiser.params["CN"] = "innoteams"
    event.add("organizer", organiser, encode=False)
    for person in attendees:
        event.add("attendee", _attendee(person), encode=False)
    if method != CANCEL:
        event.add_component(_alarm(event))
    calendar = _calendar(method)
    calendar.add_component(event)
    return CalendarPart(method, calendar.to_ical())


def one_session(session: CoachingSession, *, at: dt.datetime) -> bytes:
    """A session as a file to take into a calendar; without addresses, which a published event does not have."""
    event = _session(session, at)
    if not is_off(session):
        event.add_component(_alarm(event))
    calendar = _calendar(PUBLISH)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def feed(sessions: Iterable[CoachingSession], dues: Iterable[Due], *, at: dt.datetime) -> bytes:
    """A person's calendar, to be read again and again; without alarms, which the reading program adds as it is set.

    The same rows give the same bytes as long as `at` is the same.
    """
    calendar = _calendar(PUBLISH)
    calendar.add("name", _("innoteams coaching"))
    calendar.add("x-wr-calname", _("innoteams coaching"))
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for session in sessions:
        calendar.add_component(_session(session, at))
    for due in dues:
        calendar.add_component(_day(due, at))
    return bytes(calendar.to_ical())


def is_off(session: CoachingSession) -> bool:
    """Called off, or planned for after its engagement ended. Needs the engagement."""
    ended: dt.date | None = session.engagement.ends_on
    overtaken = ended is not None and session.logged_at is None and session.starts_at.date() >= ended
    return session.called_off_at is not None or overtaken


def uid_of(kind: str, pk: int) -> str:
    """The same for as long as the portal has its address, in whatever it is said."""
    return f"{kind}-{pk}@{urlsplit(settings.SITE_URL).hostname}"


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//innoteams//coaching//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _session(session: CoachingSession, at: dt.datetime) -> Event:
    link = f"{settings.SITE_URL}{session.get_absolute_url()}"
    event = Event()
    event.add("uid", uid_of("session", session.pk))
    event.add("sequence", session.sequence)
    event.add("dtstamp", at.astimezone(dt.UTC).replace(microsecond=0))
    event.add("dtstart", session.starts_at.astimezone(dt.UTC))
    event.add("dtend", session.ends_at.astimezone(dt.UTC))
    event.add("summary", _summary(session))
    if session.place:
        event.add("location", one_line(session.place))
    event.add("description", _("Aim, agenda and notes: %(link)s") % {"link": link})
    event.add("url", link)
    event.add("status", "CANCELLED" if is_off(session) else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if is_off(session) else "OPAQUE")
    # Colleagues who see the calendar see that one is busy.
    event.add("class", "PRIVATE")
    return event


def _summary(session: CoachingSession) -> str:
    return _("Coaching session, %(city)s") % {"city": one_line(session.engagement.team.city.name)}


def _attendee(person: User) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["CN"] = one_line(str(person))
    address.params["ROLE"] = "REQ-PARTICIPANT"
    address.params["PARTSTAT"] = "NEEDS-ACTION"
    # The portal reads no mail, so nobody is asked to answer; who comes is said on the page.
    address.params["RSVP"] = "FALSE"
    return address


def _alarm(event: Event) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", str(event["summary"]))
    alarm.add("trigger", -_ALARM_BEFORE)
    return alarm


def _day(due: Due, at: dt.datetime) -> Event:
    """A day until which something is promised."""
    event = Event()
    link = f"{settings.SITE_URL}{due.path}"
    event.add("uid", uid_of(due.promise.value, due.about.pk))
    event.add("dtstamp", at.astimezone(dt.UTC).replace(microsecond=0))
    event.add("dtstart", due.due)
    event.add("dtend", due.due + dt.timedelta(days=1))
    event.add("summary", _title_of(due))
    event.add("description", link)
    event.add("url", link)
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _title_of(due: Due) -> str:
    about = due.about
    if isinstance(about, CheckIn):
        names = {"period": about.period.name, "city": one_line(about.team.city.name)}
        if due.promise == Promise.ANSWER:
            return _("Due: the answer to the check-in %(period)s, %(city)s") % names
        return _("Due: the check-in %(period)s, %(city)s") % names
    names = {"city": one_line(about.engagement.team.city.name)}
    if isinstance(about, Commitment):
        return _("Due: a commitment, coaching %(city)s") % names
    return _("Due: the log of a session, %(city)s") % names
