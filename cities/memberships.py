"""Who is in a team, with which part: changing it, ending it, leaving. A row is ended, never rewritten or deleted."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cities.choices import MembershipEvent, Right
from cities.models import Membership, MembershipChange, Team
from cities.permissions import can_change_membership, can_end_membership
from cities.querysets import today
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand


class LastLead(Refused):
    """A team is never without a lead."""

    def __init__(self, team: Team) -> None:
        sentence = _("%(team)s would have no lead any more. Make somebody else there a lead first.")
        super().__init__(sentence % {"team": team.name})


class NotInTeamAnyMore(Refused):
    """The membership was ended or changed by somebody else in the meantime."""

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this in the meantime. Please look at the list again."))


class StillCoaching(Refused):
    """A coach's right is ended by ending the coaching engagement, in one transaction with it."""

    def __init__(self) -> None:
        super().__init__(
            _("A coach's part begins and ends with the coaching engagement. Leave the coaching there; this follows.")
        )


class NoSuccessor(Refused):
    """The named successor is not another current member of the team."""

    def __init__(self) -> None:
        super().__init__(_("Choose a successor among the people who stay in the team."))


def lock_team(team_id: int) -> Team:
    """Every change to who is in a team takes this lock first; so the last lead cannot leave twice at once."""
    team: Team = Team.objects.select_for_update(of=("self",)).get(pk=team_id)
    return team


@dataclass(frozen=True)
class Part:
    """What a person is in a team."""

    right: str
    function: str


@transaction.atomic
def change(*, by: User, membership: Membership, part: Part) -> Membership:
    """Ends the row today and opens one with the new part. The same part again changes nothing.

    Raises NotAllowed, NotInTeamAnyMore or LastLead.
    """
    lock_team(membership.team_id)
    held = _held(membership)
    demand(can_change_membership(by, held))
    if part.right not in Right.values or part.right == Right.COACH:
        raise StillCoaching
    if part == Part(held.right, held.function):
        return held
    if part.right != Right.LEAD:
        _demand_another_lead(held)
    _close(held, successor=None)
    changed = Membership.objects.create(
        team=held.team, person=held.person, right=part.right, function=part.function, starts_on=today()
    )
    record(by=by, event=MembershipEvent.CHANGED, before=held, after=changed)
    return changed


@transaction.atomic
def end(*, by: User, membership: Membership, successor: User | None = None) -> Membership:
    """Takes somebody off the team today, or oneself; the history stays, and who takes over is named in it.

    Raises NotAllowed, NotInTeamAnyMore, LastLead, StillCoaching or NoSuccessor.
    """
    lock_team(membership.team_id)
    held = _held(membership)
    demand(can_end_membership(by, held))
    return _end_held(held, by=by, successor=successor)


@transaction.atomic
def leave_everything(*, by: User) -> None:
    """Ends every membership and coordination of a person who closes the account, or none of them.

    Raises LastLead or StillCoaching, naming the team.
    """
    open_ones = by.memberships.exclude(ends_on__lte=today())
    # In one order for everybody, so that two people leaving two teams cannot wait for each other in a circle.
    for team_id in sorted(set(open_ones.values_list("team", flat=True))):
        lock_team(team_id)
    for membership in open_ones.select_related("team"):
        _end_held(membership, by=by)
    by.coordinations.current().update(ends_on=today(), ended_by=by)


def _end_held(held: Membership, *, by: User, successor: User | None = None) -> Membership:
    if held.right == Right.COACH and has_open_engagement(held):
        raise StillCoaching
    _demand_another_lead(held)
    if successor is not None and successor not in successors(held):
        raise NoSuccessor
    _close(held, successor=successor)
    event = MembershipEvent.LEFT if held.person_id == by.pk else MembershipEvent.ENDED
    record(by=by, event=event, before=held)
    return held


def successors(membership: Membership) -> list[User]:
    """The people who stay in the team when this membership ends."""
    staying = membership.team.memberships.staying().belonging().exclude(person=membership.person_id)
    return [other.person for other in staying.select_related("person").order_by("person__name")]


def is_last_lead(membership: Membership) -> bool:
    if membership.right != Right.LEAD:
        return False
    leads = Membership.objects.staying().leads().filter(team=membership.team_id, person__is_active=True)
    return not leads.exclude(pk=membership.pk).exists()


def has_open_engagement(membership: Membership) -> bool:
    # The row that the engagement keeps of it points here; this reads it without knowing that app.
    return Membership.objects.filter(pk=membership.pk, coaching__isnull=False, coaching__ends_on=None).exists()


def record(
    *, by: User, event: MembershipEvent, before: Membership | None = None, after: Membership | None = None
) -> MembershipChange:
    """The line of history that goes with a change, in the same transaction."""
    about = after or before
    assert about is not None  # noqa: S101 - a change is of something
    return MembershipChange.objects.create(
        team=about.team,
        person=about.person,
        by=by,
        event=event,
        right_before=before.right if before else "",
        function_before=before.function if before else "",
        right_after=after.right if after else "",
        function_after=after.function if after else "",
    )


def _held(membership: Membership) -> Membership:
    held: Membership | None = (
        Membership.objects.select_related("team", "person")
        .filter(pk=membership.pk)
        .exclude(ends_on__lte=today())
        .first()
    )
    if held is None:
        raise NotInTeamAnyMore
    return held


def _demand_another_lead(membership: Membership) -> None:
    if is_last_lead(membership):
        raise LastLead(membership.team)


def _close(membership: Membership, successor: User | None) -> None:
    membership.ends_on = max(today(), membership.starts_on)
    membership.successor = successor
    membership.save(update_fields=["ends_on", "successor"])
