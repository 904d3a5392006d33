"""What is promised until when, by whom and to whom: for many people in a constant number of queries.

Reminders are made from it, and the days in a calendar feed. Who is named is asked of memberships, coordinations and
engagements as they are now, so nobody is told of what they may not see.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from cities.choices import BELONGING, WRITING, Right
from cities.models import Coordination, Membership
from engagement import promises
from engagement.choices import CheckInState
from engagement.local_days import at_work_after, at_work_before
from engagement.models import CheckIn, CoachingSession, Commitment, EngagementCoach
from engagement.promises import Promise, Whom
from innoteams.accounts.models import User

_DAY = dt.timedelta(days=1)
# A session lasts three days at most, and a day is over fourteen hours earlier in the east than in the west.
_LONGEST_SESSION = dt.timedelta(days=4)


@dataclass(frozen=True)
class Due:
    """One promise, as one person has to do with it. `since` is the day from which it was known: nobody is reminded on
    the day itself of what was promised on it."""

    promise: Promise
    whom: Whom
    due: dt.date
    since: dt.date
    about: CheckIn | Commitment | CoachingSession

    @property
    def is_own(self) -> bool:
        """The person is to do it; else somebody else is, and is late."""
        if self.promise == Promise.CHECK_IN:
            return self.whom != Whom.COORDINATORS
        return self.promise != Promise.ANSWER or self.whom == Whom.COORDINATORS

    @property
    def path(self) -> str:
        """Where it is done. A draft is its team's alone, so coordinators are led to the portfolio."""
        if isinstance(self.about, Commitment):
            return f"{self.about.engagement.get_absolute_url()}#commitments"
        if isinstance(self.about, CheckIn) and self.about.state == CheckInState.DRAFTED and not self.is_own:
            return reverse("portfolio")
        path: str = self.about.get_absolute_url()
        return path

    def reminders(self, zone: dt.tzinfo) -> Iterator[dt.date]:
        """The days on which the person hears of it. One that falls on a day of rest comes on the last working day
        before it while there is still time, and on the next one afterwards."""
        for step in promises.STEPS[self.promise]:
            if self.whom in step.told:
                day = self.due + step.days * _DAY
                day = at_work_after(day, zone) if step.days > 0 else at_work_before(day, zone)
                if day > self.since:
                    yield day

    def is_news(self, zone: dt.tzinfo, after: dt.date, until: dt.date) -> bool:
        """Whether the person is to hear of it on one of these days (without `after` itself)."""
        return any(after < day <= until for day in self.reminders(zone))


Found = Iterator[tuple[int, Due]]


def promised(*, due_from: dt.date, to: Collection[int] | None = None) -> dict[User, list[Due]]:
    """Everything open whose promised day is `due_from` or later, by person, the oldest first; with `to`, theirs alone.

    Seven queries at most. Only people who can sign in.
    """
    found: dict[int, list[Due]] = defaultdict(list)
    for source in (_check_ins, _commitments, _session_logs):
        for person_id, due in source(due_from, to):
            if to is None or person_id in to:
                found[person_id].append(due)
    people = User.objects.filter(pk__in=list(found), is_active=True)
    order = {
        person: sorted(found[person.pk], key=lambda one: (one.due, one.promise, one.about.pk)) for person in people
    }
    return dict(sorted(order.items(), key=lambda pair: pair[0].pk))


# --- Check-ins and their answers -----------------------------------------------------------------------------------


def _check_ins(due_from: dt.date, to: Collection[int] | None) -> Found:
    check_ins = [
        (check_in, due)
        for check_in in _open_check_ins(due_from, to)
        if (due := promises.check_in_due(check_in)) and due >= due_from
    ]
    if not check_ins:
        return
    teams, operators = _people_of_teams(check_ins), _people_of_operators(check_ins)
    for check_in, due in check_ins:
        there = teams[check_in.team_id]
        since = _known_since(check_in)
        promise = Promise.ANSWER if check_in.state == CheckInState.SUBMITTED else Promise.CHECK_IN
        for person_id, right in there.items():
            if right in WRITING:
                whom = Whom.LEADS if right == Right.LEAD else Whom.WRITERS
                yield person_id, Due(promise, whom, due, since, check_in)
        for person_id in operators[check_in.period.programme.operator_id]:
            # Nobody answers the own team.
            if person_id not in there:
                yield person_id, Due(promise, Whom.COORDINATORS, due, since, check_in)


