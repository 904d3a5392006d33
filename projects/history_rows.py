"""Which rows the history of a project has: revisions, and what happened without one, in one line of time."""

import datetime as dt
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from innoteams.accounts.models import User
from projects.choices import PartKind, Verb
from projects.history import PART_OF_ACTIVITY
from projects.models import Activity, Project, Reading, Revision
from projects.querysets import ActivityQuerySet, RevisionQuerySet

# What leaves a row of its own beside any text that changed with it.
MOVES = (
    Verb.PROJECT_SHARED,
    Verb.PROJECT_NARROWED,
    Verb.PROJECT_CLAIMED,
    Verb.PROJECT_CONFIRMED,
    Verb.PHASE_MOVED,
    Verb.OUTCOME_CHANGED,
    Verb.PILOT_DECIDED,
    Verb.READINGS_IMPORTED,
)
# The rows of one transaction are milliseconds apart; while a draft is typed, its one revision may be half an hour old.
_TOGETHER = dt.timedelta(seconds=10)
_EARLIEST = dt.timedelta(minutes=31)
# A part that is gone cannot be named by a foreign key; its revision names it.
_OF_WHAT_IS_GONE = Q(verb=Verb.PROJECT_CHANGED) & (
    Q(facts__fields=["files"]) | Q(facts__fields=["adaptation"]) | Q(facts__fields=["reading_removed"])
)


def rows_of(project: Project, person: User, *, part: str = "", by: int | None = None) -> QuerySet[Any, Any]:
    """(at, whether it is an activity, key) from the newest back. `part`: a kind ("pilot") or one part ("pilot-12")."""
    revisions: RevisionQuerySet = Revision.objects.visible_to(person).filter(project=project)
    if not part.startswith(f"{PartKind.READING}-"):
        revisions = _without_corrected(revisions)
    activity = _without_revision(Activity.objects.visible_to(person).filter(project=project))
    if part:
        kind, _dash, key = part.partition("-")
        one = {"part": int(key)} if key.isdecimal() else {}
        revisions = revisions.filter(kind=kind, **one)
        activity = activity.filter(of_kind=kind, **({"of_part": int(key)} if one else {}))
    if by is not None:
        revisions, activity = revisions.filter(by=by), activity.filter(actor=by)
    both = _keys(revisions, 0).union(_keys(activity, 1), all=True)
    return both.order_by("-at", "is_activity", "-pk")


def _keys(rows: QuerySet[Any, Any], is_activity: int) -> QuerySet[Any, Any]:
    keys: QuerySet[Any, Any] = rows.order_by().annotate(is_activity=Value(is_activity))
    return keys.values_list("at", "is_activity", "pk")


def _without_revision(rows: ActivityQuerySet) -> ActivityQuerySet:
    """Moves, and what was done before texts were kept."""
    kind = Case(
        *(When(**{f"{name}__isnull": False}, then=Value(of)) for name, of in PART_OF_ACTIVITY.items()),
        default=Value("project"),
    )
    rows = rows.annotate(of_kind=kind, of_part=Coalesce(*(F(f"{name}_id") for name in PART_OF_ACTIVITY), Value(0)))
    kept = Revision.objects.filter(
        project=OuterRef("project"),
        kind=OuterRef("of_kind"),
        part=OuterRef("of_part"),
        by=OuterRef("actor"),
        at__lte=OuterRef("at") + _TOGETHER,
        at__gte=OuterRef("at") - _EARLIEST,
    )
    # That something stopped is a move too; the answers about it stand in the revision of its ending.
    moved = Q(verb__in=MOVES) | Q(verb=Verb.ENDED_WITH_LESSON, facts__has_key="from")
    return rows.filter(moved | ~Exists(kept)).exclude(_OF_WHAT_IS_GONE, Exists(_gone_together()))


def _gone_together() -> RevisionQuerySet:
    found: RevisionQuerySet = Revision.objects.filter(
        project=OuterRef("project"),
        kind__in=(PartKind.ATTACHMENT, PartKind.ADAPTATION, PartKind.READING),
        by=OuterRef("actor"),
        at__lte=OuterRef("at") + _TOGETHER,
        at__gte=OuterRef("at") - _TOGETHER,
    )
    return found


def _without_corrected(revisions: RevisionQuerySet) -> RevisionQuerySet:
    """A correction is told once: with the right reading, which tells why the other one was wrong."""
    corrected = Exists(Reading.objects.filter(corrects=OuterRef("part")))
    rows: RevisionQuerySet = revisions.exclude(corrected, kind=PartKind.READING, after__has_key="withdrawn_why")
    return rows


def people_of(project: Project) -> list[User]:
    """Everybody who changed something, for the filter."""
    changed = Revision.objects.filter(project=project).values("by")
    acted = Activity.objects.filter(project=project).values("actor")
    return list(User.objects.filter(Q(pk__in=changed) | Q(pk__in=acted)).order_by("name", "pk"))


def kinds_of(project: Project) -> list[PartKind]:
    """The kinds of part that have a history, for the filter."""
    found = set(Revision.objects.filter(project=project).order_by().values_list("kind", flat=True).distinct())
    return [kind for kind in PartKind if kind in found or kind == PartKind.PROJECT]
