"""What a project's page shows, put together from rows fetched at once (`for_page`): no query happens here."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from projects.charts import Chart, chart_of
from projects.choices import Decision, Phase, ResultKind
from projects.models import Adaptation, Ending, Indicator, JournalEntry, Pilot, Project, Reading


@dataclass(frozen=True, slots=True)
class Move:
    from_phase: str
    to_phase: str
    note: str
    at: dt.datetime
    by_name: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of the project changed. Without a note where it stopped: its ending says why."""

    from_outcome: str
    to_outcome: str
    note: str
    at: dt.datetime
    by_name: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the journal: an entry somebody wrote, a move from phase to phase, or what came of it."""

    day: dt.date
    entry: JournalEntry | None = None
    move: Move | None = None
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    indicator: Indicator
    readings: list[Reading]
    chart: Chart | None

    @property
    def latest(self) -> Reading | None:
        return self.readings[-1] if self.readings else None


@dataclass(frozen=True, slots=True)
class Result:
    what: str
    value: str
    kind: str
    source: str

    @property
    def is_gap(self) -> bool:
        return self.kind == ResultKind.GAP


def figures_of(project: Project) -> list[Figure]:
    figures = []
    for indicator in project.indicators.all():
        readings = list(indicator.readings.all())
        figures.append(Figure(indicator, readings, chart_of(indicator, readings)))
    return figures


def results_of(project: Any) -> list[Result]:
    """As public sources state them, what was looked for and not found last."""
    results = [Result(**row) for row in project.results]
    return sorted(results, key=lambda result: result.is_gap)


def moves_of(project: Any) -> list[Move]:
    """From the latest back."""
    return [
        Move(**{**row, "at": dt.datetime.fromisoformat(row["at"]), "by_name": row["by_name"] or ""})
        for row in project.moves
    ]


def turns_of(project: Any) -> list[Turn]:
    """From the latest back."""
    return [
        Turn(**{**row, "at": dt.datetime.fromisoformat(row["at"]), "by_name": row["by_name"] or ""})
        for row in project.outcome_turns
    ]


def latest_why(moves: Iterable[Move], turns: Iterable[Turn]) -> Move | Turn | None:
    """The last reason given for where the project stands."""
    everything: list[Move | Turn] = [*moves, *turns]
    given = [one for one in everything if one.note]
    return max(given, key=lambda one: one.at, default=None)


def moments_of(project: Project, moves: Iterable[Move], turns: Iterable[Turn] = ()) -> list[Moment]:
    """Journal, moves and outcomes in one line of time, from the latest back."""
    moments = [Moment(entry.happened_on, entry=entry) for entry in project.journal.all()]
    moments += [Moment(move.at.date(), move=move) for move in moves]
    moments += [Moment(turn.at.date(), turn=turn) for turn in turns]
    return sorted(moments, key=lambda moment: moment.day, reverse=True)


def reached_on(project: Project, moves: Iterable[Move]) -> dict[str, dt.datetime]:
    """When each phase up to the present one was reached last."""
    reached: dict[str, dt.datetime] = {}
    for move in moves:
        reached.setdefault(move.to_phase, move.at)
    order = list(Phase)
    return {phase: at for phase, at in reached.items() if order.index(Phase(phase)) < project.phase_step}


def give_endings(project: Any) -> list[Ending]:
    """Each seen ending of the project and its pilots, with `useful_to`, how many teams found it useful. Every pilot
    gets `its_ending`, the project `own_ending`; None where there is none."""
    useful = Counter(project.found_useful)
    endings: list[Any] = list(project.endings.all())
    of_pilot = {ending.pilot_id: ending for ending in endings}
    for ending in endings:
        ending.useful_to = useful[ending.pk]
    for pilot in project.pilots.all():
        pilot.its_ending = of_pilot.get(pilot.pk)
        if pilot.its_ending:
            pilot.its_ending.pilot = pilot
    project.own_ending = of_pilot.get(None)
    return endings


def stopped(pilots: Iterable[Pilot]) -> list[Pilot]:
    return [pilot for pilot in pilots if pilot.decision == Decision.STOP]


def split_adaptations(project: Project, adaptations: Iterable[Adaptation]) -> tuple[list[Adaptation], list[Adaptation]]:
    """Where this project came from, and what came from it."""
    rows = list(adaptations)
    came_from = [row for row in rows if row.project_id == project.pk]
    return came_from, [row for row in rows if row.source_id == project.pk]
