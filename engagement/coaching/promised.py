"""What was promised as a reader may see it: a private project's title is not told to a coach who does not see it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models.functions import Coalesce
from django.utils import formats, timezone

from engagement.coaching.acting import kept_words, place_of
from engagement.coaching.people import pair_of
from engagement.models import CoachingEngagement, Commitment
from innoteams.accounts.models import User
from projects.models import Activity, Project

# So long My work tells of what kept itself.
TOLD_FOR = dt.timedelta(days=14)
MOST_TOLD = 5
# The page of an engagement lists so many that are no longer open, the newest first.
MOST_SETTLED = 60


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment and what may be said about it."""

    row: Commitment
    project: Project | None = None
    # It is about a project that this reader does not see.
    is_about_unseen: bool = False
    # Where it kept itself: in words, and the place if the reader sees it.
    kept: str = ""
    kept_at: str = ""
    kept_in: Project | None = None
    owner_left: bool = False

    @property
    def carried(self) -> int:
        return int(getattr(self.row, "carried", 0))


def promises_of(engagement: CoachingEngagement, reader: User) -> tuple[list[Promise], list[Promise], list[Promise]]:
    """Open, kept and let go."""
    rows = engagement.commitments.select_related("owner", "session", "let_go_by", "engagement__team__city")
    pair = {person.pk for person in pair_of(engagement)}
    opened = list(rows.open().with_carried())
    settled = rows.exclude(done_at=None, let_go_at=None).order_by(Coalesce("done_at", "let_go_at").desc(), "-pk")
    found = told_to(reader, [*opened, *settled[:MOST_SETTLED]], pair)
    return (
        [one for one in found if one.row.is_open],
        [one for one in found if one.row.done_at],
        [one for one in found if one.row.let_go_at],
    )


def promise_for(commitment: Commitment, reader: User) -> Promise:
    """One of them."""
    pair = {person.pk for person in pair_of(commitment.engagement)}
    return told_to(reader, [commitment], pair)[0]


def kept_lately(person: User) -> list[Promise]:
    """What the person promised and an act has kept, in the last two weeks."""
    rows = Commitment.objects.visible_to(person).filter(
        owner=person, done_activity__isnull=False, done_at__gte=timezone.now() - TOLD_FOR
    )
    rows = rows.select_related("engagement__team__city").order_by("-done_at", "-pk")
    return told_to(person, rows[:MOST_TOLD])


def told_to(reader: User, rows: Iterable[Commitment], pair: set[int] | None = None) -> list[Promise]:
    """Two queries for any number; none where none is bound."""
    commitments = list(rows)
    projects = _projects_seen(reader, [one.project_id for one in commitments if one.project_id])
    activities = _activities_seen(reader, [one.done_activity_id for one in commitments if one.done_activity_id])
    return [_told(one, projects, activities, pair) for one in commitments]


def _told(
    one: Commitment, projects: dict[int, Project], activities: dict[int, Activity], pair: set[int] | None
) -> Promise:
    activity, project = activities.get(one.done_activity_id or 0), projects.get(one.project_id or 0)
    day = formats.date_format(timezone.localtime(one.done_at), "j F Y") if one.done_at else ""
    return Promise(
        row=one,
        project=project,
        is_about_unseen=bool(one.project_id) and one.project_id not in projects,
        kept=kept_words(one.act, day) if one.done_activity_id else "",
        # A reading that was taken back later is shown no more; the project that was named still is.
        kept_at=place_of(activity) if activity else project.get_absolute_url() if project else "",
        kept_in=activity.project if activity else project,
        owner_left=one.is_open and pair is not None and one.owner_id not in pair,
    )


def _projects_seen(reader: User, ids: Sequence[int]) -> dict[int, Project]:
    return {row.pk: row for row in Project.objects.visible_to(reader).filter(pk__in=ids).defer("words")} if ids else {}


def _activities_seen(reader: User, ids: Sequence[int]) -> dict[int, Activity]:
    if not ids:
        return {}
    rows = Activity.objects.visible_to(reader).filter(pk__in=ids).select_related("project")
    return {row.pk: row for row in rows}
