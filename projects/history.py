"""Writing what happened, and what texts said before, in the transaction of the change itself."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone

from innoteams.accounts.models import User
from innoteams.lib.rich_text import RichTextField, rich
from projects.choices import PartKind, Verb
from projects.count_memory import projects_changed
from projects.models import (
    Activity,
    Adaptation,
    Attachment,
    Consultation,
    Ending,
    Indicator,
    JournalEntry,
    Pilot,
    Project,
    Reading,
    Revision,
)

Snapshot = dict[str, object]

# What is kept of each kind of part. Decisions, outcomes and phases leave rows of their own; what is here is what
# people typed, and who sees it.
TRACKED: dict[type[models.Model], tuple[PartKind, tuple[str, ...]]] = {
    Project: (
        PartKind.PROJECT,
        (
            "title", "language", "problem", "for_whom", "approach", "lesson", "partners", "neighbourhood", "latitude",
            "longitude", "cost_band", "staff_time", "conditions", "competence", "reusable", "lasting_owner",
            "started_on", "contact_id", "successor_id", "topics", "departments", "stuck_why",
        ),
    ),
    Pilot: (
        PartKind.PILOT,
        (
            "title", "place", "starts_on", "ends_on", "hypothesis", "observations", "lessons", "decision_note",
            "visibility",
        ),
    ),
    JournalEntry: (PartKind.JOURNAL, ("happened_on", "text", "language", "visibility")),
    Consultation: (
        PartKind.CONSULTATION,
        ("held_on", "method", "heard", "heard_count", "said", "changed", "visibility"),
    ),
    Indicator: (
        PartKind.INDICATOR,
        (
            "name", "definition", "measure", "unit", "currency", "better", "baseline", "baseline_on", "baseline_source",
            "target", "target_on", "target_source", "compared_with", "visibility",
        ),
    ),
    Reading: (PartKind.READING, ("value", "read_on", "source", "kind", "is_comparison", "withdrawn_why")),
    Ending: (PartKind.ENDING, ("hoped", "happened", "why", "stays", "advice", "language")),
    Adaptation: (PartKind.ADAPTATION, ("outside_name", "outside_url", "kept", "changed", "came_of_it")),
    Attachment: (PartKind.ATTACHMENT, ("name", "alt", "consent", "credit", "visibility")),
}  # fmt: skip

# The foreign keys of an activity row to a part, the most particular first.
PART_OF_ACTIVITY: dict[str, PartKind] = {
    "attachment": PartKind.ATTACHMENT,
    "reading": PartKind.READING,
    "ending": PartKind.ENDING,
    "adaptation": PartKind.ADAPTATION,
    "journal_entry": PartKind.JOURNAL,
    "consultation": PartKind.CONSULTATION,
    "indicator": PartKind.INDICATOR,
    "pilot": PartKind.PILOT,
}

# Of the fields above, what stands in tables of its own: kept as lists of the words by which it is found again.
LISTS = ("topics", "departments")

# Half a point is none: whoever changes one of these changes both.
POINT = ("latitude", "longitude")

# What is saved by itself while somebody types becomes one row for this long, so that a draft is not a row a keystroke.
TYPING = dt.timedelta(minutes=30)

# Called with each new row, in its transaction, in this order; a failing one fails the act. Rooms that this one must not
# import add to it when the portal starts (`AppConfig.ready`), and nowhere else (decision 17).
after_record: list[Callable[[Activity], None]] = []


def record(
    verb: Verb,
    project: Project,
    *,
    by: User,
    facts: dict[str, object] | None = None,
    **part: models.Model | None,
) -> Activity:
    """One row; `part` names what it is about (pilot=…, reading=…). Facts never hold text that a person wrote."""
    projects_changed()
    activity = Activity.objects.create(project=project, verb=verb, actor=by, facts=facts or {}, **part)
    for listener in after_record:
        listener(activity)
    return activity


def record_change(project: Project, fields: Iterable[str], *, by: User, typing: bool = False) -> None:
    """That fields of the project itself changed. `typing`, as for `revise`: then the person's last row is extended for
    half an hour, and what is typed into a project just begun belongs to its beginning."""
    last = _told_last(project, by) if typing else None
    if last is None:
        record(Verb.PROJECT_CHANGED, project, by=by, facts={"fields": sorted(fields)})
        return
    projects_changed()
    if last.verb == Verb.PROJECT_CHANGED:
        last.facts = {"fields": sorted({*last.facts.get("fields", ()), *fields})}
        last.save(update_fields=["facts"])


def touch(project: Project) -> None:
    """Something was added: the project counts as changed today, without meddling in its other fields."""
    Project.objects.filter(pk=project.pk).update(updated_at=models.functions.Now())


def snapshot(row: models.Model) -> Snapshot:
    """The tracked fields of the row as JSON holds them: take it before the change, give it to `revise` after."""
    _kind, fields = TRACKED[type(row)]
    now = {name: _as_json(getattr(row, name)) for name in fields if name not in LISTS}
    if isinstance(row, Project):
        # By rank, and by the name the city gives it: what is gone later can still be read.
        now["topics"] = list(row.ranked_topics.order_by("rank").values_list("topic__slug", flat=True))
        now["departments"] = list(row.departments.order_by("name").values_list("name", flat=True))
    return now


def changes_in(row: models.Model, given: Mapping[str, object]) -> list[str]:
    """Names of the given fields that would stand differently in the row; a plain text that form adds nothing to is
    the same text."""
    return [name for name, value in given.items() if getattr(row, name) != _as_stored(row, name, value)]


def revise(
    row: models.Model,
    before: Mapping[str, object],
    *,
    by: User,
    restores: Revision | None = None,
    typing: bool = False,
) -> Revision | None:
    """Writes what changed since `before` (empty: the row is new); None, and no row, where nothing did.

    `typing`: saved by itself while the person writes; then their last row is extended for half an hour.
    """
    kind, fields = TRACKED[type(row)]
    now = snapshot(row)
    is_new = not before
    changed = [name for name in fields if (now[name] not in EMPTY if is_new else before.get(name) != now[name])]
    if not changed:
        return None
    if set(POINT) & set(changed):
        changed = [*changed, *(name for name in POINT if name not in changed)]
    revision = Revision(
        project=project_of(row),
        kind=kind,
        part=part_key(row),
        label=label_of(row),
        before={} if is_new else {name: before.get(name) for name in changed},
        after={name: now[name] for name in changed},
        by=by,
        restores=restores,
    )
    if typing and (last := _being_typed(revision)):
        return _extended(last, revision)
    revision.save()
    return revision


def revise_removed(row: models.Model, *, by: User) -> Revision:
    """The part is about to be removed: what it said stays readable for the team. Call it before deleting."""
    kind, _fields = TRACKED[type(row)]
    told = {name: value for name, value in snapshot(row).items() if value not in EMPTY}
    return Revision.objects.create(
        project=project_of(row), kind=kind, part=part_key(row), label=label_of(row), before=told, after={}, by=by
    )


# Nothing is told by these.
EMPTY: tuple[object, ...] = (None, "", [])


def part_key(row: models.Model) -> int:
    """The key by which revisions find the part; 0 for the project itself."""
    return 0 if isinstance(row, Project) else int(row.pk)


def label_of(row: models.Model) -> str:
    """What the part is called, in words that its team wrote. Never the title of another team's project, which may be
    narrowed later."""
    called: dict[type[models.Model], str] = {
        Consultation: "method",
        Ending: "pilot",
        Reading: "indicator",
        Adaptation: "outside_name",
    }
    named = getattr(row, called[type(row)]) if type(row) in called else row
    return str(named or "")[:200]


def project_of(row: models.Model) -> Project:
    """The project that a part belongs to, or the project itself."""
    if isinstance(row, Project):
        return row
    if isinstance(row, Reading):
        reached: Project = row.indicator.project
        return reached
    found: Project = row.project  # type: ignore[attr-defined]  # every other tracked model has it
    return found


def _told_last(project: Project, by: User) -> Activity | None:
    """The newest row about the project's own fields, if this person began it within the half hour."""
    own: dict[str, Any] = dict.fromkeys(PART_OF_ACTIVITY, None)
    rows = Activity.objects.filter(project=project, verb__in=(Verb.PROJECT_LOGGED, Verb.PROJECT_CHANGED), **own)
    last: Activity | None = rows.order_by("-at", "-pk").first()
    return last if last and last.actor_id == by.pk and last.at >= timezone.now() - TYPING else None


