"""What coaches and team promise each other."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.coaching.people import pair_of
from engagement.models import CoachingEngagement, CoachingSession, Commitment
from engagement.permissions import can_settle_commitment, can_write_in_engagement
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand


class NotOfThePair(Refused):
    """A commitment is somebody's of the pair: the coach, or one of the team."""

    def __init__(self) -> None:
        super().__init__(_("Choose the coach or somebody of the team."))


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
