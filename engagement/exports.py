"""The portfolio as CSV: exactly the rows and columns of the screen."""

import csv
from collections.abc import Iterable, Iterator
from typing import Protocol

from django.utils.translation import gettext as _

from engagement.choices import CheckInState
from engagement.portfolio import ANSWER_LATE, LATE, NONE, Portfolio, ProjectRow
from projects.choices import PHASES, Outcome, Phase

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Writable(Protocol):
    def write(self, text: str, /) -> object: ...


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


def safe_cell(value: object) -> str:
    """As text that no spreadsheet runs: a value that looks like a formula gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_rows(to: Writable, rows: Iterable[Iterable[object]]) -> None:
    writer = csv.writer(to)
    writer.writerows([safe_cell(value) for value in row] for row in rows)


def team_rows(portfolio: Portfolio) -> Iterator[list[object]]:
    words = state_words()
    phases = [phase.label for phase in PHASES]
    tail = [*phases, _("Stale"), _("Last logged"), _("Coaches")]
    for board in portfolio.boards:
        periods = [period.key for period in board.periods]
        yield [_("Programme"), _("City"), _("Team"), *periods, *tail]
        for row in board.rows:
            yield [
                board.programme.name,
                row.team.city.name,
                row.team.name,
                *(words[cell.state] for cell in row.cells),
                *(count for _phase, count in row.phase_counts),
                row.stale_count,
                row.last_logged,
                ", ".join(row.coaches),
            ]


def project_rows(rows: Iterable[ProjectRow]) -> Iterator[list[object]]:
    yield [_("City"), _("Project"), _("Phase"), _("Outcome"), _("Last logged"), _("Stale")]
    for row in rows:
        yield [
            row.team.city.name,
            row.project.title,
            Phase(row.project.phase).label,
            Outcome(row.project.outcome).label,
            row.last_logged,
            _("yes") if row.is_stale else _("no"),
        ]
