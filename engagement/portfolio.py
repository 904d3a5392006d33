"""What a coordinator sees of every team at once: check-ins by period, projects by phase, what is stale or late.

Everything is computed from what was logged, in a number of queries that does not grow with teams or projects.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Max
from django.utils import timezone

from cities.models import Membership, MembershipPeriod, Programme, Team
from engagement.choices import CheckInState
from engagement.models import CheckIn, CheckInPeriod
from engagement.promises import STALE_AFTER, check_in_due, is_late
from innoteams.accounts.models import User
from projects.choices import LIVE_OUTCOMES, PHASES
from projects.models import Project

MOST_PERIODS = 6

# What a cell says. The team's own states, and the two ways of being late.
LATE = "late"
ANSWER_LATE = "answer_late"
NONE = "none"


@dataclass(frozen=True)
class Narrowing:
    """The filters of the page, as its address says them; "" means all."""

    programme: str = ""
    phase: str = ""
    state: str = ""
    stale: bool = False


@dataclass(frozen=True)
class Cell:
    """One team in one period. `pk` is None where there is no check-in; `readable` where it can be opened."""

    state: str = NONE
    pk: int | None = None
    readable: bool = False
    waits_for_reader: bool = False
    due: dt.date | None = None


@dataclass(frozen=True)
class ProjectRow:
    project: Project
    team: Team
    last_logged: dt.date | None
    is_stale: bool


@dataclass
class TeamRow:
    team: Team
    cells: list[Cell]
    projects: list[ProjectRow]
    coaches: list[str]

    @property
    def latest(self) -> Cell:
        return self.cells[-1] if self.cells else Cell()

    @property
    def phase_counts(self) -> list[tuple[str, int]]:
        counts = Counter(row.project.phase for row in self.projects)
        return [(phase.value, counts[phase]) for phase in PHASES]

    @property
    def stale_count(self) -> int:
        return sum(project.is_stale for project in self.projects)

    @property
    def last_logged(self) -> dt.date | None:
        return max((project.last_logged for project in self.projects if project.last_logged), default=None)

    @property
    def is_quiet(self) -> bool:
        """Nothing that a coordinator may see was logged for as long as makes a project stale."""
        return self.last_logged is None or self.last_logged < (timezone.now() - STALE_AFTER).date()


@dataclass
class Board:
    """A programme with its calendar; `decides` where the reader answers, not only reads."""

    programme: Programme
    periods: list[CheckInPeriod]
    decides: bool
    rows: list[TeamRow] = field(default_factory=list)


@dataclass(frozen=True)
class Portfolio:
    boards: list[Board]
    programmes: list[Programme]

    @property
    def teams(self) -> dict[int, TeamRow]:
        """Each team once, though two programmes accompany it."""
        return {row.team.pk: row for board in self.boards for row in board.rows}

    @property
    def projects(self) -> list[ProjectRow]:
        return [project for row in self.teams.values() for project in row.projects]

    @property
    def phases(self) -> list[tuple[str, int]]:
        counts = Counter(row.project.phase for row in self.projects)
        return [(phase.value, counts[phase]) for phase in PHASES]

    @property
    def stale_count(self) -> int:
        return sum(project.is_stale for project in self.projects)

    @property
    def quiet_count(self) -> int:
        return sum(row.is_quiet for row in self.teams.values())

    def count(self, *states: str, mine: bool = False) -> int:
        """Cells in one of the states; `mine`: only in programmes that the reader decides for."""
        boards = [board for board in self.boards if board.decides or not mine]
        return sum(cell.state in states for board in boards for row in board.rows for cell in row.cells)


def portfolio_of(reader: User, wanted: Narrowing | None = None) -> Portfolio:
    """Every team that the reader accompanies as a coordinator, of the operator or of the funder."""
    wanted = wanted or Narrowing()
    places: dict[int, set[int]] = defaultdict(set)
    programmes: dict[int, Programme] = {}
    for period in (
        MembershipPeriod.objects.current()
        .read_by_coordinator(reader)
        .select_related("programme__operator", "programme__funder")
    ):
        programmes[period.programme_id] = period.programme
        places[period.programme_id].add(period.city_id)
    offered = sorted(programmes.values(), key=lambda programme: programme.name)
    chosen = [programme for programme in offered if wanted.programme in ("", programme.slug)]
    cities = {city for programme in chosen for city in places[programme.pk]}
    teams = list(Team.objects.active().filter(city__in=cities).select_related("city").order_by("city__slug", "slug"))
    boards = _boards(reader, chosen, teams, places)
    for board in boards:
        board.rows = [row for row in board.rows if _is_wanted(row, wanted)]
    return Portfolio(boards, offered)


def _boards(reader: User, programmes: list[Programme], teams: list[Team], places: dict[int, set[int]]) -> list[Board]:
    deciding = set(reader.coordinations.current().values_list("operator", flat=True))
    periods = _periods(programmes)
    check_ins = _check_ins(reader, [period for several in periods.values() for period in several])
    projects, coaches = _projects(reader, teams), _coaches(teams)
    boards = []
    for programme in programmes:
        board = Board(programme, periods[programme.pk], programme.operator_id in deciding)
        board.rows = [
            TeamRow(
                team,
                [check_ins.get((period.pk, team.pk), Cell()) for period in board.periods],
                projects[team.pk],
                coaches[team.pk],
            )
            for team in teams
            if team.city_id in places[programme.pk]
        ]
        boards.append(board)
    return boards


def _periods(programmes: Iterable[Programme]) -> dict[int, list[CheckInPeriod]]:
    """The newest of each programme, oldest first."""
    found: dict[int, list[CheckInPeriod]] = defaultdict(list)
    for period in CheckInPeriod.objects.filter(programme__in=programmes).order_by("-starts_on"):
        if len(found[period.programme_id]) < MOST_PERIODS:
            found[period.programme_id].insert(0, period)
    return found


def _check_ins(reader: User, periods: list[CheckInPeriod]) -> dict[tuple[int, int], Cell]:
    by_pk = {period.pk: period for period in periods}
    answerable = set(CheckIn.objects.filter(period__in=periods).answerable_by(reader).values_list("pk", flat=True))
    cells = {}
    rows = CheckIn.objects.filter(period__in=periods).only(
        "pk", "period", "team", "state", "submitted_at", "answered_at"
    )
    for check_in in rows:
        check_in.period = by_pk[check_in.period_id]
        cells[check_in.period_id, check_in.team_id] = _cell(check_in, check_in.pk in answerable)
    return cells


def _cell(check_in: CheckIn, waits_for_reader: bool) -> Cell:
    due = check_in_due(check_in)
    state = check_in.state
    if is_late(due):
        state = ANSWER_LATE if state == CheckInState.SUBMITTED else LATE
    # That a draft exists may be known; what is on it is the team's.
    return Cell(state, check_in.pk, check_in.state != CheckInState.DRAFTED, waits_for_reader, due)


def _projects(reader: User, teams: list[Team]) -> dict[int, list[ProjectRow]]:
    """Live projects that the reader sees. Entries from public sources are nobody's promise, so never stale."""
    by_pk = {team.pk: team for team in teams}
    limit = (timezone.now() - STALE_AFTER).date()
    found: dict[int, list[ProjectRow]] = defaultdict(list)
    rows = (
        Project.objects.visible_to(reader)
        .filter(team__in=teams, outcome__in=LIVE_OUTCOMES)
        .annotate(last_at=Max("activity__at"))
        .only("pk", "slug", "title", "language", "phase", "outcome", "visibility", "team", "source_line", "claimed_at")
        .order_by("title")
    )
    for project in rows:
        last = project.last_at.date() if project.last_at else None
        stale = not project.is_from_public_source and (last is None or last < limit)
        found[project.team_id].append(ProjectRow(project, by_pk[project.team_id], last, stale))
    return found


def _coaches(teams: list[Team]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = Membership.objects.current().coaches().filter(team__in=teams)
    for team, name in rows.order_by("person__name").values_list("team", "person__name"):
        found[team].append(name)
    return found


def _is_wanted(row: TeamRow, wanted: Narrowing) -> bool:
    if wanted.phase and not any(one.project.phase == wanted.phase for one in row.projects):
        return False
    if wanted.stale and not row.stale_count:
        return False
    return wanted.state in ("", row.latest.state) or (wanted.state == "quiet" and row.is_quiet)
