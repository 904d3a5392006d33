"""Writing what happened, and what texts said before, in the transaction of the change itself."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import models

from innoteams.accounts.models import User
from projects.choices import PartKind, Verb
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

# What is kept of each kind of part. Decisions, phases and levels leave rows of their own; what is here is what people
# typed and may want back.
TRACKED: dict[type[models.Model], tuple[PartKind, tuple[str, ...]]] = {
    Project: (
        PartKind.PROJECT,
        (
            "title", "language", "problem", "for_whom", "approach", "lesson", "partners", "neighbourhood", "latitude",
            "longitude", "cost_band", "staff_time", "conditions", "competence", "reusable", "lasting_owner",
            "started_on", "contact_id", "successor_id",
        ),
    ),
    Pilot: (
        PartKind.PILOT,
        ("title", "place", "starts_on", "ends_on", "hypothesis", "observations", "lessons", "visibility"),
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


def record(
    verb: Verb,
    project: Project,
    *,
    by: User,
    facts: dict[str, object] | None = None,
    **part: models.Model,
) -> Activity:
    """One row; `part` names what it is about (pilot=…, reading=…). Facts never hold text that a person wrote."""
    return Activity.objects.create(project=project, verb=verb, actor=by, facts=facts or {}, **part)


def touch(project: Project) -> None:
    """Something was added: the project counts as changed today, without meddling in its other fields."""
    Project.objects.filter(pk=project.pk).update(updated_at=models.functions.Now())


def snapshot(row: models.Model) -> Snapshot:
    """The tracked fields of the row as JSON holds them: take it before the change, give it to `revise` after."""
    _kind, fields = TRACKED[type(row)]
    return {name: _as_json(getattr(row, name)) for name in fields}


def revise(
    row: models.Model, before: Mapping[str, object], *, by: User, restores: Revision | None = None
) -> Revision | None:
    """Writes what changed since `before` (empty: the row is new); None, and no row, where nothing did."""
    kind, fields = TRACKED[type(row)]
    now = snapshot(row)
    changed = [name for name in fields if name not in before or before[name] != now[name]]
    if not changed:
        return None
    return Revision.objects.create(
        project=project_of(row),
        kind=kind,
        part=0 if isinstance(row, Project) else row.pk,
        label=str(row)[:200],
        before={name: before[name] for name in changed if name in before},
        after={name: now[name] for name in changed},
        by=by,
        restores=restores,
    )


def revise_removed(row: models.Model, *, by: User) -> Revision:
    """Before the row goes: that it was there, and what it said."""
    kind, _fields = TRACKED[type(row)]
    return Revision.objects.create(
        project=project_of(row), kind=kind, part=row.pk, label=str(row)[:200], before=snapshot(row), after={}, by=by
    )


def project_of(row: models.Model) -> Project:
    """The project that a part belongs to, or the project itself."""
    if isinstance(row, Project):
        return row
    if isinstance(row, Reading):
        reached: Project = row.indicator.project
        return reached
    found: Project = row.project  # type: ignore[attr-defined]  # every other tracked model has it
    return found


def _as_json(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    # Without trailing zeros, so that 40 and 40.0000 are no change.
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value
