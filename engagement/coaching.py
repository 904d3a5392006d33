"""Coaching: opening and ending an engagement, its sessions, commitments and notes.

An engagement and the coach's right in the team are one thing: they begin and end in one transaction.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cities import memberships
from cities.choices import Function, MembershipEvent, Right
from cities.models import Membership, Team
from cities.querysets import today
from engagement.choices import Drawer
from engagement.models import CoachingEngagement, CoachingNote, CoachingSession, Commitment
from engagement.permissions import (
    can_end_engagement,
    can_log_session,
    can_open_engagement,
    can_settle_commitment,
    can_write_in_engagement,
)
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


class NotOfThePair(Refused):
    """A commitment is somebody's of the pair: the coach, or one of the team."""

    def __init__(self) -> None:
        super().__init__(_("Choose the coach or somebody of the team."))


class LoggedMeanwhile(Refused):
    """Somebody else logged the session since the form was opened."""

    def __init__(self, by: User | None) -> None:
        name = by.name if by else _("Somebody")
        super().__init__(
            _("%(who)s logged this session while you were writing. What you typed is kept below.") % {"who": name}
        )


# --- Engagements ---------------------------------------------------------------------------------------------------


@transaction.atomic
def open_engagement(*, by: User, coach: User, team: Team, aims: str = "") -> CoachingEngagement:
    """Pairs a coach with a team from today; the coach sees what the programme sees of the team.

    Raises NotAllowed, CoachOfOwnTeam or CoachesAlready.
    """
    demand(can_open_engagement(by, team))
    memberships.lock_team(team.pk)
    there = Membership.objects.current().filter(team=team, person=coach)
    if there.belonging().exists():
        raise CoachOfOwnTeam
    if CoachingEngagement.objects.current().filter(team=team, coach=coach).exists():
        raise CoachesAlready
    return CoachingEngagement.objects.create(
        coach=coach, team=team, membership=_coach_right(by, coach, team), aims=aims.strip(), starts_on=today()
    )


def _coach_right(by: User, coach: User, team: Team) -> Membership:
    """The coach's right in the team: the one that stands without an engagement, or a new one."""
    standing = Membership.objects.current().coaches().filter(team=team, person=coach, engagement=None).first()
    if isinstance(standing, Membership):
        return standing
    right = Membership.objects.create(
        team=team, person=coach, right=Right.COACH, function=Function.COACH, starts_on=today()
    )
    memberships.record(by=by, event=MembershipEvent.JOINED, after=right)
    return right


@transaction.atomic
def end_engagement(*, by: User, engagement: CoachingEngagement) -> CoachingEngagement:
    """Ends it and the coach's right today; what was written stays. Raises NotAllowed (also when ended already)."""
    memberships.lock_team(engagement.team_id)
    rows = CoachingEngagement.objects.select_related("team", "membership")
    now: CoachingEngagement = rows.get(pk=engagement.pk)
    demand(can_end_engagement(by, now))
    now.ends_on = max(today(), now.starts_on)
    now.save(update_fields=["ends_on"])
    right = now.membership
    if right.ends_on is None:
        right.ends_on = max(today(), right.starts_on)
        right.save(update_fields=["ends_on"])
        event = MembershipEvent.LEFT if by.pk == now.coach_id else MembershipEvent.ENDED
        memberships.record(by=by, event=event, before=right)
    return now


@transaction.atomic
def set_aims(*, by: User, engagement: CoachingEngagement, aims: str) -> CoachingEngagement:
    """The pair's own aims, in its own words."""
    demand(can_write_in_engagement(by, engagement))
    engagement.aims = aims.strip()
    engagement.save(update_fields=["aims"])
    return engagement


# --- Sessions ------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_session(
    *, by: User, engagement: CoachingEngagement, starts_at: dt.datetime, aim: str, place: str = ""
) -> CoachingSession:
    demand(can_write_in_engagement(by, engagement))
    return CoachingSession.objects.create(
        engagement=engagement, starts_at=starts_at, aim=aim.strip(), place=place.strip(), planned_by=by
    )


@transaction.atomic
def log_session(
    *,
    by: User,
    session: CoachingSession,
    known_log: dt.datetime | None,
    happened: str,
    observations: str = "",
    lessons: str = "",
) -> CoachingSession:
    """What happened, observations, lessons; may be mended later. `known_log` is the `logged_at` that the form was
    opened with: somebody else's log is not written over unseen (LoggedMeanwhile)."""
    rows = CoachingSession.objects.select_for_update(of=("self",)).select_related("engagement__team", "logged_by")
    now: CoachingSession = rows.get(pk=session.pk)
    demand(can_log_session(by, now))
    if now.logged_at != known_log:
        raise LoggedMeanwhile(now.logged_by)
    now.happened, now.observations, now.lessons = happened.strip(), observations.strip(), lessons.strip()
    now.logged_at, now.logged_by = timezone.now(), by
    now.save(update_fields=["happened", "observations", "lessons", "logged_at", "logged_by"])
    return now


# --- Commitments ---------------------------------------------------------------------------------------------------


def pair_of(engagement: CoachingEngagement) -> list[User]:
    """The coach and everybody of the team: the people who may promise something to each other."""
    rows = Membership.objects.current().belonging().filter(team=engagement.team_id, person__is_active=True)
    team = [row.person for row in rows.select_related("person").order_by("person__name")]
    return [engagement.coach, *(person for person in team if person.pk != engagement.coach_id)]


@transaction.atomic
def commit(
    *,
    by: User,
    engagement: CoachingEngagement,
    text: str,
    owner: User,
    due_on: dt.date,
    session: CoachingSession | None = None,
) -> Commitment:
    """Somebody of the pair promises something until a day; it stays open, from session to session, until done."""
    demand(can_write_in_engagement(by, engagement))
    if owner.pk not in {person.pk for person in pair_of(engagement)}:
        raise NotOfThePair
    return Commitment.objects.create(
        engagement=engagement, session=session, text=text.strip(), owner=owner, due_on=due_on
    )


@transaction.atomic
def settle(*, by: User, commitment: Commitment) -> Commitment:
    """Done. Whoever was first is remembered; a second click changes nothing."""
    demand(can_settle_commitment(by, commitment))
    waiting = Commitment.objects.filter(pk=commitment.pk, done_at=None)
    waiting.update(done_at=timezone.now(), done_by=by)
    commitment.refresh_from_db()
    return commitment


@transaction.atomic
def reopen(*, by: User, commitment: Commitment) -> Commitment:
    """Undo: it was not done after all."""
    demand(can_settle_commitment(by, commitment))
    commitment.done_at = commitment.done_by = None
    commitment.save(update_fields=["done_at", "done_by"])
    return commitment


# --- Notes ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def write_note(
    *, by: User, engagement: CoachingEngagement, drawer: str, text: str, session: CoachingSession | None = None
) -> CoachingNote:
    """A note in a drawer that is chosen when writing and does not change afterwards."""
    demand(can_write_in_engagement(by, engagement))
    return CoachingNote.objects.create(
        engagement=engagement, session=session, author=by, drawer=Drawer(drawer), text=text.strip()
    )
