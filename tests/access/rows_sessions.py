"""Arranging a coaching, the timeline, and a session's agenda, move and calling off: who gets which page."""

import datetime as dt
from collections.abc import Callable

from django.urls import reverse
from django.utils import timezone

from engagement.models import CoachingSession
from tests.access.rows_accompany import PAIR, engagement, of
from tests.access.table import Canary, Row
from tests.cast import Cast

PAIR_WRITES = ("tel_aviv_lead", "tel_aviv_member", "coach")
# Who knows that the coaching exists, or reads it.
KNOW = (*PAIR, "coordinator", "administrator")
AHEAD = "canary-ahead-aim"


def ahead(cast: Cast) -> CoachingSession:
    """A session that is planned, with an agenda."""
    found = CoachingSession.objects.filter(engagement=engagement(cast), aim=AHEAD).first()
    return found or CoachingSession.objects.create(
        engagement=engagement(cast),
        starts_at=timezone.now() + dt.timedelta(days=3),
        aim=AHEAD,
        agenda="canary-agenda",
        place="canary-place",
    )


def logged(cast: Cast) -> CoachingSession:
    found = CoachingSession.objects.filter(engagement=engagement(cast), aim="canary-logged-aim").first()
    return found or CoachingSession.objects.create(
        engagement=engagement(cast),
        starts_at=timezone.now() - dt.timedelta(days=3),
        aim="canary-logged-aim",
        happened="canary-happened",
        observations="canary-observations",
        lessons="canary-lessons",
        guests="canary-guests",
        logged_at=timezone.now(),
        logged_by=cast.coach,
    )


def called_off(cast: Cast) -> CoachingSession:
    found = CoachingSession.objects.filter(engagement=engagement(cast), aim="canary-off-aim").first()
    return found or CoachingSession.objects.create(
        engagement=engagement(cast),
        starts_at=timezone.now() + dt.timedelta(days=2),
        aim="canary-off-aim",
        called_off_at=timezone.now(),
        called_off_by=cast.coach,
        called_off_why="canary-off-why",
    )


ARRANGING = ("session_agenda", "session_move", "session_call_off")


def of_ahead(name: str) -> Callable[[Cast], str]:
    """The address of a page about the planned session."""
    return lambda cast: reverse(name, args=[ahead(cast).pk])


ROWS = [
    Row("engagement_timeline", lambda cast: reverse("engagement_timeline", args=[engagement(cast).pk]), of(PAIR)),
    Row("engagement_arrange", lambda cast: reverse("engagement_arrange", args=[engagement(cast).pk]), of(KNOW)),
    Row(
        "engagement_period",
        lambda cast: reverse("engagement_period", args=[engagement(cast).pk]),
        {**of((*PAIR_WRITES, "coordinator", "administrator"), 422), "tel_aviv_observer": 403},
        method="post",
        data={"rhythm": "never"},
    ),
    Row(
        "coach_add",
        lambda cast: reverse("coach_add", args=[engagement(cast).pk]),
        {**of(PAIR, 403), **of(("coordinator", "administrator"), 422)},
        method="post",
    ),
    Row(
        "coach_take_out",
        lambda cast: reverse("coach_take_out", args=[engagement(cast).pk, cast.coach.pk]),
        # The coach leaves and is the last one, so the coaching has ended when the coordinator tries.
        {**of(("tel_aviv_lead", "tel_aviv_member", "tel_aviv_observer"), 403), "coach": 302},
        method="post",
    ),
    *(Row(name, of_ahead(name), {**of(PAIR_WRITES), "tel_aviv_observer": 403}) for name in ARRANGING),
    *(
        Row(name, of_ahead(name), {**of(PAIR_WRITES, 422), "tel_aviv_observer": 403}, method="post")
        for name in ARRANGING
    ),
    Row("session_detail", lambda cast: reverse("session_detail", args=[ahead(cast).pk]), of(PAIR)),
    Row("session_detail", lambda cast: reverse("session_detail", args=[logged(cast).pk]), of(PAIR)),
    Row("session_detail", lambda cast: reverse("session_detail", args=[called_off(cast).pk]), of(PAIR)),
]


def plant(cast: Cast) -> list[Canary]:
    ahead(cast), logged(cast), called_off(cast)
    words = (
        AHEAD, "canary-agenda", "canary-place", "canary-logged-aim", "canary-happened", "canary-observations",
        "canary-lessons", "canary-guests", "canary-off-aim", "canary-off-why",
    )  # fmt: skip
    return [Canary(word, frozenset(PAIR)) for word in words]
