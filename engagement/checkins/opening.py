"""Opening check-ins: once a period has ended, every accompanied team gets a sheet drafted from what it logged."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from cities.choices import ACCOMPANIED
from cities.models import MembershipPeriod, Team
from cities.querysets import open_on
from engagement import letters
from engagement.checkins.drafting import drafted_lines
from engagement.checkins.schedules import Span, ended_spans, last_ended_day
from engagement.choices import LetterKind
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
    spans = ended_spans(held.rhythm, held.starts_on, last_ended_day(now))[-MOST_AT_ONCE:]
    there = set(CheckInPeriod.objects.filter(programme=held.programme_id).values_list("key", flat=True))
    return [_open(held, span, now) for span in spans if span.key not in there]


def _open(schedule: CheckInSchedule, span: Span, now: dt.datetime) -> CheckInPeriod:
    # Opened belatedly, a team still gets its days.
    counted_from = max(span.ends_on, last_ended_day(now))
    period = CheckInPeriod.objects.create(
        programme_id=schedule.programme_id,
        key=span.key,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        due_on=counted_from + dt.timedelta(days=schedule.days_to_submit),
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
