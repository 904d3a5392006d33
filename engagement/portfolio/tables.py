"""The lists of a portfolio as tables: the same columns and values on the screen, as CSV and in a spreadsheet."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cities.querysets import today
from engagement.choices import CheckInState
from engagement.portfolio.narrowing import GROUND, Narrowing
from engagement.portfolio.rows import (
    ANSWER_LATE,
    ANSWERS,
    LATE,
    NONE,
    NOT_ACCEPTED,
    NOT_LEARNED,
    NOT_LOGGED,
    NOT_SIGNED_IN,
    RESUBMISSIONS,
    Cell,
    Entry,
    Heard,
    Learned,
    Portfolio,
    ProjectRow,
    TeamRow,
    Turn,
)
from projects.choices import PHASES, Outcome, Phase, Rung

Plain = str | int | float | dt.date | None


@dataclass(frozen=True)
class Value:
    """One cell: what it says, where it leads, and the language that it is written in where people wrote it."""

    plain: Plain
    url: str = ""
    language: str = ""

    @property
    def is_number(self) -> bool:
        return isinstance(self.plain, int | float)

    @property
    def is_date(self) -> bool:
        return isinstance(self.plain, dt.date)


@dataclass(frozen=True)
class Table:
    heads: list[str]
    rows: list[list[Value]]


def state_words() -> dict[str, str]:
    """What a cell of the heat map says, in the reader's language."""
    return {
        CheckInState.DRAFTED: _("with the team"),
        CheckInState.SUBMITTED: _("waits for an answer"),
        CheckInState.RETURNED: _("sent back"),
        CheckInState.ACCEPTED: _("accepted"),
        LATE: _("team late"),
        ANSWER_LATE: _("answer late"),
        NONE: _("no check-in"),
    }


def sign_words() -> dict[str, str]:
    return {
        NOT_LOGGED: _("nothing logged for 90 days"),
        NOT_ACCEPTED: _("no check-in accepted in the last two periods"),
        NOT_SIGNED_IN: _("nobody signed in for 60 days"),
        NOT_LEARNED: _("never adapted anything, never asked"),
    }


def rung_words() -> dict[str, str]:
    return {GROUND: _("not described yet"), **{rung.value: str(rung.label) for rung in Rung}}


# --- The lists ------------------------------------------------------------------------------------------------------


def teams(portfolio: Portfolio) -> Table:
    """One row for each team, with a column for each period that is shown."""
    several = len(portfolio.boards) > 1
    periods = [(board, period) for board in portfolio.boards for period in board.periods]
    calendar = [f"{board.programme.name}: {period.name}" if several else period.name for board, period in periods]
    cells = {
        (board.programme.pk, row.team.pk): dict(zip((period.pk for period in board.periods), row.cells, strict=True))
        for board in portfolio.boards
        for row in board.rows
    }
    heads = [
        _("City"), _("Team"), _("Country"), _("Programme"), *calendar, _("Live projects"),
        *(str(phase.label) for phase in PHASES), _("Stale"), _("Stuck"), _("Across departments"),
        pgettext("residents", "People heard"), _("Last logged"), _("Coaches"), _("Nobody hears of it because"),
    ]  # fmt: skip
    words, signs = state_words(), sign_words()
    heard = _heard_by_team(portfolio)
    rows = []
    for row in portfolio.team_rows:
        narrowed = portfolio.wanted.of_page.also(team=row.team.slug)
        of_team = [
            _state(cells.get((board.programme.pk, row.team.pk), {}).get(period.pk), words) for board, period in periods
        ]
        programmes = [board.programme.name for board in portfolio.boards if (board.programme.pk, row.team.pk) in cells]
        rows.append(
            [
                Value(row.team.city.name, row.team.city.get_absolute_url()),
                Value(row.team.name),
                Value(row.team.city.country_name),
                Value(", ".join(programmes)),
                *of_team,
                *_counts(row, narrowed),
                Value(heard.get(row.team.pk), rows_url("consultations", narrowed) if row.team.pk in heard else ""),
                Value(row.last_logged),
                Value(", ".join(row.coaches)),
                Value(", ".join(signs[sign] for sign in row.signs)),
            ]
        )
    return Table(heads, rows)


def projects(portfolio: Portfolio) -> Table:
    heads = [
        _("Project"), _("City"), _("Phase"), _("Outcome"), _("Evidence"), _("Departments"), _("Last logged"),
        _("Stale"), _("Stuck since"),
    ]  # fmt: skip
    rungs = rung_words()
    return Table(heads, [_project(row, rungs) for row in portfolio.projects])


def check_ins(portfolio: Portfolio) -> Table:
    heads = [_("City"), _("Period"), _("Programme"), _("State"), _("Promised by"), _("Due"), _("Days late")]
    words = state_words()
    return Table(heads, [_entry(entry, words) for entry in entries_of(portfolio)])


def turns(portfolio: Portfolio) -> Table:
    heads = [_("City"), _("Period"), _("Programme"), _("What"), _("From"), _("To"), _("Days")]
    return Table(heads, [_turn(turn) for turn in turns_of(portfolio)])


def consultations(portfolio: Portfolio) -> Table:
    heads = [_("Project"), _("City"), _("When"), _("How"), _("Who was heard"), pgettext("residents", "People heard")]
    return Table(heads, [_consultation(one) for one in portfolio.heard])


