"""Opening check-ins: once a period has ended, every accompanied team gets a sheet drafted from what it logged."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Q

from cities.choices import ACCOMPANIED
from cities.models import MembershipPeriod, Team
from cities.querysets import open_on
from engagement import letters
from engagement.checkins.drafting import drafted_lines
from engagement.checkins.schedules import Span, custom_key, days_as_title, ended_spans, last_ended_day, rest_of
from engagement.choices import LetterKind, Rhythm
from engagement.models import CheckIn, CheckInLine, CheckInPeriod, CheckInSchedule

# After a long standstill only so many periods are opened belatedly; nobody wants to write four reports at once.
MOST_AT_ONCE = 3
_BATCH = 1000


def open_due_periods(now: dt.datetime) -> list[CheckInPeriod]:
    """Opens the check-ins of every period that has ended everywhere and is not open yet; answers the new periods.

    However many workers call it at once, each team has exactly one check-in for a period.
    """
    schedules = CheckInSchedule.objects.order_by("pk").values_list("pk", flat=True)
    return [period for pk in schedules for period in _open_for(pk, now)]


@transaction.atomic
def _open_for(schedule_pk: int, now: dt.datetime) -> list[CheckInPeriod]:
    # A period's row and all its check-ins are made in one transaction, and whoever holds the schedule's row makes
    # them. A worker that finds it held leaves: the other one is doing the same.
    held = CheckInSchedule.objects.select_for_update(skip_locked=True).filter(pk=schedule_pk).first()
    if held is None:
        return []
    opened = CheckInPeriod.objects.filter(programme=held.programme_id)
    there = {key: (starts_on, ends_on) for key, starts_on, ends_on in opened.values_list("key", "starts_on", "ends_on")}
    made = []
    for due in _ended(held, last_ended_day(now))[-MOST_AT_ONCE:]:
        span = None if due.span.key in there else rest_of(due.span, there.values())
        # Dates of its own are opened whole or not at all; the page refuses such that overlap.
        if span is None or (due.title and span != due.span):
            continue
        title = due.title if span == due.span else days_as_title(span.starts_on, span.ends_on)
        made.append(_open(held, replace(due, span=span, title=title), now))
        there[span.key] = (span.starts_on, span.ends_on)
    return made


@dataclass(frozen=True)
class Due:
    """A span that has ended, with the days that its teams have; a title where its dates were chosen."""

    span: Span
    days: int
    title: str = ""


def next_span(
    schedule: CheckInSchedule, opened: Iterable[tuple[str, dt.date, dt.date]], now: dt.datetime
) -> Span | None:
    """What opens next if nothing is changed; None where nothing does. `opened`: key, first and last day of each."""
    there = {key: (starts_on, ends_on) for key, starts_on, ends_on in opened}
    # Far enough for the quarter that begins a year from now, or from when the schedule begins.
    horizon = max(last_ended_day(now), schedule.starts_on) + dt.timedelta(days=550)
    ended = [due.span for due in _ended(schedule, last_ended_day(now))][:-MOST_AT_ONCE]
    for due in _ended(schedule, horizon):
        if due.span in ended or due.span.key in there:
            continue
        span = rest_of(due.span, there.values())
        if span and not (due.title and span != due.span):
            return span
    return None


def _ended(schedule: CheckInSchedule, last_day: dt.date) -> list[Due]:
    """All that the schedule asks for until that day, oldest first, opened or not."""
    if schedule.rhythm != Rhythm.CUSTOM:
        spans = ended_spans(schedule.rhythm, schedule.starts_on, last_day)
        return [Due(span, schedule.days_to_submit) for span in spans]
    dates = schedule.dates.filter(starts_on__gte=schedule.starts_on, ends_on__lte=last_day).order_by("starts_on")
    return [
        Due(Span(row.starts_on, row.ends_on, custom_key(row.starts_on)), (row.due_on - row.ends_on).days, row.title)
        for row in dates
    ]


def _open(schedule: CheckInSchedule, due: Due, now: dt.datetime) -> CheckInPeriod:
    span = due.span
    # Opened belatedly, a team still gets its days.
    counted_from = max(span.ends_on, last_ended_day(now))
    period = CheckInPeriod.objects.create(
        programme_id=schedule.programme_id,
        key=span.key,
        title=due.title,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        due_on=counted_from + dt.timedelta(days=due.days),
    )
    teams = _accompanied_teams(schedule.programme_id, span, now)
    made = CheckIn.objects.bulk_create(
        [CheckIn(period=period, team=team, language=team.language) for team in teams], batch_size=_BATCH
    )
    CheckInLine.objects.bulk_create(drafted_lines(period, made), batch_size=_BATCH)
    letters.write(LetterKind.CHECK_IN_OPENED, letters.to_leads(made), now=now)
    return period


def _accompanied_teams(programme_id: int, span: Span, now: dt.datetime) -> list[Team]:
    """Active teams of the cities that the programme accompanies now and did so in at least a part of the period."""
    day = now.astimezone(dt.UTC).date()
    accompanied = MembershipPeriod.objects.filter(open_on(day), programme=programme_id, status__in=ACCOMPANIED)
    accompanied = accompanied.filter(Q(starts_on=None) | Q(starts_on__lte=span.ends_on))
    return list(Team.objects.active().filter(city__in=accompanied.values("city")).order_by("pk"))
