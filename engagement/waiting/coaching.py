"""What was promised in coaching, and sessions that were held and are not logged."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cities.querysets import today
from engagement import promises
from engagement.models import CoachingEngagement, CoachingSession, Commitment
from engagement.waiting.items import Source, Waiting, Way, of_city
from innoteams.accounts.models import User

_ENGAGEMENT = {"engagement": ("id", "team_id"), **of_city("engagement__team")}


def _commitments(person: User) -> QuerySet[Commitment]:
    soon = today() + dt.timedelta(days=promises.DAYS_AHEAD)
    rows: QuerySet[Commitment] = Commitment.objects.open().filter(
        owner=person, engagement__ends_on=None, due_on__lte=soon
    )
    return rows


def _tell_commitment(one: Commitment, _person: User) -> Iterator[Waiting]:
    yield Waiting(
        "commitment",
        one.text,
        _("You promised this in the coaching with %(city)s.") % {"city": one.engagement.team.city.name},
        one.engagement.get_absolute_url(),
        _("Done"),
        one.due_on,
        ways=(Way(_("Done"), reverse("commitment_settle", args=[one.pk])),),
    )


def _sessions(person: User) -> QuerySet[CoachingSession]:
    rows: QuerySet[CoachingSession] = CoachingSession.objects.planned().filter(
        engagement__in=CoachingEngagement.objects.coached_by(person), starts_at__lt=timezone.now()
    )
    return rows


def _tell_session(session: CoachingSession, _person: User) -> Iterator[Waiting]:
    day = timezone.localtime(session.starts_at).date()
    yield Waiting(
        "session",
        _("Log the session with %(city)s") % {"city": session.engagement.team.city.name},
        session.aim,
        session.get_absolute_url(),
        _("Log it"),
        day + dt.timedelta(days=promises.DAYS_TO_LOG_SESSION),
    )


SOURCES = (
    Source(
        "commitment",
        _commitments,
        _tell_commitment,
        columns=("id", "text", "due_on", "act", "engagement_id", "project_id"),
        related={**_ENGAGEMENT, "project": ("id", "slug", "title")},
    ),
    Source(
        "session", _sessions, _tell_session, columns=("id", "aim", "starts_at", "engagement_id"), related=_ENGAGEMENT
    ),
)
