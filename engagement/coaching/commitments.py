"""What coaches and team promise each other."""

import datetime as dt
import hashlib

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cities.models import Team
from cities.permissions import writes_for
from engagement.choices import Act
from engagement.coaching.people import pair_of
from engagement.models import CoachingEngagement, CoachingSession, Commitment
from engagement.permissions import can_settle_commitment, can_write_in_engagement
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.locking import locked
from projects.models import Project
from projects.querysets import ProjectQuerySet


class NotOfThePair(Refused):
    """A commitment is somebody's of the pair: the coach, or one of the team."""

    def __init__(self) -> None:
        super().__init__(_("Choose the coach or somebody of the team."))


class CannotDoIt(Refused):
    """A commitment that an act of the team completes belongs to somebody who can act in its projects."""

    def __init__(self, owner: User) -> None:
        super().__init__(
            _("%(who)s cannot do this in the team's projects. Choose a lead or member of the team, or no act.")
            % {"who": owner.name}
        )


class NotAProjectOfTheTeam(Refused):
    """The act happens in a project of this team."""

    def __init__(self) -> None:
        super().__init__(_("Choose a project of this team."))


class SettledMeanwhile(Refused):
    """It is done or let go; it is opened again before anything is changed about it."""

    def __init__(self) -> None:
        super().__init__(_("This promise is not open any more. Open it again first."))


class ChangedMeanwhile(Refused):
    """Somebody changed it since the form was opened."""

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this promise while you were writing. What it says now stands above."))


def projects_for(person: User, team: Team) -> ProjectQuerySet:
    """The team's own projects that the person sees: what a promise may be about."""
    rows: ProjectQuerySet = Project.objects.visible_to(person)
    return rows.filter(Q(source_line="") | Q(claimed_at__isnull=False), team=team).order_by("title", "pk")


def fingerprint(commitment: Commitment) -> str:
    """Of what a form shows of it; differs as soon as somebody changes that."""
    shown = f"{commitment.due_on}\n{commitment.act}\n{commitment.project_id}\n{commitment.text}"
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


@transaction.atomic
def commit(
    *,
    by: User,
    engagement: CoachingEngagement,
    text: str,
    owner: User,
    due_on: dt.date,
    session: CoachingSession | None = None,
    act: str = "",
    project: Project | None = None,
) -> Commitment:
    """Somebody of the pair promises something until a day; it stays open, from session to session, until done.

    With `act` it completes itself when somebody of the team does that, in `project` or, without one, in any.
    """
    demand(can_write_in_engagement(by, engagement))
    _demand_owner(engagement, owner, act)
    if project is not None:
        _demand_project(by, engagement, project)
    return Commitment.objects.create(
        engagement=engagement,
        session=session,
        text=text.strip(),
        owner=owner,
        due_on=due_on,
        act=Act(act) if act else "",
        project=project if act else None,
        created_by=by,
    )


@transaction.atomic
def change_commitment(
    *,
    by: User,
    commitment: Commitment,
    known: str,
    text: str,
    due_on: dt.date,
    act: str = "",
    project: Project | None = None,
) -> Commitment:
    """Other words, another day, another act. `known` is the `fingerprint` that the form was opened with."""
    demand(can_settle_commitment(by, commitment))
    # Held before the commitment, as by an act in it: the other way round the two could wait for each other.
    if project is not None:
        locked(project)
    now = _open_one(commitment)
    if fingerprint(now) != known:
        raise ChangedMeanwhile
    if project is not None and project.pk != now.project_id:
        _demand_project(by, now.engagement, project)
    if act and act != now.act:
        _demand_owner(now.engagement, now.owner, act)
    now.text, now.due_on, now.act = text.strip(), due_on, Act(act) if act else ""
    now.project = project if act else None
    now.save(update_fields=["text", "due_on", "act", "project"])
    return now


@transaction.atomic
def hand_over(*, by: User, commitment: Commitment, owner: User) -> Commitment:
    """To somebody else of the pair, in particular where the one who promised has left."""
    demand(can_settle_commitment(by, commitment))
    now = _open_one(commitment)
    _demand_owner(now.engagement, owner, now.act)
    now.owner = owner
    now.save(update_fields=["owner"])
    return now


@transaction.atomic
def settle(*, by: User, commitment: Commitment) -> Commitment:
    """Done. Whoever was first is remembered; a second click changes nothing."""
    demand(can_settle_commitment(by, commitment))
    now = _locked(commitment)
    if now.let_go_at is not None:
        raise SettledMeanwhile
    if now.done_at is None:
        now.done_at, now.done_by = timezone.now(), by
        now.save(update_fields=["done_at", "done_by"])
    return now


@transaction.atomic
def let_go(*, by: User, commitment: Commitment, why: str) -> Commitment:
    """Not any more, and why: that too is worth knowing. Whoever was first is remembered."""
    demand(can_settle_commitment(by, commitment))
    now = _locked(commitment)
    if now.done_at is not None:
        raise SettledMeanwhile
    if now.let_go_at is None:
        now.let_go_at, now.let_go_by, now.let_go_why = timezone.now(), by, why.strip()
        now.save(update_fields=["let_go_at", "let_go_by", "let_go_why"])
    return now


@transaction.atomic
def reopen(*, by: User, commitment: Commitment) -> Commitment:
    """Undo: it was not done after all, or it is taken up again. What completed it once does not do so again; a later
    act does."""
    demand(can_settle_commitment(by, commitment))
    now = _locked(commitment)
    now.done_at = now.done_by = now.done_activity = None
    now.let_go_at, now.let_go_by, now.let_go_why = None, None, ""
    now.save(update_fields=["done_at", "done_by", "done_activity", "let_go_at", "let_go_by", "let_go_why"])
    return now


def _locked(commitment: Commitment) -> Commitment:
    rows = Commitment.objects.select_for_update(of=("self",)).select_related("engagement__team", "owner")
    found: Commitment = rows.get(pk=commitment.pk)
    return found


def _open_one(commitment: Commitment) -> Commitment:
    now = _locked(commitment)
    if not now.is_open:
        raise SettledMeanwhile
    return now


def _demand_owner(engagement: CoachingEngagement, owner: User, act: str) -> None:
    if owner.pk not in {person.pk for person in pair_of(engagement)}:
        raise NotOfThePair
    if act and not writes_for(owner, engagement.team):
        raise CannotDoIt(owner)


def _demand_project(by: User, engagement: CoachingEngagement, project: Project) -> None:
    if not projects_for(by, engagement.team).filter(pk=project.pk).exists():
        raise NotAProjectOfTheTeam
