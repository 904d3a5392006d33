"""What coordinators are told from: read once for a whole batch of them, in a number of queries that does not grow."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils import timezone

from cities.models import Coordination, Membership, MembershipPeriod, Team
from cities.querysets import today
from engagement import promises
from engagement.choices import CheckInState, IntroductionState
from engagement.digests import exposure
from engagement.digests.sight import Sight, sights_of
from engagement.models import CheckIn, CheckInMove, CoachingSession, Digest, Introduction
from engagement.portfolio import ANSWER_LATE, LATE
from engagement.portfolio.reading import people_of, state_shown
from projects.choices import LIVE_OUTCOMES, Verb
from projects.models import Activity, Project

# What of a project's news is progress: that is what a coordinator asks about.
MOVED = (Verb.PROJECT_SHARED, Verb.PHASE_MOVED, Verb.OUTCOME_CHANGED, Verb.ENDED_WITH_LESSON)


class _Place(NamedTuple):
    """A programme accompanies a city today."""

    city: int
    programme: int
    operator: int
    funder: int | None


@dataclass(frozen=True)
class Reach:
    """What one coordinator reads: teams by key, and the pairs of programme and team; `decides` where an operator of
    theirs runs the programme, elsewhere they only read."""

    teams: dict[int, Team]
    pairs: frozenset[tuple[int, int]]
    decides: frozenset[int]
    sight: Sight


@dataclass(frozen=True)
class Late:
    """A check-in on which one side is late: `state` is LATE or ANSWER_LATE."""

    check_in: CheckIn
    state: str
    due: dt.date


@dataclass(frozen=True)
class Move:
    """A check-in was sent or accepted."""

    check_in: CheckIn
    to: str
    at: dt.datetime


@dataclass(frozen=True)
class Met:
    """An introduction between two teams, without who or why."""

    teams: frozenset[int]
    accepted_at: dt.datetime | None
    helped_at: dt.datetime | None


@dataclass(frozen=True)
class Facts:
    """About all teams that somebody of the batch reads."""

    activity: list[Activity]
    moves: list[Move]
    met: list[Met]
    late: list[Late]
    # By team: how many sessions of its coaching should have been logged by now.
    unlogged: Counter[int]
    stuck: list[Project]
    never_shown: frozenset[int]
    # By team: how many of its people got no network digest.
    gets_nothing: Counter[int]
    last_signed_in: dict[int, dt.datetime]


def reaches_of(digests: Sequence[Digest]) -> dict[int, Reach]:
    """For the person of each digest, in seven queries."""
    people = {digest.person_id for digest in digests}
    operators: dict[int, set[int]] = defaultdict(set)
    rows = Coordination.objects.current().filter(person__in=people)
    for person, operator in rows.values_list("person", "operator"):
        operators[person].add(operator)
    places = _places({operator for several in operators.values() for operator in several})
    teams_in: dict[int, list[Team]] = defaultdict(list)
    cities = {place.city for place in places}
    for team in Team.objects.active().filter(city__in=cities).select_related("city").order_by("city__slug", "slug"):
        teams_in[team.city_id].append(team)
    sights = sights_of(people)
    return {person: _reach(operators[person], places, teams_in, sights[person]) for person in people}


def _places(operators: set[int]) -> list[_Place]:
    either = Q(programme__operator__in=operators) | Q(programme__funder__in=operators)
    rows = MembershipPeriod.objects.current().filter(either).order_by("pk")
    return [_Place(*row) for row in rows.values_list("city", "programme", "programme__operator", "programme__funder")]


def _reach(operators: set[int], places: list[_Place], teams_in: dict[int, list[Team]], sight: Sight) -> Reach:
    mine = [place for place in places if place.operator in operators or place.funder in operators]
    teams = {team.pk: team for place in mine for team in teams_in[place.city]}
    return Reach(
        teams=teams,
        pairs=frozenset((place.programme, team.pk) for place in mine for team in teams_in[place.city]),
        decides=frozenset(place.programme for place in mine if place.operator in operators),
        sight=sight,
    )


def facts_of(digests: Sequence[Digest], reaches: dict[int, Reach]) -> Facts:
    """In thirteen queries."""
    start = min(digest.window_start for digest in digests)
    end = max(digest.window_end for digest in digests)
    teams = {pk: team for reach in reaches.values() for pk, team in reach.teams.items()}
    programmes = {programme for reach in reaches.values() for programme, _team in reach.pairs}
    a_month_ago = end - exposure.MONTH
    return Facts(
        activity=_activity(teams, start, end),
        moves=_moves(teams, programmes, start, end),
        met=_met(teams, start),
        late=_late(teams, programmes),
        unlogged=_unlogged(teams),
        stuck=_stuck(teams),
        never_shown=frozenset(team.pk for team in exposure.never_shown(a_month_ago)),
        gets_nothing=_gets_nothing(teams, a_month_ago),
        last_signed_in=people_of(teams.values())[1],
    )


def _activity(teams: dict[int, Team], start: dt.datetime, end: dt.datetime) -> list[Activity]:
    """Of a project that several people see differently each is told what every reader of the project may know."""
    rows = Activity.objects.newsworthy().filter(verb__in=MOVED, project__team__in=teams, at__gt=start, at__lte=end)
    found = rows.select_related("project__team__city", "phase_move").order_by("-at", "-pk")
    # Entries from public sources are nobody's progress.
    return [row for row in found if not row.project.is_from_public_source]


def _moves(teams: dict[int, Team], programmes: set[int], start: dt.datetime, end: dt.datetime) -> list[Move]:
    """What was taken back since is the team's alone again."""
    rows = CheckInMove.objects.filter(
        check_in__team__in=teams,
        check_in__period__programme__in=programmes,
        to_state__in=(CheckInState.SUBMITTED, CheckInState.ACCEPTED),
        at__gt=start,
        at__lte=end,
    ).exclude(check_in__state=CheckInState.DRAFTED)
    found = rows.select_related("check_in__team__city", "check_in__period__programme").defer("words")
    return [Move(row.check_in, row.to_state, row.at) for row in found.order_by("-at", "-pk")]


