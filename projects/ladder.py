"""The evidence ladder of a project: computed from what is logged, with the next rung and the one act that reaches it.

The same definition stands in `projects.rungs` as SQL, for lists of many projects; a property test holds them together.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.choices import RUNGS, VISIBILITIES, ReadingKind, Rung, Visibility
from projects.models import Indicator, Project, Reading
from projects.rungs import COUNTED_RESULTS, OPEN_LEVELS

MEANING: dict[Rung, str | Promise] = {
    Rung.DESCRIBED: gettext_lazy("The problem, and what is tried"),
    Rung.COUNTED: gettext_lazy("A figure that was counted or measured"),
    Rung.FOLLOWED: gettext_lazy("A dated baseline, and two readings after it"),
    Rung.COMPARED: gettext_lazy("The same figure where nothing was tried"),
    Rung.REPEATED: gettext_lazy("Another team did it too, and told what came of it"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """What reaches the next rung. `page` is a URL name ("" where no page of the team's does it), `part` its key."""

    words: str
    page: str = ""
    part: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One rung. `state` is "reached", "next" or ""; `waits` where it holds already but one below it does not."""

    rung: Rung
    meaning: str | Promise
    state: str
    is_standing: bool
    waits: bool

    @property
    def name(self) -> str:
        return str(self.rung.label)


@dataclass(frozen=True, slots=True)
class Ladder:
    holds: frozenset[Rung]
    act: Act | None

    @property
    def standing(self) -> Rung | None:
        """The highest rung below which all hold; None on the ground."""
        return RUNGS[self.height - 1] if self.height else None

    @property
    def height(self) -> int:
        """0 to 5."""
        return height_of(self.holds)

    @property
    def next(self) -> Rung | None:
        return RUNGS[self.height] if self.height < len(RUNGS) else None

    @property
    def steps(self) -> list[Step]:
        height = self.height
        states = ["reached"] * height + ["next"] + [""] * len(RUNGS)
        return [
            Step(rung, MEANING[rung], states[place], place == height - 1, place > height and rung in self.holds)
            for place, rung in enumerate(RUNGS)
        ]


def height_of(holds: frozenset[Rung]) -> int:
    """How many rungs hold from the ground up without a gap."""
    return next((place for place, rung in enumerate(RUNGS) if rung not in holds), len(RUNGS))


def ladder_of(project: Any) -> Ladder:
    """Asks no query of a project with its parts and `is_repeated` and `results` loaded (`for_page`)."""
    indicators = _open(project, project.indicators.all())
    holds = frozenset(rung for rung, there in _rungs(project, indicators).items() if there)
    height = height_of(holds)
    return Ladder(holds, _act(project, RUNGS[height], indicators) if height < len(RUNGS) else None)


def _rungs(project: Any, indicators: list[Indicator]) -> dict[Rung, bool]:
    followed = [one for one in indicators if _is_followed(one)]
    return {
        Rung.DESCRIBED: bool(project.problem and (project.approach or _open(project, project.pilots.all()))),
        Rung.COUNTED: any(_own(one) for one in indicators)
        or any(result["kind"] in COUNTED_RESULTS for result in project.results),
        Rung.FOLLOWED: bool(followed),
        Rung.COMPARED: any(one.compared_with and _comparisons(one) for one in followed),
        Rung.REPEATED: project.is_repeated,
    }


def _open(project: Project, parts: Any) -> list[Any]:
    """The parts that everybody sees who sees the project."""
    wide_enough = VISIBILITIES[VISIBILITIES.index(Visibility(project.visibility)) :]
    return [part for part in parts if not part.visibility or part.visibility in wide_enough]


def _own(indicator: Indicator) -> list[Reading]:
    return [row for row in _sound(indicator) if not row.is_comparison]


def _comparisons(indicator: Indicator) -> list[Reading]:
    return [row for row in _sound(indicator) if row.is_comparison]


def _sound(indicator: Indicator) -> list[Reading]:
    return [row for row in indicator.readings.all() if row.withdrawn_at is None and row.kind != ReadingKind.CLAIMED]


def _has_baseline(indicator: Indicator) -> bool:
    return indicator.baseline is not None and indicator.baseline_on is not None


def _is_followed(indicator: Indicator) -> bool:
    day = indicator.baseline_on
    if indicator.baseline is None or day is None:
        return False
    return sum(row.read_on > day for row in _own(indicator)) >= 2


# --- the one act -----------------------------------------------------------------------------------------------------


def _act(project: Any, rung: Rung, indicators: list[Indicator]) -> Act:
    if rung == Rung.DESCRIBED:
        return Act(_("Say what you try, in a few sentences"), "project_edit")
    if rung == Rung.REPEATED:
        return _act_for_repeating(project)
    if not indicators:
        return Act(_("Choose an indicator"), "indicator_add")
    acts = {Rung.COUNTED: _act_for_counting, Rung.FOLLOWED: _act_for_following, Rung.COMPARED: _act_for_comparing}
    return acts[rung](indicators)


def _act_for_counting(indicators: list[Indicator]) -> Act:
    first = indicators[0]
    return Act(_("Add a counted or measured reading of “%(name)s”") % {"name": first.name}, "reading_add", first.pk)


def _act_for_following(indicators: list[Indicator]) -> Act:
    """The indicator with the most readings is nearest."""
    with_baseline = [one for one in indicators if _has_baseline(one)]
    if not with_baseline:
        first = max(indicators, key=lambda one: len(_own(one)))
        words = _("Write down where “%(name)s” stood before, and on which day") % {"name": first.name}
        return Act(words, "indicator_change", first.pk)
    first = max(with_baseline, key=lambda one: len(_own(one)))
    return Act(
        _("Add another reading of “%(name)s” after its baseline") % {"name": first.name}, "reading_add", first.pk
    )


def _act_for_comparing(indicators: list[Indicator]) -> Act:
    followed = [one for one in indicators if _is_followed(one)]
    first = next((one for one in followed if one.compared_with), None)
    if first is None:
        words = _("Say what “%(name)s” can be compared with") % {"name": followed[0].name}
        return Act(words, "indicator_change", followed[0].pk)
    values = {"name": first.name, "place": first.compared_with}
    return Act(_("Add a reading of “%(name)s” from there: %(place)s") % values, "reading_add", first.pk)


def _act_for_repeating(project: Project) -> Act:
    if project.visibility not in OPEN_LEVELS:
        return Act(_("Share it with the network, so that another team can adapt it"), "project_share")
    return Act(_("Another team adapts it, and tells what came of it"))