def adaptations(portfolio: Portfolio) -> Table:
    heads = [_("Project"), _("City"), _("Adapted from"), _("Of"), _("Since"), _("What came of it")]
    return Table(heads, [_adaptation(one) for one in learned_of(portfolio)])


LISTS: dict[str, Callable[[Portfolio], Table]] = {
    "teams": teams,
    "projects": projects,
    "check-ins": check_ins,
    "turns": turns,
    "consultations": consultations,
    "adaptations": adaptations,
}


def titles() -> dict[str, str]:
    return {
        "teams": _("Teams"),
        "projects": _("Live projects"),
        "check-ins": _("Check-ins"),
        "turns": _("Turn-around"),
        "consultations": _("Voices heard"),
        "adaptations": _("Who adapted from whom"),
    }


def rows_url(what: str, wanted: Narrowing) -> str:
    """The list whose rows are exactly what a figure counts."""
    return reverse("portfolio_rows", args=[what]) + wanted.query


def entries_of(portfolio: Portfolio) -> list[Entry]:
    """Check-ins in one of the wanted states, of the wanted period; the oldest promise first."""
    wanted = portfolio.wanted
    found = [
        entry
        for entry in portfolio.entries
        if (not wanted.cell or entry.cell.state in wanted.cell)
        and wanted.period in ("", entry.cell.period.key if entry.cell.period else "")
    ]
    return sorted(found, key=lambda entry: (entry.cell.due or dt.date.max, entry.row.team.slug, entry.cell.pk or 0))


def turns_of(portfolio: Portfolio) -> list[Turn]:
    """The longest first."""
    found = [turn for turn in portfolio.turns if portfolio.wanted.turn in ("", turn.kind)]
    return sorted(found, key=lambda turn: (-turn.days, turn.team.slug))


def learned_of(portfolio: Portfolio) -> list[Learned]:
    return [one for one in portfolio.learned if one.came_of_it or not portfolio.wanted.told]


# --- Rows -----------------------------------------------------------------------------------------------------------


def _counts(row: TeamRow, narrowed: Narrowing) -> Iterable[Value]:
    def leading(count: int, wanted: Narrowing) -> Value:
        return Value(count, rows_url("projects", wanted) if count else "")

    yield leading(len(row.projects), narrowed)
    for phase, count in row.phase_counts:
        yield leading(count, narrowed.also(phase=(phase,)))
    yield leading(row.stale_count, narrowed.also(stale=True))
    yield leading(row.stuck_count, narrowed.also(stuck=True))
    yield leading(row.joined_count, narrowed.also(joined=True))


def _heard_by_team(portfolio: Portfolio) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in portfolio.heard:
        found[one.team.pk] = found.get(one.team.pk, 0) + (one.people or 0)
    return found


def _state(cell: Cell | None, words: dict[str, str]) -> Value:
    if cell is None:
        return Value(None)
    return Value(words[cell.state], reverse("check_in_detail", args=[cell.pk]) if cell.readable else "")


def _project(row: ProjectRow, rungs: dict[str, str]) -> list[Value]:
    project = row.project
    return [
        Value(project.title, project.get_absolute_url(), project.language),
        Value(row.team.city.name),
        Value(str(Phase(project.phase).label)),
        Value(str(Outcome(project.outcome).label)),
        Value(rungs[row.rung or GROUND]),
        Value(row.departments),
        Value(row.last_logged),
        Value(_("yes") if row.is_stale else _("no")),
        Value(project.stuck_since),
    ]


def _entry(entry: Entry, words: dict[str, str]) -> list[Value]:
    cell, board = entry.cell, entry.board
    by_team = cell.state in (CheckInState.DRAFTED, CheckInState.RETURNED, LATE)
    promised_by = entry.row.team.name if by_team else board.programme.operator.name
    late = (today() - cell.due).days if cell.due and cell.state in (LATE, ANSWER_LATE) else None
    return [
        Value(entry.row.team.city.name, reverse("check_in_detail", args=[cell.pk]) if cell.readable else ""),
        Value(cell.period.name if cell.period else ""),
        Value(board.programme.name),
        Value(words[cell.state]),
        Value(promised_by if cell.due else ""),
        Value(cell.due),
        Value(late),
    ]


def _turn(turn: Turn) -> list[Value]:
    words = {ANSWERS: _("answered"), RESUBMISSIONS: _("sent again")}
    return [
        Value(turn.team.city.name, reverse("check_in_detail", args=[turn.check_in])),
        Value(turn.period.name),
        Value(turn.board.programme.name),
        Value(words[turn.kind]),
        Value(turn.since.date()),
        Value(turn.until.date()),
        Value(turn.days),
    ]


def _consultation(one: Heard) -> list[Value]:
    return [
        Value(one.title, f"{reverse('project_detail', args=[one.slug])}#consultations", one.language),
        Value(one.team.city.name),
        Value(one.held_on),
        Value(one.method, language=one.language),
        Value(one.who, language=one.language),
        Value(one.people),
    ]


def _adaptation(one: Learned) -> list[Value]:
    return [
        Value(one.title, reverse("project_detail", args=[one.slug]), one.language),
        Value(one.team.city.name),
        Value(one.source_title, reverse("project_detail", args=[one.source_slug]), one.source_language),
        Value(one.source_team.city.name),
        Value(one.began_on),
        Value(one.came_of_it, language=one.language),
    ]
