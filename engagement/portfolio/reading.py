"""Reading a portfolio: a fixed number of queries, each about all teams at once, then narrowed in memory."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Count,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from cities.choices import Right
from cities.models import Membership, MembershipPeriod, Programme, Team, TopicGroup
from cities.querysets import today
from engagement.choices import ANSWERED, CheckInState
from engagement.models import CheckIn, CheckInMove, CheckInPeriod, Question
from engagement.portfolio.narrowing import GROUND, Narrowing
from engagement.portfolio.rows import (
    ANSWER_LATE,
    ANSWERS,
    ANY_SIGN,
    LATE,
    NOT_ACCEPTED,
    NOT_LEARNED,
    NOT_LOGGED,
    NOT_SIGNED_IN,
    RESUBMISSIONS,
    Board,
    Cell,
    Heard,
    Learned,
    Portfolio,
    ProjectRow,
    TeamRow,
    Turn,
)
from engagement.promises import STALE_AFTER, Promised, check_in_due, is_late
from innoteams.accounts.models import User
from projects.choices import LIVE_OUTCOMES
from projects.models import Activity, Adaptation, Consultation, Project, ProjectTopic
from projects.rungs import rung

# Shown of each programme where no days are chosen, and at most.
MOST_PERIODS, MOST_PERIODS_EVER = 6, 24
NOBODY_SIGNED_IN_FOR = dt.timedelta(days=60)
# A team is not heard of when none of so many of its newest check-ins was accepted.
UNACCEPTED = 2


def portfolio_of(reader: User, wanted: Narrowing | None = None) -> Portfolio:
    """Every team that the reader accompanies as a coordinator, of the operator or of the funder."""
    wanted = wanted or Narrowing()
    places, offered = _programmes(reader)
    cities = {city for programme in offered for city in places[programme.pk]}
    teams = list(Team.objects.active().filter(city__in=cities).select_related("city").order_by("city__slug", "slug"))
    # All keys, for the cells; the rows of those that are shown on top, when they are shown.
    answerable = CheckIn.objects.answerable_by(reader).order_by("submitted_at", "pk")
    queue = list(answerable.values_list("pk", flat=True))
    boards = _boards(reader, offered, teams, places, wanted, set(queue))
    facts = _facts(reader, teams)
    unaccepted = _unaccepted(boards)
    for board in boards:
        for row in board.rows:
            _tell(row, facts, row.team.pk in unaccepted)
    # Only now, so that what is known of a team does not depend on what the page is narrowed to.
    boards = [board for board in boards if wanted.programme in ("", board.programme.slug)]
    for board in boards:
        board.rows = [row for row in board.rows if _is_wanted(row, wanted)]
    shown = {row.team.pk: row.team for board in boards for row in board.rows}
    return Portfolio(
        wanted=wanted,
        boards=boards,
        programmes=offered,
        countries=sorted({team.city.country for team in teams}),
        queue=queue,
        turns=_turns(boards),
        heard=_heard(reader, boards, shown, wanted),
        learned=[one for one in facts.learned if one.team.pk in shown or one.source_team.pk in shown],
        groups=[(group.slug, group.name) for group in TopicGroup.objects.all()],
    )


class _Among(Func):
    """A column is one of these keys. They go as one parameter: a thousand take longer to write out than to find."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()

    def __init__(self, column: str, keys: Iterable[int]) -> None:
        super().__init__(F(column), Value(list(keys), output_field=ArrayField(BigIntegerField())))


def _of(teams: Iterable[Team], column: str = "team") -> _Among:
    return _Among(column, (team.pk for team in teams))


def _programmes(reader: User) -> tuple[dict[int, set[int]], list[Programme]]:
    """The cities that each programme accompanies today, and the programmes by name."""
    places: dict[int, set[int]] = defaultdict(set)
    pairs = MembershipPeriod.objects.current().read_by_coordinator(reader).values_list("programme", "city")
    for programme, city in pairs:
        places[programme].add(city)
    rows = Programme.objects.filter(pk__in=places).select_related("operator", "funder")
    return places, sorted(rows, key=lambda programme: programme.name)


# --- Check-ins ------------------------------------------------------------------------------------------------------


