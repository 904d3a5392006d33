"""The figures of the page: each counts rows of the portfolio, and its address leads to a list of exactly these."""

from collections import Counter
from dataclasses import dataclass

from engagement.choices import CheckInState
from engagement.portfolio import tables
from engagement.portfolio.narrowing import GROUND, Narrowing
from engagement.portfolio.rows import (
    ANSWER_LATE,
    ANSWERS,
    ANY_SIGN,
    LATE,
    RESUBMISSIONS,
    SIGNS,
    WAITING,
    Board,
    Entry,
    Learned,
    Portfolio,
    Turn,
    median_days,
)
from innoteams.lib.languages import direction
from projects.choices import PHASES, Rung

# So many of the oldest promises, of the teams that heard most, of the newest adaptations are shown on the page itself.
MOST = 5
MOST_QUIET = 5


@dataclass(frozen=True)
class Figure:
    """`key` names it for the templates; without rows it leads nowhere."""

    key: str
    count: int
    what: str
    wanted: Narrowing
    label: str = ""

    @property
    def url(self) -> str:
        return tables.rows_url(self.what, self.wanted) if self.count else ""


@dataclass(frozen=True)
class TurnAround:
    """How long one side takes in a programme, in days; None where nobody had to."""

    board: Board
    kind: str
    median: float | None
    figure: Figure


@dataclass(frozen=True)
class Voices:
    city: str
    people: int
    figure: Figure


@dataclass(frozen=True)
class QuietTeam:
    city: str
    url: str
    slug: str
    signs: list[str]


@dataclass(frozen=True)
class Told:
    """An adaptation, with the direction of what people wrote."""

    one: Learned

    @property
    def direction(self) -> str:
        return direction(self.one.language)


@dataclass(frozen=True)
class Figures:
    teams: Figure
    projects: Figure
    phases: list[Figure]
    rungs: list[Figure]
    stale: Figure
    stuck: Figure
    joined: Figure
    team_late: Figure
    answer_late: Figure
    late_teams: list[Entry]
    late_answers: list[Entry]
    earlier: int
    consultations: Figure
    people_heard: int
    voices: list[Voices]
    quiet: Figure
    signs: list[Figure]
    quiet_teams: list[QuietTeam]
    adaptations: Figure
    told: Figure
    newest_adaptations: list[Told]
    turns: list[TurnAround]

    @property
    def most_in_phase(self) -> int:
        return max((figure.count for figure in self.phases), default=0) or 1

    @property
    def most_on_rung(self) -> int:
        return max((figure.count for figure in self.rungs), default=0) or 1


def figures_of(portfolio: Portfolio) -> Figures:
    wanted, projects = portfolio.wanted.of_page, portfolio.projects
    phases = Counter(row.project.phase for row in projects)
    rungs = Counter(row.rung or GROUND for row in projects)
    words = tables.rung_words()

    def of_projects(key: str, count: int, **more: object) -> Figure:
        return Figure(key, count, "projects", wanted.also(**more), words.get(key, ""))

    late_teams, late_answers = portfolio.late(LATE), portfolio.late(ANSWER_LATE)
    told = [one for one in portfolio.learned if one.came_of_it]
    return Figures(
        teams=Figure("teams", len(portfolio.teams), "teams", wanted),
        projects=of_projects("projects", len(projects)),
        phases=[of_projects(phase.value, phases[phase], phase=(phase.value,)) for phase in PHASES],
        rungs=[of_projects(step, rungs[step], rung=(step,)) for step in (GROUND, *(rung.value for rung in Rung))],
        stale=of_projects("stale", sum(row.is_stale for row in projects), stale=True),
        stuck=of_projects("stuck", sum(row.is_stuck for row in projects), stuck=True),
        joined=of_projects("joined", sum(row.is_joined for row in projects), joined=True),
        team_late=Figure("team_late", len(late_teams), "check-ins", wanted.also(cell=(LATE,))),
        answer_late=Figure("answer_late", len(late_answers), "check-ins", wanted.also(cell=(ANSWER_LATE,))),
        late_teams=late_teams[:MOST],
        late_answers=late_answers[:MOST],
        earlier=sum(len(row.older) for board in portfolio.boards for row in board.rows),
        consultations=Figure("consultations", len(portfolio.heard), "consultations", wanted),
        people_heard=sum(one.people or 0 for one in portfolio.heard),
        voices=_voices(portfolio, wanted),
        quiet=_quiet(portfolio, wanted, ANY_SIGN),
        signs=[_quiet(portfolio, wanted, sign) for sign in SIGNS],
        quiet_teams=_quiet_teams(portfolio),
        adaptations=Figure("adaptations", len(portfolio.learned), "adaptations", wanted),
        told=Figure("told", len(told), "adaptations", wanted.also(told=True)),
        newest_adaptations=[Told(one) for one in portfolio.learned[:MOST]],
        turns=[
            _turn_around(board, kind, portfolio.turns, wanted)
            for board in portfolio.boards
            for kind in (ANSWERS, RESUBMISSIONS)
        ],
    )


