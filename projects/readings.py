"""Readings: added, corrected, taken back. No row is ever rewritten or deleted; each step says who, when and why."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.choices import ReadingKind, Verb
from projects.days import demand_past
from projects.figures import demand_figure
from projects.history import record, revise, snapshot, touch
from projects.locking import locked
from projects.models import Indicator, Reading
from projects.permissions import can_edit_project
from projects.refusals import RefusedField


class SourceMissing(RefusedField):
    field = "source"


class WhyMissing(RefusedField):
    field = "why"


class NothingToCompare(RefusedField):
    field = "is_comparison"


class NothingCorrected(Refused):
    """The correction says what the reading says already."""


class ReadingGone(Refused):
    """Somebody else corrected the reading or took it back first."""


@transaction.atomic
def add_reading(
    *,
    by: User,
    indicator: Indicator,
    value: Decimal,
    read_on: dt.date,
    source: str,
    kind: str = ReadingKind.COUNTED,
    is_comparison: bool = False,
) -> Reading:
    """A value on a day with its source. Two sources may disagree: both stay."""
    demand(can_edit_project(by, indicator.project))
    reading = Reading(
        indicator=indicator,
        value=value,
        read_on=read_on,
        source=source.strip(),
        kind=kind,
        is_comparison=is_comparison,
        author=by,
    )
    demand_sound(reading, by=by)
    reading.save()
    touch(indicator.project)
    revise(reading, {}, by=by)
    record(Verb.READING_ADDED, indicator.project, by=by, indicator=indicator, reading=reading)
    return reading


@transaction.atomic
def correct_reading(
    *,
    by: User,
    reading: Reading,
    why: str,
    value: Decimal,
    read_on: dt.date,
    source: str,
    kind: str,
    is_comparison: bool = False,
) -> Reading:
    """The right figure as a new reading; the wrong one stays in the record, with why it was wrong."""
    demand(can_edit_project(by, reading.indicator.project))
    old = _current(reading)
    right = Reading(
        indicator=old.indicator,
        value=value,
        read_on=read_on,
        source=source.strip(),
        kind=kind,
        is_comparison=is_comparison,
        author=by,
        corrects=old,
    )
    demand_sound(right, by=by)
    before = snapshot(old)
    if snapshot(right) == before:
        raise NothingCorrected(_("This is what the reading says already. Change what was wrong in it."))
    _withdraw(old, by=by, why=why)
    right.save()
    touch(old.indicator.project)
    # The difference stands with the new reading, the reason with the old one.
    revise(right, before, by=by)
    revise(old, before, by=by)
    record(Verb.READING_CORRECTED, old.indicator.project, by=by, indicator=old.indicator, reading=right)
    return right


@transaction.atomic
def withdraw_reading(*, by: User, reading: Reading, why: str) -> Reading:
    """Takes back what was entered by mistake: nothing counts it any more, and the record says why."""
    project = reading.indicator.project
    demand(can_edit_project(by, project))
    old = _current(reading)
    before = snapshot(old)
    _withdraw(old, by=by, why=why)
    touch(project)
    revise(old, before, by=by)
    record(Verb.PROJECT_CHANGED, project, by=by, indicator=old.indicator, facts={"fields": ["reading_removed"]})
    return old


def demand_sound(reading: Reading, *, by: User) -> None:
    """Every rule about one reading, each told at its field."""
    demand_figure(reading.value, reading.indicator, "value")
    demand_past(reading.read_on, by=by, field="read_on")
    if not reading.source:
        raise SourceMissing(_("Where does the figure come from? A list, a survey, a count at the door."))
    if reading.is_comparison and not reading.indicator.compared_with:
        raise NothingToCompare(_("First say at the indicator what it is compared with."))


def _current(reading: Reading) -> Reading:
    """Held until the transaction ends; of two people who correct it at once the second is told."""
    now = locked(reading)
    if now.withdrawn_at is None:
        return now
    who = now.withdrawn_by.name if now.withdrawn_by else _("Somebody who has left")
    if Reading.objects.filter(corrects=now).exists():
        raise ReadingGone(_("%(who)s has corrected this reading meanwhile. Please look at the new one.") % {"who": who})
    raise ReadingGone(_("%(who)s has taken this reading back meanwhile.") % {"who": who})


def _withdraw(old: Reading, *, by: User, why: str) -> None:
    if not why.strip():
        raise WhyMissing(_("Say in a few words what was wrong with it."))
    old.withdrawn_at, old.withdrawn_by, old.withdrawn_why = timezone.now(), by, why.strip()
    old.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
