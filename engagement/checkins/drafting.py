"""What of all that was logged is drafted into a check-in: when it is opened, and when the team looks again."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import DateField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from cities.choices import BELONGING
from cities.models import Membership
from engagement.checkins.holding import MovedMeanwhile, held, last_move
from engagement.choices import REPORTED, WITH_THE_TEAM
from engagement.models import CheckIn, CheckInLine, CheckInPeriod, Commitment
from engagement.permissions import writes_check_in
from innoteams.accounts.models import User
from innoteams.lib.verdicts import demand
from projects.choices import Verb
from projects.models import Activity

_WIDEST_OFFSET = dt.timedelta(hours=15)


class _LocalDay(Func):
    """The calendar day of a moment in the zone that a column names."""

    template = "(%(expressions)s)::date"
    arg_joiner = " AT TIME ZONE "
    output_field = DateField()


@dataclass(frozen=True)
class _Logged:
    pk: int
    team: int
    is_team_only: bool
    verb: str
    pilot: int | None


def drafted_lines(period: CheckInPeriod, check_ins: Iterable[CheckIn]) -> Iterator[CheckInLine]:
    """One line for each thing logged in the period by the city's own calendar, then one for each promise of the
    coaching that the team kept in it."""
    sheets = {check_in.team_id: check_in for check_in in check_ins}
    positions = dict.fromkeys(sheets, 0)
    inside = Q(local_day__range=(period.starts_on, period.ends_on))
    for one in _newest_of_each_pilot(_logged(period, list(sheets), inside, _around(period))):
        positions[one.team] += 1
        yield _line(sheets[one.team], one, positions[one.team])
    for team, pk in _kept_promises(period, list(sheets)):
        positions[team] += 1
        yield _promise(sheets[team], pk, positions[team])


@transaction.atomic
def look_again(*, by: User, check_in: CheckIn) -> int:
    """Draws in what was logged since the sheet was drafted: in the period, or later but dated in it. Only adds lines;
    answers how many. Raises NotAllowed or MovedMeanwhile."""
    now = held(check_in)
    demand(writes_check_in(by, now))
    if now.state not in WITH_THE_TEAM:
        raise MovedMeanwhile(last_move(now))
    period, there = now.period, list(now.lines.select_related("activity"))
    new = [*_logged_since(now, there), *_promises_since(period, now, there)]
    first = max((line.position for line in there), default=0) + 1
    for position, line in enumerate(new, start=first):
        line.position = position
    CheckInLine.objects.bulk_create(new)
    return len(new)


def _logged_since(now: CheckIn, there: list[CheckInLine]) -> list[CheckInLine]:
    span = (now.period.starts_on, now.period.ends_on)
    known = {line.activity_id for line in there}
    told_pilots = {
        line.activity.pilot_id for line in there if line.activity and line.activity.verb == Verb.PILOT_CHANGED
    }
    found = _logged(now.period, [now.team_id], Q(local_day__range=span) | Q(dated_on__range=span), Q())
    rows = (one for one in _newest_of_each_pilot(found) if one.pk not in known)
    return [_line(now, one, 0) for one in rows if not (one.verb == Verb.PILOT_CHANGED and one.pilot in told_pilots)]


def _promises_since(period: CheckInPeriod, now: CheckIn, there: list[CheckInLine]) -> list[CheckInLine]:
    known = {line.commitment_id for line in there}
    return [_promise(now, pk, 0) for _team, pk in _kept_promises(period, [now.team_id]) if pk not in known]


def _line(check_in: CheckIn, one: _Logged, position: int) -> CheckInLine:
    # What only the team sees is on its sheet, but switched off: the team decides whether to share the project or the
    # part first. Readers are checked again whenever they read (checkins.reading).
    return CheckInLine(check_in=check_in, activity_id=one.pk, position=position, included=not one.is_team_only)


def _promise(check_in: CheckIn, pk: int, position: int) -> CheckInLine:
    # The coaching is the pair's: nothing of it is told unless the team switches it on.
    return CheckInLine(check_in=check_in, commitment_id=pk, position=position, included=False)


def _around(period: CheckInPeriod) -> Q:
    """For the index on `at`: wide enough for every city's calendar."""
    first = dt.datetime.combine(period.starts_on, dt.time(), dt.UTC) - _WIDEST_OFFSET
    last = dt.datetime.combine(period.ends_on + dt.timedelta(days=1), dt.time(), dt.UTC) + _WIDEST_OFFSET
    return Q(at__range=(first, last))


def _logged(period: CheckInPeriod, team_ids: list[int], when: Q, roughly: Q) -> list[_Logged]:
    rows = (
        Activity.objects.filter(roughly, verb__in=REPORTED, project__team__in=team_ids)
        .exclude(reading__withdrawn_at__isnull=False)
        .annotate(
            local_day=_LocalDay("at", "project__team__city__timezone"),
            dated_on=Coalesce("journal_entry__happened_on", "consultation__held_on", "reading__read_on"),
        )
        .filter(when, ~_told_before(period))
        .order_by("project__team", "project", "at", "pk")
        .with_team_alone()
        .values_list("pk", "project__team", "is_team_only", "verb", "pilot")
    )
    return [_Logged(*row) for row in rows]


def _told_before(period: CheckInPeriod) -> Exists:
    """It was drawn late into the check-in of an earlier period, and sent there."""
    return Exists(
        CheckInLine.objects.filter(
            activity=OuterRef("pk"),
            included=True,
            check_in__period__programme=period.programme_id,
            check_in__period__starts_on__lt=period.starts_on,
        )
    )


def _newest_of_each_pilot(found: list[_Logged]) -> list[_Logged]:
    """A pilot written on ten times in a quarter is one line."""
    newest = {one.pilot: one.pk for one in found if one.verb == Verb.PILOT_CHANGED}
    return [one for one in found if one.verb != Verb.PILOT_CHANGED or newest[one.pilot] == one.pk]


def _kept_promises(period: CheckInPeriod, team_ids: list[int]) -> QuerySet[Commitment, tuple[int, int]]:
    """Those of the team's own people, not the coach's, that were done in the period."""
    belonged = Membership.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=period.starts_on),
        team=OuterRef("engagement__team"),
        person=OuterRef("owner"),
        right__in=BELONGING,
        starts_on__lte=period.ends_on,
    )
    rows: QuerySet[Commitment] = Commitment.objects.filter(
        Exists(belonged), engagement__team__in=team_ids, done_at__isnull=False
    )
    in_period = rows.annotate(local_day=_LocalDay("done_at", "engagement__team__city__timezone")).filter(
        local_day__gte=period.starts_on, local_day__lte=period.ends_on
    )
    return in_period.order_by("engagement__team", "done_at", "pk").values_list(F("engagement__team"), "pk")