def footer_of(board: Board, wanted: Narrowing) -> list[tuple[str, list[Figure]]]:
    """Below a heat map, for each period: how many are accepted, wait for an answer, and are late on the team's side.

    Of all teams of the board, also where the map has several pages.
    """
    rows = (("accepted", (CheckInState.ACCEPTED.value,)), ("waiting", WAITING), ("late", (LATE,)))
    return [
        (key, [_of_period(board, place, states, wanted) for place in range(len(board.periods))]) for key, states in rows
    ]


def unasked_of(board: Board, wanted: Narrowing) -> Figure:
    """Teams that have no line in the heat map, because nothing was asked of them in its periods."""
    count = sum(row.is_unasked for row in board.rows)
    return Figure("unasked", count, "teams", wanted.of_page.also(programme=board.programme.slug, unasked=True))


def _of_period(board: Board, place: int, states: tuple[str, ...], wanted: Narrowing) -> Figure:
    count = sum(row.cells[place].state in states for row in board.rows)
    narrowed = wanted.of_page.also(programme=board.programme.slug, period=board.periods[place].key, cell=states)
    return Figure("cells", count, "check-ins", narrowed)


def _voices(portfolio: Portfolio, wanted: Narrowing) -> list[Voices]:
    people: Counter[int] = Counter()
    number: Counter[int] = Counter()
    for one in portfolio.heard:
        people[one.team.pk] += one.people or 0
        number[one.team.pk] += 1
    rows = portfolio.teams
    most = sorted(number, key=lambda pk: (-people[pk], -number[pk], pk))[:MOST]
    return [
        Voices(
            rows[pk].team.city.name,
            people[pk],
            Figure("voices", number[pk], "consultations", wanted.also(team=rows[pk].team.slug)),
        )
        for pk in most
    ]


def _quiet(portfolio: Portfolio, wanted: Narrowing, sign: str) -> Figure:
    label = tables.sign_words().get(sign, "")
    return Figure(sign, len(portfolio.with_sign(sign)), "teams", wanted.also(quiet=(sign,)), label)


def _quiet_teams(portfolio: Portfolio) -> list[QuietTeam]:
    """Those with the most signs first."""
    words = tables.sign_words()
    rows = sorted(portfolio.with_sign(ANY_SIGN), key=lambda row: -len(row.signs))[:MOST_QUIET]
    return [
        QuietTeam(
            row.team.city.name,
            row.team.city.get_absolute_url(),
            row.team.slug,
            [words[sign] for sign in row.signs],
        )
        for row in rows
    ]


def _turn_around(board: Board, kind: str, turns: list[Turn], wanted: Narrowing) -> TurnAround:
    found = [turn for turn in turns if turn.board is board and turn.kind == kind]
    narrowed = wanted.also(programme=board.programme.slug, turn=kind)
    return TurnAround(board, kind, median_days(found), Figure(kind, len(found), "turns", narrowed))
