"""What a project's page shows, put together from rows fetched at once (`for_page`): no query happens here."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from projects.charts import Chart, chart_of
from projects.choices import Decision, Phase, ResultKind
from projects.models import Adaptation, Indicator, JournalEntry, Pilot, Project, Reading
from projects.models.attachments import Shown


@dataclass(frozen=True, slots=True)
class Move:
    from_phase: str
    to_phase: str
    note: str
    at: dt.datetime
    by_name: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the journal: an entry somebody wrote, or a move from phase to phase."""

    day: dt.date
    entry: JournalEntry | None = None
    move: Move | None = None


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


def moments_of(project: Project, moves: Iterable[Move]) -> list[Moment]:
    """Journal and moves in one line of time, from the latest back."""
    moments = [Moment(entry.happened_on, entry=entry) for entry in project.journal.all()]
    moments += [Moment(move.at.date(), move=move) for move in moves]
    return sorted(moments, key=lambda moment: moment.day, reverse=True)


def lay_out_files(project: Project) -> Shown:
    """Puts each file where it belongs: as `shown` on its journal entry or reading; answers with the project's own."""
    own = Shown()
    of_entry: defaultdict[int, Shown] = defaultdict(Shown)
    of_reading: defaultdict[int, Shown] = defaultdict(Shown)
    for file in project.attachments.all():
        if file.journal_entry_id:
            of_entry[file.journal_entry_id].add(file)
        elif file.reading_id:
            of_reading[file.reading_id].add(file)
        else:
            own.add(file)
    for entry in project.journal.all():
        entry.shown = of_entry[entry.pk]
    for indicator in project.indicators.all():
        for reading in indicator.readings.all():
            reading.shown = of_reading[reading.pk]
    return own


def reached_on(project: Project, moves: Iterable[Move]) -> dict[str, dt.datetime]:
    """When each phase up to the present one was reached last."""
    reached: dict[str, dt.datetime] = {}
    for move in moves:
        reached.setdefault(move.to_phase, move.at)
    order = list(Phase)
    return {phase: at for phase, at in reached.items() if order.index(Phase(phase)) < project.phase_step}


def stopped(pilots: Iterable[Pilot]) -> list[Pilot]:
    return [pilot for pilot in pilots if pilot.decision == Decision.STOP]


def split_adaptations(project: Project, adaptations: Iterable[Adaptation]) -> tuple[list[Adaptation], list[Adaptation]]:
    """Where this project came from, and what came from it."""
    rows = list(adaptations)
    came_from = [row for row in rows if row.project_id == project.pk]
    return came_from, [row for row in rows if row.source_id == project.pk]
