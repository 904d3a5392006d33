"""Planning and logging sessions."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.models import CoachingEngagement, CoachingSession
from engagement.permissions import can_log_session, can_write_in_engagement
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand


class LoggedMeanwhile(Refused):
    """Somebody else logged the session since the form was opened."""

    def __init__(self, by: User | None) -> None:
        name = by.name if by else _("Somebody")
        super().__init__(
            _("%(who)s logged this session while you were writing. What you typed is kept below.") % {"who": name}
        )


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
