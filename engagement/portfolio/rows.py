"""The rows that a portfolio is made of, and what follows from them. No query happens here."""

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from cities.models import Programme, Team
from engagement.choices import CheckInState
from engagement.models import CheckInPeriod
from engagement.portfolio.narrowing import Narrowing
from projects.choices import PHASES
from projects.models import Project

# What a cell says: the team's own states, and the two ways of being late.
LATE = "late"
ANSWER_LATE = "answer_late"
NONE = "none"
WAITING = (CheckInState.SUBMITTED.value, ANSWER_LATE)

# Signs that nobody hears of a team.
NOT_LOGGED = "logged"
NOT_ACCEPTED = "accepted"
NOT_SIGNED_IN = "signed_in"
NOT_LEARNED = "learned"
SIGNS = (NOT_LOGGED, NOT_ACCEPTED, NOT_SIGNED_IN, NOT_LEARNED)
ANY_SIGN = "any"

ANSWERS = "answers"
RESUBMISSIONS = "resubmissions"


@dataclass(frozen=True)
class Cell:
    """One team in one period. `pk` is None where there is no check-in; `readable` where it can be opened."""

    state: str = NONE
    pk: int | None = None
    readable: bool = False
    waits_for_reader: bool = False
    due: dt.date | None = None
    period: CheckInPeriod | None = None


@dataclass(frozen=True)
class ProjectRow:
    """A live project. The rung is "" on the ground."""

    project: Project
    team: Team
    last_logged: dt.date | None
    is_stale: bool
    rung: str = ""
    departments: int = 0
    groups: frozenset[str] = frozenset()

    @property
    def is_stuck(self) -> bool:
        return self.project.is_stuck

    @property
    def is_joined(self) -> bool:
        return self.departments > 1


@dataclass
class TeamRow:
    """One team in one programme; the lists are shared where two programmes accompany it."""

    team: Team
    cells: list[Cell]
    projects: list[ProjectRow]
    coaches: list[str]
    # Check-ins of earlier periods than those shown, as long as they are open.
    older: list[Cell] = field(default_factory=list)
    last_logged: dt.date | None = None
    signs: tuple[str, ...] = ()

    @property
    def latest(self) -> Cell:
        return self.cells[-1] if self.cells else Cell()

    @property
    def is_unasked(self) -> bool:
        """No check-in in any of the periods that are shown."""
        return all(cell.pk is None for cell in self.cells)

    @property
    def phase_counts(self) -> list[tuple[str, int]]:
        counts = Counter(row.project.phase for row in self.projects)
        return [(phase.value, counts[phase]) for phase in PHASES]

    @property
    def stale_count(self) -> int:
        return sum(row.is_stale for row in self.projects)

    @property
    def stuck_count(self) -> int:
        return sum(row.is_stuck for row in self.projects)

    @property
    def joined_count(self) -> int:
        return sum(row.is_joined for row in self.projects)


@dataclass
class Board:
    """A programme with its calendar; `decides` where the reader answers, not only reads."""

    programme: Programme
    periods: list[CheckInPeriod]
    decides: bool
    rows: list[TeamRow] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """A check-in that somebody can be asked about."""

    board: Board
    row: TeamRow
    cell: Cell


@dataclass(frozen=True)
class Turn:
    """One side answered the other: how many days that took. `kind`: ANSWERS or RESUBMISSIONS."""

    board: Board
    team: Team
    kind: str
    check_in: int
    period: CheckInPeriod
    since: dt.datetime
    until: dt.datetime

    @property
    def days(self) -> float:
        return round((self.until - self.since).total_seconds() / 86400, 1)


@dataclass(frozen=True)
class Heard:
    """A consultation; `people` is None where nobody counted."""

    team: Team
    slug: str
    title: str
    language: str
    held_on: dt.date
    method: str
    who: str
    people: int | None


@dataclass(frozen=True)
class Learned:
    """One team's project came from another's."""

    team: Team
    slug: str
    title: str
    language: str
    source_team: Team
    source_slug: str
    source_title: str
    source_language: str
    began_on: dt.date
    came_of_it: str


@dataclass(frozen=True)
class Portfolio:
    wanted: Narrowing
    boards: list[Board]
    programmes: list[Programme]
    countries: list[str]
    # Keys of the check-ins that wait for the reader, the oldest promise first, whatever the page is narrowed to.
    queue: list[int]
    turns: list[Turn]
    heard: list[Heard]
    learned: list[Learned]
    # (slug, name) of all topic groups.
    groups: list[tuple[str, str]] = field(default_factory=list)

    @property
    def teams(self) -> dict[int, TeamRow]:
        """Each team once, though two programmes accompany it."""
        return {row.team.pk: row for board in reversed(self.boards) for row in board.rows}

    @property
    def team_rows(self) -> list[TeamRow]:
        return sorted(self.teams.values(), key=lambda row: (row.team.city.name.casefold(), row.team.slug))

    @property
    def projects(self) -> list[ProjectRow]:
        return [project for row in self.team_rows for project in row.projects]

    @property
    def entries(self) -> Iterator[Entry]:
        """Every check-in of the boards, the oldest period first."""
        for board in self.boards:
            for row in board.rows:
                yield from (Entry(board, row, cell) for cell in (*row.older, *row.cells) if cell.pk is not None)

    def with_sign(self, sign: str) -> list[TeamRow]:
        return [row for row in self.team_rows if (row.signs if sign == ANY_SIGN else sign in row.signs)]

    def late(self, state: str) -> list[Entry]:
        """In one of the two ways, the oldest promise first."""
        found = [entry for entry in self.entries if entry.cell.state == state]
        return sorted(found, key=lambda entry: (entry.cell.due or dt.date.max, entry.row.team.slug))


def median_days(turns: list[Turn]) -> float | None:
    return round(statistics.median(turn.days for turn in turns), 1) if turns else None