def _boards(
    reader: User,
    programmes: list[Programme],
    teams: list[Team],
    places: dict[int, set[int]],
    wanted: Narrowing,
    waits: set[int],
) -> list[Board]:
    deciding = set(reader.coordinations.current().values_list("operator", flat=True))
    shown, older = _periods(programmes, wanted)
    cells = _cells(shown, older, teams, waits)
    boards = []
    for programme in programmes:
        board = Board(programme, shown[programme.pk], programme.operator_id in deciding)
        earlier = older[programme.pk]
        board.rows = [
            TeamRow(
                team,
                [cells.get((period.pk, team.pk), Cell(period=period)) for period in board.periods],
                [],
                [],
                older=[cells[period.pk, team.pk] for period in earlier if (period.pk, team.pk) in cells],
            )
            for team in teams
            if team.city_id in places[programme.pk]
        ]
        boards.append(board)
    return boards


Periods = dict[int, list[CheckInPeriod]]


def _periods(programmes: Iterable[Programme], wanted: Narrowing) -> tuple[Periods, Periods]:
    """Of each programme those to show and, where no days are chosen, all earlier ones; the oldest first."""
    shown: Periods = defaultdict(list)
    older: Periods = defaultdict(list)
    rows = CheckInPeriod.objects.filter(programme__in=programmes).order_by("-starts_on")
    if wanted.since:
        rows = rows.filter(ends_on__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(starts_on__lte=wanted.until)
    most = MOST_PERIODS_EVER if wanted.since or wanted.until else MOST_PERIODS
    for period in rows:
        kept = shown if len(shown[period.programme_id]) < most else older
        kept[period.programme_id].insert(0, period)
    return shown, older


def _cells(shown: Periods, older: Periods, teams: list[Team], waits: set[int]) -> dict[tuple[int, int], Cell]:
    by_pk = {period.pk: period for periods in (shown, older) for several in periods.values() for period in several}
    of_shown = Q(period__in=[period.pk for several in shown.values() for period in several])
    of_older = Q(period__in=[period.pk for several in older.values() for period in several])
    # That a draft exists may be known, what is on it is the team's: no text is read here.
    rows = CheckIn.objects.filter(of_shown | of_older & ~Q(state=CheckInState.ACCEPTED), _of(teams)).order_by()
    columns = rows.values_list("pk", "period", "team", "state", "submitted_at", "answered_at")
    return {
        (period, team): _cell(pk, _Promise(state, submitted_at, answered_at, by_pk[period]), pk in waits)
        for pk, period, team, state, submitted_at, answered_at in columns
    }


class _Promise(NamedTuple):
    """Of a check-in: a portfolio has more of them than it could make rows of in time."""

    state: str
    submitted_at: dt.datetime | None
    answered_at: dt.datetime | None
    period: CheckInPeriod


def state_shown(promise: Promised) -> tuple[str, dt.date | None]:
    """What is said of a check-in, LATE or ANSWER_LATE or its state, and until when its next move was promised."""
    due = check_in_due(promise)
    state = promise.state
    if is_late(due):
        state = ANSWER_LATE if state == CheckInState.SUBMITTED else LATE
    return state, due


def _cell(pk: int, promise: _Promise, waits_for_reader: bool) -> Cell:
    state, due = state_shown(promise)
    return Cell(state, pk, promise.state != CheckInState.DRAFTED, waits_for_reader, due, promise.period)


def _turns(boards: list[Board]) -> list[Turn]:
    """Of the check-ins of the shown periods: from sending to the answer, and from its return to sending again."""
    places: dict[int, tuple[Board, TeamRow, Cell]] = {}
    for board in boards:
        for row in board.rows:
            places |= {cell.pk: (board, row, cell) for cell in row.cells if cell.pk is not None}
    moves = CheckInMove.objects.filter(_Among("check_in", places)).order_by("check_in", "at", "pk")
    found: list[Turn] = []
    before: tuple[int, str, dt.datetime] | None = None
    for check_in, to, at in moves.values_list("check_in", "to_state", "at"):
        if before and before[0] == check_in and (kind := _kind_of_turn(before[1], to)):
            board, row, cell = places[check_in]
            assert cell.period is not None  # noqa: S101 - a cell with a check-in has its period
            found.append(Turn(board, row.team, kind, check_in, cell.period, before[2], at))
        before = (check_in, to, at)
    return found


def _kind_of_turn(before: str, after: str) -> str:
    if before == CheckInState.SUBMITTED and after in ANSWERED:
        return ANSWERS
    return RESUBMISSIONS if before == CheckInState.RETURNED and after == CheckInState.SUBMITTED else ""


# --- What is known of teams -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Facts:
    projects: dict[int, list[ProjectRow]]
    last_logged: dict[int, dt.date]
    coaches: dict[int, list[str]]
    last_signed_in: dict[int, dt.datetime]
    learned: list[Learned]
    # Adapted something, or asked the network.
    learners: set[int]


def _facts(reader: User, teams: list[Team]) -> _Facts:
    projects, last_logged = _projects(reader, teams)
    coaches, last_signed_in = people_of(teams)
    learned, learners = _learned(reader, teams)
    asked = Question.objects.visible_to(reader).filter(_of(teams)).order_by().values_list("team", flat=True)
    return _Facts(projects, last_logged, coaches, last_signed_in, learned, learners | set(asked.distinct()))


def _projects(reader: User, teams: list[Team]) -> tuple[dict[int, list[ProjectRow]], dict[int, dt.date]]:
    """Live projects that the reader sees, and when something was last logged on any, ended ones among them.

    Entries from public sources are nobody's promise, so never stale.
    """
    by_pk = {team.pk: team for team in teams}
    limit = (timezone.now() - STALE_AFTER).date()
    found: dict[int, list[ProjectRow]] = defaultdict(list)
    newest: dict[int, dt.date] = {}
    rows = list(_project_rows(reader, teams))
    last_logged = _last_logged(reader, {project.pk: project.newest for project in rows if project.newest})
    for project in rows:
        last = last_logged.get(project.pk)
        if last:
            newest[project.team_id] = max(last, newest.get(project.team_id, last))
        if project.outcome not in LIVE_OUTCOMES:
            continue
        stale = not project.is_from_public_source and (last is None or last < limit)
        found[project.team_id].append(
            ProjectRow(
                project,
                by_pk[project.team_id],
                last,
                stale,
                project.live_rung,
                project.department_count or 0,
                frozenset(project.group_slugs),
            )
        )
    return found, newest


def _last_logged(reader: User, newest: dict[int, int]) -> dict[int, dt.date]:
    """When the newest thing that the reader sees was logged on each project: not what happened to parts that fewer
    people see. `newest`: the newest activity of each, seen or not.

    The index finds the newest of all at once, and nearly always it is seen; only where it is not are all of the
    project's looked through (a condition over all activity takes ten times as long).
    """
    seen = Activity.objects.visible_to(reader).order_by()
    found = dict(seen.filter(_Among("pk", newest.values())).values_list("project", "at"))
    if unseen := newest.keys() - found.keys():
        found |= dict(seen.filter(_Among("project", unseen)).values_list("project").annotate(Max("at")))
    return {project: at.date() for project, at in found.items()}


def _project_rows(reader: User, teams: list[Team]) -> QuerySet[Any]:
    newest = Activity.objects.filter(project=OuterRef("pk")).order_by("-at", "-pk")
    joined: Any = Project.departments.through.objects.filter(project=OuterRef("pk")).order_by().values("project")
    groups = ProjectTopic.objects.filter(project=OuterRef("pk")).order_by("rank").values("topic__group__slug")
    live = Q(outcome__in=LIVE_OUTCOMES)
    rows: QuerySet[Any] = (
        Project.objects.visible_to(reader)
        .filter(_of(teams))
        .annotate(
            newest=Subquery(newest.values("pk")[:1]),
            live_rung=Case(When(live, then=rung()), default=Value("")),
            department_count=Subquery(joined.annotate(number=Count("pk")).values("number")),
            group_slugs=ArraySubquery(groups),
        )
        .only("pk", "slug", "title", "language", "phase", "outcome", "team", "source_line", "claimed_at", "stuck_since")
        .order_by("title", "pk")
    )
    return rows


def people_of(teams: Iterable[Team]) -> tuple[dict[int, list[str]], dict[int, dt.datetime]]:
    """Who coaches each team, and when somebody of it last signed in."""
    coaches: dict[int, list[str]] = defaultdict(list)
    signed_in: dict[int, dt.datetime] = {}
    rows = Membership.objects.current().filter(_of(teams))
    for team, right, name, at in rows.order_by("person__name").values_list(
        "team", "right", "person__name", "person__last_login"
    ):
        if right == Right.COACH:
            coaches[team].append(name)
        elif at:
            signed_in[team] = max(at, signed_in.get(team, at))
    return coaches, signed_in


def _learned(reader: User, teams: list[Team]) -> tuple[list[Learned], set[int]]:
    """Adaptations by these teams: those from one another with both ends, and the teams that adapted anything."""
    by_pk = {team.pk: team for team in teams}
    rows = Adaptation.objects.visible_to(reader).filter(_of(teams, "project__team")).order_by("-created_at", "-pk")
    found, learners = [], set()
    ends = ("team", "slug", "title", "language")
    for row in rows.values(
        "created_at", "came_of_it", *(f"{end}__{name}" for end in ("project", "source") for name in ends)
    ):
        learners.add(row["project__team"])
        source = by_pk.get(row["source__team"])
        if source and row["source__team"] != row["project__team"]:
            found.append(
                Learned(
                    **_end(row, "project", by_pk),
                    **_end(row, "source", by_pk),
                    began_on=row["created_at"].date(),
                    came_of_it=row["came_of_it"],
                )
            )
    return found, learners


def _end(row: dict[str, Any], end: str, teams: dict[int, Team]) -> dict[str, Any]:
    prefix = "source_" if end == "source" else ""
    told = {f"{prefix}{name}": row[f"{end}__{name}"] for name in ("slug", "title", "language")}
    return {f"{prefix}team": teams[row[f"{end}__team"]], **told}


def _heard(reader: User, boards: list[Board], shown: dict[int, Team], wanted: Narrowing) -> list[Heard]:
    rows = Consultation.objects.visible_to(reader).filter(_Among("project__team", shown))
    if wanted.is_about_projects:
        projects = {one.project.pk for board in boards for row in board.rows for one in row.projects}
        rows = rows.filter(_Among("project", projects))
    if wanted.since:
        rows = rows.filter(held_on__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(held_on__lte=wanted.until)
    told = rows.order_by("-held_on", "-pk").values_list(
        "project__team", "project__slug", "project__title", "project__language", "held_on", "method", "heard",
        "heard_count",
    )  # fmt: skip
    return [Heard(shown[team], *rest) for team, *rest in told]


def _tell(row: TeamRow, facts: _Facts, is_unaccepted: bool) -> None:
    """Gives the row of a team what is known of it."""
    pk = row.team.pk
    row.projects, row.coaches = facts.projects[pk], facts.coaches[pk]
    row.last_logged = facts.last_logged.get(pk)
    signs = {
        NOT_LOGGED: row.last_logged is None or row.last_logged < today() - STALE_AFTER,
        NOT_ACCEPTED: is_unaccepted,
        NOT_SIGNED_IN: nobody_signed_in(facts.last_signed_in.get(pk)),
        NOT_LEARNED: pk not in facts.learners,
    }
    row.signs = tuple(sign for sign, holds in signs.items() if holds)


def nobody_signed_in(last: dt.datetime | None) -> bool:
    """For so long that a team counts as one that nobody hears of."""
    return last is None or last < timezone.now() - NOBODY_SIGNED_IN_FOR


def _unaccepted(boards: list[Board]) -> set[int]:
    """Teams of which the newest check-ins, as many as UNACCEPTED, all wait to be accepted."""
    cells: dict[int, list[Cell]] = defaultdict(list)
    for board in boards:
        for row in board.rows:
            cells[row.team.pk] += [cell for cell in row.cells if cell.pk is not None]
    found = set()
    for team, several in cells.items():
        newest = sorted(several, key=lambda cell: cell.period.ends_on if cell.period else dt.date.min)[-UNACCEPTED:]
        if len(newest) == UNACCEPTED and all(cell.state != CheckInState.ACCEPTED for cell in newest):
            found.add(team)
    return found


# --- Narrowing ------------------------------------------------------------------------------------------------------


def _is_wanted(row: TeamRow, wanted: Narrowing) -> bool:
    """Whether the team stays; its projects are narrowed on the way, after all else is known of it."""
    if not _is_wanted_team(row, wanted):
        return False
    if not wanted.is_about_projects:
        return True
    row.projects = [one for one in row.projects if _is_wanted_project(one, wanted)]
    return bool(row.projects)


def _is_wanted_team(row: TeamRow, wanted: Narrowing) -> bool:
    return (
        wanted.team in ("", row.team.slug)
        and wanted.country in ("", row.team.city.country)
        and (row.is_unasked or not wanted.unasked)
        and all(state == row.latest.state for state in wanted.state)
        and all(row.signs if sign == ANY_SIGN else sign in row.signs for sign in wanted.quiet)
    )


def _is_wanted_project(one: ProjectRow, wanted: Narrowing) -> bool:
    return (
        all(phase == one.project.phase for phase in wanted.phase)
        and all(step == (one.rung or GROUND) for step in wanted.rung)
        and all(group in one.groups for group in wanted.group)
        and (one.is_stuck or not wanted.stuck)
        and (one.is_stale or not wanted.stale)
        and (one.is_joined or not wanted.joined)
    )
