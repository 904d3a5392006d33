"""Reminders of sessions: one is near, or waits to be logged. What is promised is in the digest of actions.

A door rings every few minutes; each ring looks at the database for what is due now and has no letter yet. Rings that
are lost, doubled or late change nothing: a letter is written once (Letter.letter_of_session_once), and what it says is
looked up when it is sent.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, Min, OuterRef

from cities.models import Membership
from engagement import letters
from engagement.choices import LetterKind
from engagement.digests.periods import zone_of
from engagement.dues import coaches_of
from engagement.local_days import is_awake, is_working_day
from engagement.models import CoachingSession, Letter, ReminderPreference
from engagement.querysets import SessionQuerySet
from innoteams.accounts.models import User

SOON = dt.timedelta(hours=24)
LOG_AFTER = dt.timedelta(hours=2)
# What fell into so many days without a worker is made up for; what is older is no news any more.
CATCH_UP_DAYS = 7
_CATCH_UP = dt.timedelta(days=CATCH_UP_DAYS)
_LONGEST_SESSION = dt.timedelta(days=3)


def write_due(now: dt.datetime) -> int:
    """Writes every reminder that is due; answers how many were asked for."""
    return write_sessions_soon(now) + write_sessions_to_log(now)


def preference_of(person: User) -> ReminderPreference:
    """What the person chose, or the default: to be reminded."""
    return ReminderPreference.objects.filter(person=person).first() or ReminderPreference(person=person)


def choose(*, by: User, sessions: bool) -> ReminderPreference:
    """Also for letters that were written and not sent yet."""
    chosen, _made = ReminderPreference.objects.update_or_create(person=by, defaults={"sessions": sessions})
    return chosen


# --- Sessions ------------------------------------------------------------------------------------------------------


@transaction.atomic
def write_sessions_soon(now: dt.datetime) -> int:
    """A day before a session to everybody of the pair. Not about one that they were told of less than a day before it:
    that letter was the reminder. One that was moved is reminded of anew."""
    rows = _planned().filter(starts_at__gt=now, starts_at__lte=now + SOON)
    near = list(rows.select_related("engagement"))
    told = _told_at(near)
    near = [
        session for session in near if told.get(_version(session), session.starts_at - SOON) <= session.starts_at - SOON
    ]
    people = _pairs_of(near)
    return _write(LetterKind.SESSION_SOON, ((person, one) for one in near for person in people[one.engagement_id]), now)


@transaction.atomic
def write_sessions_to_log(now: dt.datetime) -> int:
    """Two hours after a session's end, or when its coach is up again, on a working day or that of the session."""
    rows = _planned().filter(starts_at__lte=now - LOG_AFTER, starts_at__gt=now - _CATCH_UP - _LONGEST_SESSION)
    over = [session for session in rows if now - _CATCH_UP < session.ends_at <= now - LOG_AFTER]
    coaches = _reminded(coaches_of({session.engagement_id for session in over}))
    to = (
        (person, session)
        for session in over
        for person in coaches[session.engagement_id]
        if _may_be_asked(person, session, now)
    )
    return _write(LetterKind.SESSION_TO_LOG, to, now)


def _planned() -> SessionQuerySet:
    return CoachingSession.objects.planned().filter(engagement__ends_on=None).order_by("pk")


def _may_be_asked(person: User, session: CoachingSession, now: dt.datetime) -> bool:
    zone = zone_of(person.timezone)
    day = now.astimezone(zone).date()
    on_its_day = session.ends_at.astimezone(zone).date() == day
    return is_awake(now, zone) and (on_its_day or is_working_day(day, zone))


def _version(session: CoachingSession) -> tuple[int, int]:
    return session.pk, session.sequence


def _told_at(sessions: list[CoachingSession]) -> dict[tuple[int, int], dt.datetime]:
    """When the pair was written that the session is then, for this version of each."""
    kinds = (LetterKind.SESSION_PLANNED, LetterKind.SESSION_MOVED)
    rows = Letter.objects.filter(session__in=sessions, kind__in=kinds).order_by()
    told = rows.values_list("session", "sequence").annotate(Min("created_at"))
    return {(session, sequence): at for session, sequence, at in told}


def _pairs_of(sessions: list[CoachingSession]) -> dict[int, list[User]]:
    """Everybody of the pair of each engagement, who wants to be reminded."""
    engagements = {session.engagement_id: session.engagement.team_id for session in sessions}
    coaches, by_team = coaches_of(engagements), defaultdict(list)
    rows = Membership.objects.current().belonging().filter(team__in=set(engagements.values()))
    for team_id, person_id in rows.values_list("team", "person").order_by("pk"):
        by_team[team_id].append(person_id)
    return _reminded({pk: [*coaches[pk], *by_team[team_id]] for pk, team_id in engagements.items()})


def _reminded(people: dict[int, list[int]]) -> dict[int, list[User]]:
    """Those who can sign in and have not switched reminders of sessions off."""
    wanted = {pk for pks in people.values() for pk in pks}
    off = ReminderPreference.objects.filter(person=OuterRef("pk"), sessions=False)
    found = User.objects.filter(~Exists(off), pk__in=wanted, is_active=True).in_bulk() if wanted else {}
    return defaultdict(
        list, {key: [found[pk] for pk in dict.fromkeys(pks) if pk in found] for key, pks in people.items()}
    )


def _write(kind: LetterKind, to: Iterable[tuple[User, CoachingSession]], now: dt.datetime) -> int:
    wanted = list(to)
    rows = Letter.objects.filter(kind=kind, session__in={session.pk for _person, session in wanted})
    there = set(rows.values_list("person", "session", "sequence"))
    new: list[tuple[User, letters.About]] = [
        (person, session) for person, session in wanted if (person.pk, *_version(session)) not in there
    ]
    if new:
        letters.write(kind, new, now=now)
    return len(new)