def _open_check_ins(due_from: dt.date, to: Collection[int] | None) -> Iterator[CheckIn]:
    start = dt.datetime.combine(due_from, dt.time(), dt.UTC)
    recent = (
        Q(period__due_on__gte=due_from)
        | Q(submitted_at__gte=start - promises.DAYS_TO_ANSWER * _DAY)
        | Q(answered_at__gte=start - promises.DAYS_TO_RESUBMIT * _DAY)
    )
    rows = CheckIn.objects.for_rows().filter(recent, team__is_active=True).exclude(state=CheckInState.ACCEPTED)
    if to is not None:
        teams = Membership.objects.current().filter(person__in=to, right__in=WRITING).values("team")
        operators = Coordination.objects.current().filter(person__in=to).values("operator")
        rows = rows.filter(Q(team__in=teams) | Q(period__programme__operator__in=operators))
    return iter(rows.order_by("pk"))


def _people_of_teams(check_ins: list[tuple[CheckIn, dt.date]]) -> dict[int, dict[int, str]]:
    """For each team its people and their rights, the lead's above all others."""
    teams = {check_in.team_id for check_in, _due in check_ins}
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = Membership.objects.current().filter(team__in=teams, right__in=BELONGING)
    for team_id, person_id, right in rows.values_list("team", "person", "right").order_by("pk"):
        if found[team_id].get(person_id) != Right.LEAD:
            found[team_id][person_id] = right
    return found


def _people_of_operators(check_ins: list[tuple[CheckIn, dt.date]]) -> dict[int, set[int]]:
    operators = {check_in.period.programme.operator_id for check_in, _due in check_ins}
    found: dict[int, set[int]] = defaultdict(set)
    rows = Coordination.objects.current().filter(operator__in=operators)
    for operator_id, person_id in rows.values_list("operator", "person"):
        found[operator_id].add(person_id)
    return found


def _known_since(check_in: CheckIn) -> dt.date:
    """When it came to those who have the next move."""
    since = {CheckInState.SUBMITTED: check_in.submitted_at, CheckInState.RETURNED: check_in.answered_at}
    moment: dt.datetime = since.get(CheckInState(check_in.state)) or check_in.created_at
    return moment.date()


# --- Coaching ------------------------------------------------------------------------------------------------------


def _commitments(due_from: dt.date, to: Collection[int] | None) -> Found:
    """Open ones of people who are still of the pair."""
    in_team = (
        Membership.objects.current().belonging().filter(team=OuterRef("engagement__team"), person=OuterRef("owner"))
    )
    coaches = EngagementCoach.objects.filter(engagement=OuterRef("engagement"), person=OuterRef("owner"), ends_on=None)
    rows = Commitment.objects.open().filter(
        Exists(in_team) | Exists(coaches), engagement__ends_on=None, due_on__gte=due_from
    )
    if to is not None:
        rows = rows.filter(owner__in=to)
    for one in rows.select_related("engagement__team__city").order_by("pk"):
        yield one.owner_id, Due(Promise.COMMITMENT, Whom.OWNER, one.due_on, one.created_at.date(), one)


def _session_logs(due_from: dt.date, to: Collection[int] | None) -> Found:
    """Sessions that are over and not logged, for those who coach now."""
    start = dt.datetime.combine(due_from - promises.DAYS_TO_LOG_SESSION * _DAY, dt.time(), dt.UTC) - _LONGEST_SESSION
    now = timezone.now()
    rows = CoachingSession.objects.planned().filter(starts_at__range=(start, now), engagement__ends_on=None)
    if to is not None:
        mine = EngagementCoach.objects.filter(person__in=to, ends_on=None)
        rows = rows.filter(engagement__in=mine.values("engagement"))
    sessions = [session for session in rows.select_related("engagement__team__city") if session.ends_at <= now]
    coaches = coaches_of({session.engagement_id for session in sessions})
    for session in sessions:
        due = promises.session_log_due(session)
        if due >= due_from:
            since = due - promises.DAYS_TO_LOG_SESSION * _DAY
            for person_id in coaches[session.engagement_id]:
                yield person_id, Due(Promise.SESSION_LOG, Whom.COACHES, due, since, session)


def coaches_of(engagement_ids: Collection[int]) -> dict[int, list[int]]:
    """Who coaches now in each engagement, in one query."""
    found: dict[int, list[int]] = defaultdict(list)
    if engagement_ids:
        rows = EngagementCoach.objects.filter(engagement__in=engagement_ids, ends_on=None)
        for engagement_id, person_id in rows.values_list("engagement", "person"):
            found[engagement_id].append(person_id)
    return found
