"""Honest evidence: residents heard, indicators chosen, readings taken, each with its day and its source."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from innoteams.lib.verdicts import demand
from projects.choices import Direction, ReadingKind, Verb
from projects.days import demand_past
from projects.history import record, touch
from projects.levels import level_facts
from projects.locking import EditedMeanwhile, locked
from projects.models import Consultation, Indicator, Project, Reading
from projects.permissions import can_edit_project
from projects.refusals import RefusedField

CONSULTATION_FIELDS = frozenset({"held_on", "method", "heard", "heard_count", "said", "changed", "visibility"})
INDICATOR_FIELDS = frozenset({"name", "unit", "better", "baseline", "baseline_on", "target", "target_on", "visibility"})


class TargetBeforeBaseline(RefusedField):
    field = "target_on"


class SourceMissing(RefusedField):
    field = "source"


@transaction.atomic
def log_consultation(
    *,
    by: User,
    project: Project,
    held_on: dt.date,
    method: str,
    heard: str,
    said: str,
    heard_count: int | None = None,
    changed: str = "",
    visibility: str = "",
) -> Consultation:
    """Residents were heard: how, who, how many, what they said, what changed because of it."""
    demand(can_edit_project(by, project))
    demand_past(held_on, by=by, field="held_on")
    consultation = Consultation.objects.create(
        project=project,
        held_on=held_on,
        method=method,
        heard=heard,
        heard_count=heard_count,
        said=said,
        changed=changed,
        visibility=visibility,
        author=by,
    )
    touch(project)
    record(Verb.CONSULTATION_ADDED, project, by=by, consultation=consultation)
    return consultation


@transaction.atomic
def change_consultation(*, by: User, consultation: Consultation, version: int, **fields: object) -> Consultation:
    """Corrects it, or adds what changed because of it."""
    demand(can_edit_project(by, consultation.project))
    _demand_known(fields, CONSULTATION_FIELDS)
    if isinstance(held_on := fields.get("held_on"), dt.date):
        demand_past(held_on, by=by, field="held_on")
    now = locked(consultation)
    if now.version != version:
        raise EditedMeanwhile(now, fields)
    level = level_facts(now, fields)
    for name, value in fields.items():
        setattr(now, name, value)
    now.version += 1
    now.save(update_fields=[*fields, "version"])
    record(Verb.PROJECT_CHANGED, now.project, by=by, consultation=now, facts={"fields": ["consultation"], **level})
    return now


@transaction.atomic
def choose_indicator(
    *,
    by: User,
    project: Project,
    name: str,
    unit: str,
    better: str = Direction.UP,
    baseline: Decimal | None = None,
    baseline_on: dt.date | None = None,
    target: Decimal | None = None,
    target_on: dt.date | None = None,
    visibility: str = "",
) -> Indicator:
    """What is counted, in which unit, which way is better. Baseline and target may be "none yet"."""
    demand(can_edit_project(by, project))
    _demand_target_after(baseline_on, target_on)
    if baseline_on:
        demand_past(baseline_on, by=by, field="baseline_on")
    indicator = Indicator.objects.create(
        project=project,
        name=name,
        unit=unit,
        better=better,
        baseline=baseline,
        baseline_on=baseline_on,
        target=target,
        target_on=target_on,
        visibility=visibility,
    )
    touch(project)
    record(Verb.INDICATOR_ADDED, project, by=by, indicator=indicator)
    return indicator


@transaction.atomic
def change_indicator(*, by: User, indicator: Indicator, version: int, **fields: object) -> Indicator:
    """Corrects the definition; readings stay."""
    demand(can_edit_project(by, indicator.project))
    _demand_known(fields, INDICATOR_FIELDS)
    now = locked(indicator)
    if now.version != version:
        raise EditedMeanwhile(now, fields)
    level = level_facts(now, fields)
    for name, value in fields.items():
        setattr(now, name, value)
    _demand_target_after(now.baseline_on, now.target_on)
    if now.baseline_on:
        demand_past(now.baseline_on, by=by, field="baseline_on")
    now.version += 1
    now.save(update_fields=[*fields, "version"])
    record(Verb.PROJECT_CHANGED, now.project, by=by, indicator=now, facts={"fields": ["indicator"], **level})
    return now


@transaction.atomic
def add_reading(
    *, by: User, indicator: Indicator, value: Decimal, read_on: dt.date, source: str, kind: str = ReadingKind.COUNTED
) -> Reading:
    """A value on a day with its source. Two sources may disagree: both stay."""
    demand(can_edit_project(by, indicator.project))
    demand_past(read_on, by=by, field="read_on")
    if not source.strip():
        raise SourceMissing(_("Where does the figure come from? A list, a survey, a count at the door."))
    reading = Reading.objects.create(
        indicator=indicator, value=value, read_on=read_on, source=source.strip(), kind=kind, author=by
    )
    touch(indicator.project)
    record(Verb.READING_ADDED, indicator.project, by=by, indicator=indicator, reading=reading)
    return reading


@transaction.atomic
def remove_reading(*, by: User, reading: Reading) -> None:
    """Takes back a reading entered by mistake; the activity row about it goes with it, that it was taken back stays."""
    project = reading.indicator.project
    demand(can_edit_project(by, project))
    indicator = reading.indicator
    reading.delete()
    record(Verb.PROJECT_CHANGED, project, by=by, indicator=indicator, facts={"fields": ["reading_removed"]})


def _demand_known(fields: dict[str, object], known: frozenset[str]) -> None:
    if unknown := set(fields) - known:
        raise TypeError(f"not for this verb: {', '.join(sorted(unknown))}")


def _demand_target_after(baseline_on: dt.date | None, target_on: dt.date | None) -> None:
    if baseline_on and target_on and target_on < baseline_on:
        raise TargetBeforeBaseline(_("The target comes after the baseline."))
