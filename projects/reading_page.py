"""What a project's page shows, put together from rows fetched at once (`for_page`): no query happens here."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects import progress
from projects.charts import Chart, chart_of
from projects.choices import Decision, Measure, Phase, ResultKind
from projects.figures import change_text, percent_text, share_text
from projects.models import Ending, Indicator, JournalEntry, Pilot, Project, Reading
from projects.models.attachments import Shown

# Of a long series the table on the page shows the end.
READINGS_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Move:
    from_phase: str
    to_phase: str
    note: str
    at: dt.datetime
    by_name: str
    pk: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of the project changed. Without a note where it stopped: its ending says why."""

    from_outcome: str
    to_outcome: str
    note: str
    at: dt.datetime
    by_name: str
    pk: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the journal: an entry somebody wrote, a move from phase to phase, or what came of it."""

    day: dt.date
    entry: JournalEntry | None = None
    move: Move | None = None
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A reading in the table; `disagrees` where another source says something else about the same day."""

    reading: Reading
    disagrees: bool


@dataclass(frozen=True, slots=True)
class Gone:
    """A reading that was corrected (then `now` is the one that took its place) or taken back."""

    reading: Reading
    now: Reading | None


@dataclass(frozen=True, slots=True)
class Figure:
    indicator: Indicator
    readings: list[Reading]
    chart: Chart | None
    disagreeing: set[int]

    @property
    def latest(self) -> list[Reading]:
        """What is known now: one reading, or all of the last day where sources disagree about it."""
        last = progress.latest(self.readings)
        if last is None:
            return []
        if last.pk not in self.disagreeing:
            return [last]
        return [row for row in self.readings if row.read_on == last.read_on and row.pk in self.disagreeing]

    @property
    def rows(self) -> list[Row]:
        """The last of them; the file has them all."""
        return [Row(reading, reading.pk in self.disagreeing) for reading in self.readings[-READINGS_SHOWN:]]

    @property
    def has_more(self) -> bool:
        return len(self.readings) > READINGS_SHOWN

    @property
    def gone(self) -> list[Gone]:
        return [Gone(row, _corrected_by(row)) for row in getattr(self.indicator, "withdrawn_readings", [])]

    @property
    def change(self) -> str:
        """Since the baseline, such as “+72 (+600%)”; "" without one, or while sources disagree."""
        change = progress.change_since(self.indicator.baseline, self._value)
        if change is None:
            return ""
        told = change_text(change.absolute, self.indicator)
        if change.relative is None or self.indicator.measure == Measure.PERCENT:
            return told
        return f"{told} ({share_text(change.relative)})"

    @property
    def direction(self) -> str:
        """Whether that is "better" or "worse" than the baseline, or the "same"."""
        baseline, value = self.indicator.baseline, self._value
        if baseline is None or value is None:
            return ""
        if value == baseline:
            return "same"
        return "better" if progress.is_better(value, baseline, self.indicator.better) else "worse"

    @property
    def is_target_reached(self) -> bool:
        return progress.is_reached(self.indicator.target, self._value, self.indicator.better)

    @property
    def way(self) -> str:
        """How much of the way to the target is done, as a percentage; "" where that means nothing."""
        indicator = self.indicator
        share = progress.share_of_way(indicator.baseline, indicator.target, self._value, indicator.better)
        return "" if share is None or share < 0 else percent_text(share)

    @property
    def _value(self) -> Decimal | None:
        latest = self.latest
        return latest[0].value if len(latest) == 1 else None


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
        disagreeing = progress.disagreeing(readings)
        figures.append(Figure(indicator, readings, chart_of(indicator, readings), disagreeing))
    return figures


def _corrected_by(reading: Reading) -> Reading | None:
    try:
        return reading.corrected_by
    except Reading.DoesNotExist:
        return None


def results_of(project: Any) -> list[Result]:
    """As public sources state them, what was looked for and not found last."""
    results = [Result(**row) for row in project.results]
    return sorted(results, key=lambda result: result.is_gap)


def has_other_sources(project: Project, results: Iterable[Result]) -> bool:
    """Whether a result is stated anywhere but in the source that the whole entry is from."""
    return any(result.source not in {"", project.source_line} for result in results)


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
