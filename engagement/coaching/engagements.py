"""Opening and ending an engagement, its coaches, its period, rhythm and aims.

A coach's part in an engagement and the coach's right in the team are one thing: they begin and end in one transaction.
Every verb that changes who is in it, or whether it goes on, holds the team's row first and then the engagement's.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cities import memberships
from cities.choices import Function, MembershipEvent, Right
from cities.models import Membership, Team
from cities.querysets import today
from engagement import letters
from engagement.choices import LetterKind, MeetingRhythm
from engagement.coaching.people import pair_of
from engagement.models import CoachingEngagement, CoachingSession, EngagementCoach
from engagement.permissions import (
    can_change_coaches,
    can_change_period,
    can_end_engagement,
    can_open_engagement,
    can_take_out_coach,
    can_write_in_engagement,
)
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand


class CoachOfOwnTeam(Refused):
    """A coach comes from outside the team."""

    def __init__(self, coach: User) -> None:
        super().__init__(
            _("%(name)s belongs to the team. A coach comes from outside it.") % {"name": coach.name or coach.email}
        )


class CoachesAlready(Refused):
    """The person has an open engagement with the team."""

    def __init__(self, coach: User) -> None:
        super().__init__(_("%(name)s coaches the team already.") % {"name": coach.name or coach.email})


class NobodyChosen(Refused):
    """An engagement has at least one coach."""

    def __init__(self) -> None:
        super().__init__(_("Choose at least one person."))


class NotCoachingAnyMore(Refused):
    """The coach's part ended in the meantime."""

    def __init__(self) -> None:
        super().__init__(_("This person does not coach here any more."))


class PeriodIsOver(Refused):
    """A day to look back on lies ahead."""

    def __init__(self) -> None:
        super().__init__(_("This day is over. Choose today or a later one."))


@transaction.atomic
def open_engagement(
    *,
    by: User,
    coaches: Sequence[User],
    team: Team,
    aims: str = "",
    rhythm: str = MeetingRhythm.FREE,
    planned_until: dt.date | None = None,
) -> CoachingEngagement:
    """Pairs one coach or several with a team from today; each sees what the programme sees of the team.

    Raises NotAllowed, NobodyChosen, PeriodIsOver, CoachOfOwnTeam or CoachesAlready.
    """
    demand(can_open_engagement(by, team))
    if not coaches:
        raise NobodyChosen
    _demand_ahead(planned_until)
    memberships.lock_team(team.pk)
    engagement = CoachingEngagement.objects.create(
        team=team,
        opened_by=by,
        aims=aims.strip(),
        rhythm=MeetingRhythm(rhythm),
        starts_on=today(),
        planned_until=planned_until,
    )
    for coach in coaches:
        _join(by, coach, engagement)
    return engagement


@transaction.atomic
def add_coaches(*, by: User, engagement: CoachingEngagement, coaches: Sequence[User]) -> CoachingEngagement:
    """More coaches from today; each reads what the engagement holds from its beginning, private notes excepted.

    All of them or none. Raises NotAllowed, NobodyChosen, CoachOfOwnTeam or CoachesAlready.
    """
    now = held_with_team(engagement)
    demand(can_change_coaches(by, now))
    if not coaches:
        raise NobodyChosen
    for coach in coaches:
        _join(by, coach, now)
    return now


@transaction.atomic
def take_out_coach(*, by: User, engagement: CoachingEngagement, coach: User) -> CoachingEngagement:
    """A coach's part and right end today; the engagement goes on with the others. The last one's leaving ends it.

    Raises NotAllowed or NotCoachingAnyMore.
    """
    now = held_with_team(engagement)
    demand(can_take_out_coach(by, now, coach))
    open_parts = list(now.coaches.filter(ends_on=None).select_related("membership", "person"))
    part = next((part for part in open_parts if part.person_id == coach.pk), None)
    if part is None:
        raise NotCoachingAnyMore
    if len(open_parts) == 1:
        return _end(by, now, why="")
    part.left_early = True
    _leave(by, part, today())
    return now


@transaction.atomic
def end_engagement(*, by: User, engagement: CoachingEngagement, why: str = "") -> CoachingEngagement:
    """Ends it and its coaches' rights today, and calls off what was planned; what was written stays.

    `why` is told to everybody whose session is called off. Raises NotAllowed (also when it ended already).
    """
    now = held_with_team(engagement)
    demand(can_end_engagement(by, now))
    return _end(by, now, why)