def _met(teams: dict[int, Team], start: dt.datetime) -> list[Met]:
    since = Q(answered_at__gt=start) | Q(helped_at__gt=start)
    rows = Introduction.objects.filter(
        since, Q(from_team__in=teams) | Q(to_team__in=teams), state=IntroductionState.ACCEPTED
    ).order_by("pk")
    return [
        Met(frozenset((one, other)), answered_at, helped_at if helped else None)
        for one, other, answered_at, helped, helped_at in rows.values_list(
            "from_team", "to_team", "answered_at", "helped", "helped_at"
        )
    ]


def _late(teams: dict[int, Team], programmes: set[int]) -> list[Late]:
    """As the portfolio counts them; of a draft nothing is read but that it is one."""
    rows = (
        CheckIn.objects.filter(team__in=teams, period__programme__in=programmes)
        .exclude(state=CheckInState.ACCEPTED)
        .select_related("team__city", "period__programme__operator")
        .only("state", "submitted_at", "answered_at", "team", "period")
        .order_by("pk")
    )
    found = []
    for row in rows:
        state, due = state_shown(row)
        if due and state in (LATE, ANSWER_LATE):
            found.append(Late(row, state, due))
    return sorted(found, key=lambda one: (one.due, one.check_in.pk))


def _unlogged(teams: dict[int, Team]) -> Counter[int]:
    rows = CoachingSession.objects.planned().filter(
        engagement__team__in=teams, engagement__ends_on=None, starts_at__lt=timezone.now()
    )
    sessions = rows.select_related("engagement").only("starts_at", "minutes", "planned_zone", "engagement__team")
    return Counter(one.engagement.team_id for one in sessions if promises.session_log_due(one) < today())


def _stuck(teams: dict[int, Team]) -> list[Project]:
    rows = Project.objects.filter(team__in=teams, stuck_since__isnull=False, outcome__in=LIVE_OUTCOMES)
    return list(rows.select_related("team__city").order_by("stuck_since", "pk"))


def _gets_nothing(teams: dict[int, Team], since: dt.datetime) -> Counter[int]:
    rows = Membership.objects.current().belonging().filter(team__in=teams, person__in=exposure.receives_nothing(since))
    return Counter(dict(rows.order_by().values_list("team").annotate(Count("person", distinct=True))))
