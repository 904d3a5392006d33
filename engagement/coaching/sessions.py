"""Planning a session, its agenda, moving it, calling it off, logging it.

Every change counts up the row's `version`, which the form was opened with: of two people at once the second is told
(ChangedMeanwhile), reads both texts, and nothing is lost. `sequence` counts what a calendar has to hear of.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement import letters
from engagement.choices import LetterKind
from engagement.coaching.engagements import call_off_now, held
from engagement.coaching.people import pair_of
from engagement.models import CoachingEngagement, CoachingSession
from engagement.permissions import can_log_session, can_write_in_engagement
from innoteams.accounts.models import User
from innoteams.lib.rich_text import rich
from innoteams.lib.verdicts import Refused, demand


class ChangedMeanwhile(Refused):
    """Somebody else changed the session since the form was opened. `theirs` is the session as it stands now."""

    def __init__(self, theirs: CoachingSession) -> None:
        self.theirs = theirs
        super().__init__(_what_they_did(theirs))


class LoggedMeanwhile(ChangedMeanwhile):
    """Somebody else logged it."""


class NotHeldYet(Refused):
    """A session is logged once it has begun."""

    def __init__(self) -> None:
        super().__init__(_("It can be logged as soon as it has begun."))


class LoggedAlready(Refused):
    """What was logged took place: it is neither moved nor called off, nor does it have an agenda any more."""

    def __init__(self) -> None:
        super().__init__(_("This session is logged, so it took place. What is written can be mended."))


class CalledOff(Refused):
    """What was called off is not moved; a new one is planned."""

    def __init__(self) -> None:
        super().__init__(_("This session is called off. Plan a new one instead."))


class NoReason(Refused):
    """Calling off is told to people who kept the hour free."""

    def __init__(self) -> None:
        super().__init__(_("Say in a few words why it is called off: the others read it."))


@transaction.atomic
def plan_session(
    *,
    by: User,
    engagement: CoachingEngagement,
    starts_at: dt.datetime,
    aim: str,
    place: str = "",
    minutes: int = 60,
    zone: str = "",
    agenda: str = "",
) -> CoachingSession:
    """`zone` is the one by whose clock the hour was chosen; unless said otherwise the planner's own.

    Everybody else of the pair gets word of it, unless it lies in the past: then it is planned to be logged."""
    now = held(engagement.pk)
    demand(can_write_in_engagement(by, now))
    session = CoachingSession.objects.create(
        engagement=now,
        starts_at=starts_at,
        minutes=minutes,
        place=place.strip(),
        planned_zone=zone or by.timezone,
        aim=aim.strip(),
        agenda=agenda,
        planned_by=by,
    )
    _tell(LetterKind.SESSION_PLANNED, session, but=by)
    return session


@transaction.atomic
def write_agenda(*, by: User, session: CoachingSession, version: int, aim: str, agenda: str) -> CoachingSession:
    """Aim and agenda, until it is logged. Raises NotAllowed, ChangedMeanwhile, LoggedAlready or CalledOff."""
    now = _open_now(by, session, version)
    if (now.aim, now.agenda) == (aim.strip(), rich(agenda)):
        return now
    now.aim, now.agenda = aim.strip(), agenda
    return _changed(now, ["aim", "agenda"])


@transaction.atomic
def move_session(
    *,
    by: User,
    session: CoachingSession,
    version: int,
    starts_at: dt.datetime,
    minutes: int,
    place: str = "",
    zone: str = "",
) -> CoachingSession:
    """Another hour, length or place; everybody else of the pair gets word. The same again changes nothing.

    Raises NotAllowed, ChangedMeanwhile, LoggedAlready or CalledOff.
    """
    now = _open_now(by, session, version)
    if (now.starts_at, now.minutes, now.place) == (starts_at, minutes, place.strip()):
        return now
    now.starts_at, now.minutes, now.place, now.planned_zone = starts_at, minutes, place.strip(), zone or by.timezone
    now.sequence += 1
    _changed(now, ["starts_at", "minutes", "place", "planned_zone", "sequence"])
    _tell(LetterKind.SESSION_MOVED, now, but=by)
    return now


@transaction.atomic
def call_off_session(*, by: User, session: CoachingSession, version: int, why: str) -> CoachingSession:
    """It will not take place, or did not, and why. Raises NotAllowed, ChangedMeanwhile, LoggedAlready, CalledOff or
    NoReason."""
    now = _open_now(by, session, version)
    if not why.strip():
        raise NoReason
    call_off_now(now, by=by, why=why.strip())
    _tell(LetterKind.SESSION_CALLED_OFF, now, but=by)
    return now


@transaction.atomic
def log_session(
    *,
    by: User,
    session: CoachingSession,
    version: int,
    happened: str,
    observations: str = "",
    lessons: str = "",
    attended: Iterable[User] | None = None,
    guests: str = "",
) -> CoachingSession:
    """What happened, observations, lessons, who was there; may be mended later. `attended` None leaves it as it is.

    A session that was called off and took place after all is logged like any other: the calling off is taken back.
    Raises NotAllowed, ChangedMeanwhile (LoggedMeanwhile) or NotHeldYet.
    """
    now = _now(session)
    demand(can_log_session(by, now))
    _demand_version(now, version)
    if now.starts_at > timezone.now():
        raise NotHeldYet
    now.happened, now.observations, now.lessons = happened.strip(), observations.strip(), lessons.strip()
    now.guests = guests.strip()
    now.logged_at, now.logged_by = timezone.now(), by
    now.called_off_at, now.called_off_by, now.called_off_why = None, None, ""
    called_off = ["called_off_at", "called_off_by", "called_off_why"]
    _changed(now, ["happened", "observations", "lessons", "guests", "logged_at", "logged_by", *called_off])
    if attended is not None:
        now.attended.set(attended)
    return now


def may_have_attended(session: CoachingSession) -> list[User]:
    """The pair of today, and whoever was ticked before and has left since."""
    pair = pair_of(session.engagement)
    known = {person.pk for person in pair}
    return [*pair, *(person for person in session.attended.all() if person.pk not in known)]


def _now(session: CoachingSession) -> CoachingSession:
    """The session as it is now, held with its engagement until the transaction ends."""
    engagement = held(session.engagement_id)
    rows = CoachingSession.objects.select_for_update(of=("self",)).select_related("logged_by", "called_off_by")
    now: CoachingSession = rows.get(pk=session.pk)
    now.engagement = engagement
    return now


def _open_now(by: User, session: CoachingSession, version: int) -> CoachingSession:
    """The same, where it may still be arranged."""
    now = _now(session)
    demand(can_write_in_engagement(by, now.engagement))
    _demand_version(now, version)
    if now.logged_at:
        raise LoggedAlready
    if now.called_off_at:
        raise CalledOff
    return now


def _demand_version(now: CoachingSession, version: int) -> None:
    if now.version != version:
        raise LoggedMeanwhile(now) if now.logged_at else ChangedMeanwhile(now)


def _changed(now: CoachingSession, fields: Sequence[str]) -> CoachingSession:
    now.version += 1
    now.save(update_fields=[*fields, "version"])
    return now


def _tell(kind: LetterKind, session: CoachingSession, *, but: User) -> None:
    """Nobody is written to about an hour that has passed."""
    if session.starts_at > timezone.now():
        letters.write(kind, [(person, session) for person in pair_of(session.engagement) if person.pk != but.pk])


def _what_they_did(theirs: CoachingSession) -> str:
    somebody = _("Somebody")
    if theirs.logged_at:
        name = theirs.logged_by.name if theirs.logged_by else somebody
        sentence = _("%(who)s logged this session while you were writing. What you typed is kept below.")
    elif theirs.called_off_at:
        name = theirs.called_off_by.name if theirs.called_off_by else somebody
        sentence = _("%(who)s called this session off while you were writing. What you typed is kept below.")
    else:
        name = somebody
        sentence = _("%(who)s changed this session while you were writing. What you typed is kept below.")
    return str(sentence % {"who": name})
