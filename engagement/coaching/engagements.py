"""Opening and ending an engagement, its coaches, its period, rhythm and aims.

A coach's part in an engagement and the coach's right in the team are one thing: they begin and end in one transaction.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cities import memberships
from cities.choices import Function, MembershipEvent, Right
from cities.models import Membership, Team
from cities.querysets import today
from engagement.choices import MeetingRhythm
from engagement.models import CoachingEngagement, EngagementCoach
from engagement.permissions import can_end_engagement, can_open_engagement, can_write_in_engagement
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand


class CoachOfOwnTeam(Refused):
    """A coach comes from outside the team."""

    def __init__(self) -> None:
        super().__init__(_("This person belongs to the team. A coach comes from outside it."))


class CoachesAlready(Refused):
    """The pair has an open engagement."""

    def __init__(self) -> None:
        super().__init__(_("This person coaches the team already."))


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

    Raises NotAllowed, CoachOfOwnTeam or CoachesAlready.
    """
    demand(can_open_engagement(by, team))
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


def _join(by: User, coach: User, engagement: CoachingEngagement) -> EngagementCoach:
    """The team's row is locked by the caller."""
    there = Membership.objects.current().filter(team=engagement.team_id, person=coach)
    if there.belonging().exists():
        raise CoachOfOwnTeam
    if EngagementCoach.objects.filter(engagement__team=engagement.team_id, person=coach, ends_on=None).exists():
        raise CoachesAlready
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


@transaction.atomic
def end_engagement(*, by: User, engagement: CoachingEngagement) -> CoachingEngagement:
    """Ends it and its coaches' rights today; what was written stays. Raises NotAllowed (also when ended already)."""
    memberships.lock_team(engagement.team_id)
    now: CoachingEngagement = CoachingEngagement.objects.select_related("team").get(pk=engagement.pk)
    demand(can_end_engagement(by, now))
    now.ends_on = max(today(), now.starts_on)
    now.save(update_fields=["ends_on"])
    for part in now.coaches.filter(ends_on=None).select_related("membership", "person"):
        _leave(by, part, now.ends_on)
    return now


def _leave(by: User, part: EngagementCoach, day: dt.date) -> None:
    """Ends one coach's part and right."""
    part.ends_on = max(day, part.starts_on)
    part.save(update_fields=["ends_on"])
    right = part.membership
    if right.ends_on is None:
        right.ends_on = max(today(), right.starts_on)
        right.save(update_fields=["ends_on"])
        event = MembershipEvent.LEFT if by.pk == part.person_id else MembershipEvent.ENDED
        memberships.record(by=by, event=event, before=right)


@transaction.atomic
def set_aims(*, by: User, engagement: CoachingEngagement, aims: str) -> CoachingEngagement:
    """The pair's own aims, in its own words."""
    demand(can_write_in_engagement(by, engagement))
    engagement.aims = aims.strip()
    engagement.save(update_fields=["aims"])
    return engagement
