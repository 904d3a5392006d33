"""What a programme's coordinators decide about its check-ins: the rhythm, dates of its own, and the days of a period
that is open already. Who changed what of an opened period, and why, stays in the record."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cities.models import Programme
from cities.querysets import today
from engagement import letters
from engagement.checkins.drafting import drafted_lines
from engagement.checkins.schedules import custom_key, days_as_title, last_ended_day
from engagement.choices import WITH_THE_TEAM, CheckInState, LetterKind, Rhythm
from engagement.models import CheckInLine, CheckInPeriod, CheckInSchedule, PeriodChange, ScheduledPeriod
from engagement.permissions import can_set_check_ins
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_DAYS_TO_SUBMIT = 90
LONGEST = dt.timedelta(days=366)


class RefusedDay(Refused):
    """A day that cannot be; `field` names which, None where it is about all of them."""

    def __init__(self, reason: "StrOrPromise", field: str | None = None) -> None:
        super().__init__(reason)
        self.field = field


class Overlaps(RefusedDay):
    """A team would be asked twice about the same day."""


class OpenedAlready(RefusedDay):
    """Its check-ins are with the teams: then its days are changed there, with a reason."""


class NoReason(RefusedDay):
    """Teams planned with the days; they are told why these change."""


class NothingChanged(RefusedDay):
    """The days are what they were."""


# --- The rhythm, before anything is opened --------------------------------------------------------------------------


@transaction.atomic
def set_rhythm(
    *, by: User, programme: Programme, rhythm: str, days_to_submit: int, starts_on: dt.date
) -> CheckInSchedule:
    """From now on check-ins open so. What is open stays as it is, and no day of it is asked for again.

    Raises NotAllowed or RefusedDay.
    """
    demand(can_set_check_ins(by, programme))
    if not 1 <= days_to_submit <= MOST_DAYS_TO_SUBMIT:
        raise RefusedDay(_("Give teams between one day and %(most)s days.") % {"most": MOST_DAYS_TO_SUBMIT}, "days")
    schedule = _held(programme)
    values = {"rhythm": Rhythm(rhythm).value, "days_to_submit": days_to_submit, "starts_on": starts_on}
    if schedule is None:
        # Two coordinators at once: the second finds the row of the first.
        schedule, _made = CheckInSchedule.objects.get_or_create(programme=programme, defaults=values)
    for name, value in values.items():
        setattr(schedule, name, value)
    schedule.save(update_fields=list(values))
    return schedule


@transaction.atomic
def add_dates(
    *, by: User, programme: Programme, title: str, starts_on: dt.date, ends_on: dt.date, due_on: dt.date
) -> ScheduledPeriod:
    """A period on dates of its own, opened once its last day is over. Raises NotAllowed, RefusedDay or Overlaps."""
    demand(can_set_check_ins(by, programme))
    schedule = _held(programme)
    if schedule is None:
        schedule = CheckInSchedule.objects.create(programme=programme, rhythm=Rhythm.CUSTOM, starts_on=starts_on)
    row = ScheduledPeriod(schedule=schedule)
    return _write_dates(row, title, starts_on, ends_on, due_on)


@transaction.atomic
def change_dates(
    *, by: User, dates: ScheduledPeriod, title: str, starts_on: dt.date, ends_on: dt.date, due_on: dt.date
) -> ScheduledPeriod:
    """Raises NotAllowed, OpenedAlready, RefusedDay or Overlaps."""
    return _write_dates(_not_opened(by, dates), title, starts_on, ends_on, due_on)


@transaction.atomic
def remove_dates(*, by: User, dates: ScheduledPeriod) -> None:
    """Raises NotAllowed or OpenedAlready."""
    _not_opened(by, dates).delete()


def _held(programme: Programme) -> CheckInSchedule | None:
    """The schedule, held until the transaction ends: a worker that opens periods waits or leaves."""
    found: CheckInSchedule | None = CheckInSchedule.objects.select_for_update().filter(programme=programme).first()
    return found


def _not_opened(by: User, dates: ScheduledPeriod) -> ScheduledPeriod:
    programme = dates.schedule.programme
    demand(can_set_check_ins(by, programme))
    _held(programme)
    now = ScheduledPeriod.objects.select_related("schedule").filter(pk=dates.pk).first()
    if now is None:
        raise RefusedDay(_("These dates were removed meanwhile."))
    if CheckInPeriod.objects.filter(programme=programme, key=custom_key(now.starts_on)).exists():
        raise OpenedAlready(_("This period is open already. Change its days below, with a reason."))
    return now


def _write_dates(
    row: ScheduledPeriod, title: str, starts_on: dt.date, ends_on: dt.date, due_on: dt.date
) -> ScheduledPeriod:
    _demand_order(starts_on, ends_on, due_on)
    if due_on < today():
        raise RefusedDay(_("This day is past; a team could only be late."), "due_on")
    opened = CheckInPeriod.objects.filter(programme=row.schedule.programme_id)
    _demand_free(starts_on, ends_on, row.schedule.dates.exclude(pk=row.pk).values_list("starts_on", "ends_on"))
    _demand_free(starts_on, ends_on, opened.values_list("starts_on", "ends_on"))
    row.title, row.starts_on, row.ends_on, row.due_on = title.strip(), starts_on, ends_on, due_on
    row.save()
    return row


def _demand_order(starts_on: dt.date, ends_on: dt.date, due_on: dt.date) -> None:
    if ends_on < starts_on:
        raise RefusedDay(_("The last day comes before the first."), "ends_on")
    if ends_on - starts_on > LONGEST:
        raise RefusedDay(_("This is longer than a year. Please look at the years again."), "ends_on")
    if due_on < ends_on:
        raise RefusedDay(_("A check-in is due after its period has ended."), "due_on")
    if due_on - ends_on > LONGEST:
        raise RefusedDay(_("This is more than a year after the period. Please look at the year again."), "due_on")


def _demand_free(starts_on: dt.date, ends_on: dt.date, taken: Iterable[tuple[dt.date, dt.date]]) -> None:
    if any(starts_on <= last and first <= ends_on for first, last in taken):
        raise Overlaps(_("These days overlap another period; a team would be asked twice about the same day."))


# --- A period that is open already ----------------------------------------------------------------------------------


@transaction.atomic
def change_period(
    *, by: User, period: CheckInPeriod, starts_on: dt.date, ends_on: dt.date, due_on: dt.date, why: str
) -> CheckInPeriod:
    """Moves the days of an opened period; what is late follows at once, because it is computed from them.

    Lines about added days are drawn onto the sheets that are with their teams. Nothing is removed when days are taken
    away (readers see which lines lie outside), and what was sent stays as it was sent. The leads of every team that
    was not accepted yet are told. Raises NotAllowed, RefusedDay, Overlaps, NoReason or NothingChanged.
    """
    demand(can_set_check_ins(by, period.programme))
    _held(period.programme)
    now = CheckInPeriod.objects.select_for_update(of=("self",)).select_related("programme").get(pk=period.pk)
    before = (now.starts_on, now.ends_on, now.due_on)
    if (starts_on, ends_on, due_on) == before:
        raise NothingChanged(_("These are the days it has already."))
    if not why.strip():
        raise NoReason(_("Say why: the teams planned with the days, and they are told."), "why")
    _demand_order(starts_on, ends_on, due_on)
    if ends_on > max(before[1], last_ended_day(timezone.now())):
        raise RefusedDay(_("This day is not over yet. What is logged then belongs to the next period."), "ends_on")
    others = CheckInPeriod.objects.filter(programme=now.programme_id).exclude(pk=now.pk)
    _demand_free(starts_on, ends_on, others.values_list("starts_on", "ends_on"))
    if now.title == days_as_title(now.starts_on, now.ends_on):
        now.title = days_as_title(starts_on, ends_on)
    now.starts_on, now.ends_on, now.due_on = starts_on, ends_on, due_on
    now.save(update_fields=["starts_on", "ends_on", "due_on", "title"])
    PeriodChange.objects.create(
        period=now,
        by=by,
        starts_before=before[0],
        starts_after=starts_on,
        ends_before=before[1],
        ends_after=ends_on,
        due_before=before[2],
        due_after=due_on,
        why=why.strip(),
    )
    if starts_on < before[0] or ends_on > before[1]:
        _draw_in(now)
    waiting = now.check_ins.exclude(state=CheckInState.ACCEPTED)
    letters.write(LetterKind.CHECK_IN_DATES, letters.to_leads(waiting))
    return now


def _draw_in(period: CheckInPeriod) -> None:
    """Adds what was logged in the added days to the sheets that the teams still write on."""
    rows = period.check_ins.filter(state__in=WITH_THE_TEAM).select_related("team")
    # Held, so that no sheet is sent while lines are written onto it.
    sheets = {sheet.pk: sheet for sheet in rows.select_for_update(of=("self",)).order_by("pk")}
    there = set(CheckInLine.objects.filter(check_in__in=sheets).values_list("check_in", "activity", "commitment"))
    last = dict(CheckInLine.objects.filter(check_in__in=sheets).values_list("check_in").annotate(Max("position")))
    new = []
    for line in drafted_lines(period, sheets.values()):
        if (line.check_in_id, line.activity_id, line.commitment_id) not in there:
            line.position = last[line.check_in_id] = last.get(line.check_in_id, 0) + 1
            new.append(line)
    CheckInLine.objects.bulk_create(new, batch_size=1000)
