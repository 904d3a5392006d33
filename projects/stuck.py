"""A project that does not get on: said by its team in a sentence, and read by those who accompany it alone.

It is no news for other cities, whatever the project's level, and it does not make the project look changed.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.choices import LIVE_OUTCOMES, Verb
from projects.history import record, revise, snapshot
from projects.locking import locked
from projects.models import Project
from projects.permissions import can_edit_project
from projects.refusals import RefusedField


class Ended(Refused):
    """What has come to an end is not stuck."""


class NotStuck(Refused):
    """It goes on already."""


class WhyMissing(RefusedField):
    field = "why"


@transaction.atomic
def say_stuck(*, by: User, project: Project, why: str) -> Project:
    """Says that it does not get on and what is in the way; said again, the sentence is corrected and the day stays.

    Raises NotAllowed, Ended or WhyMissing.
    """
    demand(can_edit_project(by, project))
    now = locked(project)
    if now.outcome not in LIVE_OUTCOMES:
        raise Ended(_("This project has come to an end, so it is not stuck. Take it up again first."))
    if not why.strip():
        raise WhyMissing(_("Say in a sentence what is in the way, so that somebody can help."))
    before, was_stuck = snapshot(now), now.stuck_since is not None
    now.stuck_since = now.stuck_since or timezone.localdate()
    now.stuck_why = why.strip()
    now.save(update_fields=["stuck_since", "stuck_why"])
    if not was_stuck:
        record(Verb.STUCK, now, by=by)
    revise(now, before, by=by)
    return now


@transaction.atomic
def goes_on(*, by: User, project: Project) -> Project:
    """Raises NotAllowed or NotStuck."""
    demand(can_edit_project(by, project))
    now = locked(project)
    if now.stuck_since is None:
        raise NotStuck(_("It goes on already; somebody may have said so just now."))
    before = snapshot(now)
    now.stuck_since, now.stuck_why = None, ""
    now.save(update_fields=["stuck_since", "stuck_why"])
    record(Verb.UNSTUCK, now, by=by)
    revise(now, before, by=by)
    return now