def _being_typed(revision: Revision) -> Revision | None:
    """The newest row of the same part, if this person began it within the half hour."""
    rows = Revision.objects.filter(project=revision.project, kind=revision.kind, part=revision.part)
    last: Revision | None = rows.order_by("-at", "-pk").first()
    if last is None or last.by_id != revision.by_id or last.restores_id or last.at < timezone.now() - TYPING:
        return None
    return last


def _extended(last: Revision, more: Revision) -> Revision | None:
    """From the first text to the last one, without what was typed between; None where all is as it was at first."""
    is_new = not last.before
    last.before = {} if is_new else {**more.before, **last.before}
    last.after = {**last.after, **more.after}
    for name in [name for name, value in last.after.items() if _is_back(value, last.before.get(name), is_new)]:
        last.after.pop(name)
        last.before.pop(name, None)
    if not last.after:
        last.delete()
        return None
    last.label = more.label
    last.save(update_fields=["before", "after", "label"])
    return last


def _is_back(value: object, before: object, is_new: bool) -> bool:
    return value in EMPTY if is_new else value == before


def _as_stored(row: models.Model, name: str, value: object) -> object:
    if isinstance(value, str) and isinstance(row._meta.get_field(name), RichTextField):
        return rich(value)
    return value


def _as_json(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    # Without trailing zeros, so that 40 and 40.0000 are no change.
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value
