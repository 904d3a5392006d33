"""Honest evidence: residents heard, indicators chosen; readings have their own module (projects.readings)."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from innoteams.lib.verdicts import demand
from projects.choices import Direction, Measure, Verb
from projects.days import demand_past
from projects.figures import DURATIONS, WrongFigure, currencies, demand_figure, percent_of
from projects.history import record, revise, snapshot, touch
from projects.levels import level_facts
from projects.locking import EditedMeanwhile, locked
from projects.models import Consultation, Indicator, Project
from projects.permissions import can_edit_project
from projects.refusals import RefusedField

CONSULTATION_FIELDS = frozenset({"held_on", "method", "heard", "heard_count", "said", "changed", "visibility"})
INDICATOR_FIELDS = frozenset(
    {
        "name", "definition", "measure", "unit", "currency", "better", "baseline", "baseline_on", "baseline_source",
        "target", "target_on", "target_source", "compared_with", "visibility",
    }
)  # fmt: skip


class TargetBeforeBaseline(RefusedField):
    field = "target_on"


class UnitMissing(RefusedField):
    field = "unit"


class CurrencyMissing(RefusedField):
    field = "currency"


class ComparedAlready(RefusedField):
    field = "compared_with"


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
    revise(consultation, {}, by=by)
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
    before, level = snapshot(now), level_facts(now, fields)
    for name, value in fields.items():
        setattr(now, name, value)
    now.version += 1
    now.save(update_fields=[*fields, "version"])
    # As the fields keep it: a text with form is cleaned on its way to the database.
    now.refresh_from_db(fields=[*fields])
    revise(now, before, by=by)
    record(Verb.PROJECT_CHANGED, now.project, by=by, consultation=now, facts={"fields": ["consultation"], **level})
    return now


@transaction.atomic
def choose_indicator(
    *,
    by: User,
    project: Project,
    name: str,
    unit: str = "",
    better: str = Direction.UP,
    measure: str = Measure.NUMBER,
    currency: str = "",
    definition: str = "",
    baseline: Decimal | None = None,
    baseline_on: dt.date | None = None,
    baseline_source: str = "",
    target: Decimal | None = None,
    target_on: dt.date | None = None,
    target_source: str = "",
    compared_with: str = "",
    visibility: str = "",
) -> Indicator:
    """What is counted, as which kind of figure, which way is better. Baseline and target may be "none yet"."""
    demand(can_edit_project(by, project))
    indicator = Indicator(
        project=project,
        name=name,
        definition=definition,
        measure=measure,
        unit=unit,
        currency=currency,
        better=better,
        baseline=baseline,
        baseline_on=baseline_on,
        baseline_source=baseline_source,
        target=target,
        target_on=target_on,
        target_source=target_source,
        compared_with=compared_with,
        visibility=visibility,
    )
    _demand_sound(indicator, by=by)
    indicator.save()
    touch(project)
    revise(indicator, {}, by=by)
    record(Verb.INDICATOR_ADDED, project, by=by, indicator=indicator)
    return indicator


@transaction.atomic
def change_indicator(*, by: User, indicator: Indicator, version: int, **fields: object) -> Indicator:
    """Corrects the definition; readings stay, so the new one must fit them."""
    demand(can_edit_project(by, indicator.project))
    _demand_known(fields, INDICATOR_FIELDS)
    now = locked(indicator)
    if now.version != version:
        raise EditedMeanwhile(now, fields)
    before, level = snapshot(now), level_facts(now, fields)
    for name, value in fields.items():
        setattr(now, name, value)
    _demand_sound(now, by=by)
    _demand_fits_readings(now)
    now.version += 1
    # Unit and currency may have been put in order.
    now.save(update_fields={*fields, "unit", "currency", "version"})
    revise(now, before, by=by)
    record(Verb.PROJECT_CHANGED, now.project, by=by, indicator=now, facts={"fields": ["indicator"], **level})
    return now


def _demand_known(fields: Iterable[str], known: frozenset[str]) -> None:
    if unknown := set(fields) - known:
        raise TypeError(f"not for this verb: {', '.join(sorted(unknown))}")


def _demand_sound(indicator: Indicator, *, by: User) -> None:
    """Puts unit and currency in order, then refuses what contradicts itself."""
    _set_unit(indicator)
    demand_figure(indicator.baseline, indicator, "baseline")
    demand_figure(indicator.target, indicator, "target")
    if indicator.baseline_on and indicator.target_on and indicator.target_on < indicator.baseline_on:
        raise TargetBeforeBaseline(_("The target comes after the baseline."))
    if indicator.baseline_on:
        demand_past(indicator.baseline_on, by=by, field="baseline_on")


def _set_unit(indicator: Indicator) -> None:
    """No sign twice: what the measure says itself is not kept in the unit."""
    indicator.unit = indicator.unit.strip()
    if indicator.measure != Measure.CURRENCY:
        indicator.currency = ""
    elif indicator.currency not in currencies():
        raise CurrencyMissing(_("Choose the currency."))
    if indicator.measure == Measure.PERCENT:
        indicator.unit = percent_of(indicator.unit)
    elif indicator.measure == Measure.DURATION:
        if indicator.unit not in DURATIONS:
            raise UnitMissing(_("Choose minutes, hours or days."))
    elif not indicator.unit and indicator.measure != Measure.CURRENCY:
        raise UnitMissing(_("What is counted? For example people, visits, degrees."))


def _demand_fits_readings(indicator: Indicator) -> None:
    """A measure that the readings there are cannot have is refused before it makes nonsense of them."""
    readings = indicator.readings.current()
    try:
        for value in readings.values_list("value", flat=True).distinct():
            demand_figure(value, indicator, "measure")
    except WrongFigure as wrong:
        told = _("There are readings that this kind of figure cannot have. %s") % wrong
        raise WrongFigure(told, "measure") from wrong
    if not indicator.compared_with and readings.filter(is_comparison=True).exists():
        raise ComparedAlready(_("There are readings of what it is compared with; say what that is."))
