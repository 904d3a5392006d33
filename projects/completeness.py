"""How much of a project is told, and which part would help a reader most next. Computed, never stored."""

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from projects.choices import PHASES, Outcome, Phase
from projects.models import Project

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the record. `page` is the URL name where it is added ("": this page), `end` leads on to the field
    there; `why` is a sentence for the team; `weight` says how much a reader misses it; it is due from phase `since`."""

    key: str
    name: Text
    why: Text
    page: str
    end: str = ""
    weight: int = 1
    since: Phase = Phase.INVESTIGATE
    is_there: bool = False


@dataclass(frozen=True, slots=True)
class Completeness:
    """`is_quiet`: nothing more is asked of the team (a stopped project, an entry from a public source)."""

    parts: tuple[Part, ...]
    phase: Phase = Phase.INVESTIGATE
    is_quiet: bool = False

    @property
    def done(self) -> int:
        return sum(part.is_there for part in self.parts)

    @property
    def total(self) -> int:
        return len(self.parts)

    @property
    def percent(self) -> int:
        """By weight: the problem counts for more than a successor."""
        return 100 * sum(part.weight for part in self.parts if part.is_there) // sum(p.weight for p in self.parts)

    @property
    def missing(self) -> list[Part]:
        """What is due in this phase first, and in each half what a reader misses most."""
        absent = [part for part in self.parts if not part.is_there]
        return sorted(absent, key=lambda part: PHASES.index(part.since) > PHASES.index(self.phase))

    @property
    def next(self) -> Part | None:
        """The most useful missing part; None when all is told, or nothing is asked."""
        return None if self.is_quiet else next(iter(self.missing), None)


def _field(section: str, name: str) -> tuple[str, str]:
    return "project_edit", f"?open={section}#id_{name}"


# In the order in which a reader from another city misses them.
PARTS: tuple[Part, ...] = (
    Part(
        "basics",
        _("the problem, for whom, and a topic"),
        _("Others find the project by these."),
        *_field("problem", "problem"),
        weight=4,
    ),
    Part(
        "contact",
        _("a person to talk to"),
        _("Most learning between cities starts with a call."),
        *_field("keeps", "contact"),
        weight=3,
    ),
    Part(
        "approach",
        _("what is tried"),
        _("A few sentences tell a peer whether it is like theirs."),
        *_field("doing", "approach"),
        weight=3,
        since=Phase.GENERATE,
    ),
    Part(
        "consultation",
        _("what residents said"),
        _("Whom you heard, and what changed because of it."),
        "consultation_add",
        weight=2,
    ),
    Part(
        "pilot",
        _("a pilot"),
        _("What was tried, where, and what you expected to happen."),
        "pilot_add",
        weight=3,
        since=Phase.PREPARE,
    ),
    Part(
        "indicator",
        _("an indicator"),
        _("What you would count to know that it works. No figure is needed yet."),
        "indicator_add",
        weight=2,
    ),
    Part(
        "cost",
        _("what it costs"),
        _("A rough band is enough for another city to know whether it can think of it."),
        *_field("takes", "cost_band"),
        weight=2,
        since=Phase.PREPARE,
    ),
    Part(
        "staff_time",
        _("how much staff time it takes"),
        _("Time is what cities lack first; one line spares them a wrong start."),
        *_field("takes", "staff_time"),
        weight=2,
        since=Phase.PREPARE,
    ),
    # A reading belongs to an indicator, so there is no one page for it.
    Part(
        "reading",
        _("a first reading"),
        _("One figure with its day and its source."),
        "",
        "#figures",
        weight=2,
        since=Phase.DELIVER_ADAPT,
    ),
    Part(
        "lesson",
        _("what was learned"),
        _("What you would tell a city that starts tomorrow."),
        *_field("doing", "lesson"),
        weight=3,
        since=Phase.DELIVER_ADAPT,
    ),
    Part(
        "conditions",
        _("what must be in place"),
        _("Most copies fail on something the first city took for granted."),
        *_field("takes", "conditions"),
        weight=2,
        since=Phase.PREPARE,
    ),
    Part(
        "journal",
        _("a journal entry"),
        _("Two sentences on what happened last."),
        "journal_add",
    ),
    Part(
        "place",
        _("where in the city"),
        _("A neighbourhood tells a reader more than the name of a city."),
        *_field("where", "neighbourhood"),
    ),
    Part(
        "reusable",
        _("what others may reuse"),
        _("A form or a drawing you would hand over saves somebody a month."),
        *_field("takes", "reusable"),
        since=Phase.DELIVER_ADAPT,
    ),
    Part(
        "lasting_owner",
        _("a lasting owner"),
        _("Work without one ends when the project ends."),
        *_field("keeps", "lasting_owner"),
        since=Phase.PREPARE,
    ),
    Part(
        "successor",
        _("who takes over as person to talk to"),
        _("People move on; then others still know whom to ask."),
        *_field("keeps", "successor"),
        since=Phase.PREPARE,
    ),
)


def completeness(project: Project) -> Completeness:
    """Reads related rows through `.all()`: no further query for a project with its parts prefetched."""
    there = _what_is_there(project)
    parts = tuple(replace(part, is_there=there[part.key]) for part in PARTS)
    is_quiet = project.is_from_public_source or project.outcome == Outcome.STOPPED
    return Completeness(parts, Phase(project.phase), is_quiet)


def _what_is_there(project: Project) -> dict[str, bool]:
    pilots, indicators = list(project.pilots.all()), list(project.indicators.all())
    return {
        "basics": bool(project.problem.strip() and project.for_whom.strip() and project.ranked_topics.all()),
        "contact": project.contact_id is not None,
        "approach": bool(project.approach.strip()),
        "consultation": bool(project.consultations.all()),
        "pilot": bool(pilots),
        "indicator": bool(indicators),
        "cost": bool(project.cost_band),
        "staff_time": bool(project.staff_time.strip()),
        "reading": any(row.withdrawn_at is None for indicator in indicators for row in indicator.readings.all()),
        "lesson": bool(project.lesson.strip()) or any(pilot.lessons.strip() for pilot in pilots),
        "conditions": bool(project.conditions.strip() or project.competence.strip()),
        "journal": bool(project.journal.all()),
        "place": bool(project.neighbourhood.strip()) or project.has_point,
        "reusable": bool(project.reusable.strip()),
        "lasting_owner": bool(project.lasting_owner.strip()),
        "successor": project.successor_id is not None,
    }