@transaction.atomic
def change_period(
    *, by: User, engagement: CoachingEngagement, rhythm: str, planned_until: dt.date | None
) -> CoachingEngagement:
    """How often they mean to meet, and the day on which they look back. Raises NotAllowed or PeriodIsOver."""
    now = held(engagement.pk)
    demand(can_change_period(by, now))
    if planned_until != now.planned_until:
        _demand_ahead(planned_until)
    now.rhythm, now.planned_until = MeetingRhythm(rhythm), planned_until
    now.save(update_fields=["rhythm", "planned_until"])
    return now


@transaction.atomic
def set_aims(*, by: User, engagement: CoachingEngagement, aims: str) -> CoachingEngagement:
    """The pair's own aims, in its own words."""
    now = held(engagement.pk)
    demand(can_write_in_engagement(by, now))
    now.aims = aims.strip()
    now.save(update_fields=["aims"])
    return now


def held(pk: int) -> CoachingEngagement:
    """The engagement as it is now, held until the transaction ends: whoever plans a session waits for whoever ends
    the coaching, and the other way round."""
    rows = CoachingEngagement.objects.select_for_update(of=("self",)).select_related("team__city")
    engagement: CoachingEngagement = rows.get(pk=pk)
    return engagement


def held_with_team(engagement: CoachingEngagement) -> CoachingEngagement:
    memberships.lock_team(engagement.team_id)
    return held(engagement.pk)


def _demand_ahead(day: dt.date | None) -> None:
    if day is not None and day < today():
        raise PeriodIsOver


def _join(by: User, coach: User, engagement: CoachingEngagement) -> EngagementCoach:
    """The team's row is locked by the caller."""
    there = Membership.objects.current().filter(team=engagement.team_id, person=coach)
    if there.belonging().exists():
        raise CoachOfOwnTeam(coach)
    if EngagementCoach.objects.filter(engagement__team=engagement.team_id, person=coach, ends_on=None).exists():
        raise CoachesAlready(coach)
    return EngagementCoach.objects.create(
        engagement=engagement,
        person=coach,
        membership=_coach_right(by, coach, engagement.team),
        starts_on=today(),
    )


def _coach_right(by: User, coach: User, team: Team) -> Membership:
    """The coach's right in the team: the one that stands without an engagement, or a new one."""
    standing = Membership.objects.current().coaches().filter(team=team, person=coach, coaching=None).first()
    if isinstance(standing, Membership):
        return standing
    right = Membership.objects.create(
        team=team, person=coach, right=Right.COACH, function=Function.COACH, starts_on=today()
    )
    memberships.record(by=by, event=MembershipEvent.JOINED, after=right)
    return right


def _end(by: User, now: CoachingEngagement, why: str) -> CoachingEngagement:
    # Asked before the coaches' parts end: whoever was to come is told that the session is off.
    told = [person for person in pair_of(now) if person.pk != by.pk]
    now.ends_on = max(today(), now.starts_on)
    now.save(update_fields=["ends_on"])
    for part in now.coaches.filter(ends_on=None).select_related("membership", "person"):
        _leave(by, part, now.ends_on)
    _call_off_planned(by, now, told, why)
    return now


def _leave(by: User, part: EngagementCoach, day: dt.date) -> None:
    """Ends one coach's part and right."""
    part.ends_on = max(day, part.starts_on)
    part.save(update_fields=["ends_on", "left_early"])
    right = part.membership
    if right.ends_on is None:
        right.ends_on = max(today(), right.starts_on)
        right.save(update_fields=["ends_on"])
        event = MembershipEvent.LEFT if by.pk == part.person_id else MembershipEvent.ENDED
        memberships.record(by=by, event=event, before=right)


def _call_off_planned(by: User, ended: CoachingEngagement, told: Sequence[User], why: str) -> None:
    """What lies ahead will not be held. What lies behind and was not logged stays as it is."""
    ahead = ended.sessions.planned().filter(starts_at__gt=timezone.now()).select_for_update()
    reason = why.strip() or _ended_in_words(ended.team)
    for session in ahead:
        call_off_now(session, by=by, why=reason)
        letters.write(LetterKind.SESSION_CALLED_OFF, [(person, session) for person in told])


def call_off_now(session: CoachingSession, *, by: User, why: str) -> None:
    """The row is held by the caller."""
    session.called_off_at, session.called_off_by, session.called_off_why = timezone.now(), by, why[:300]
    session.version += 1
    session.sequence += 1
    session.save(update_fields=["called_off_at", "called_off_by", "called_off_why", "version", "sequence"])


def _ended_in_words(team: Team) -> str:
    """Kept like every reason as words that people read later, so in the language that the team works in."""
    with translation.override(team.language):
        return gettext("The coaching ended before this session.")
