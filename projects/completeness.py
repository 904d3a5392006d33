"""How much of a project is told, and which part would help a reader most next. Computed, never stored."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from projects.models import Project


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the record. `page` is the URL name where it is added; `why` is a sentence for the team."""

    key: str
    name: str | Promise
    why: str | Promise
    page: str
    is_there: bool = False


@dataclass(frozen=True, slots=True)
class Completeness:
    parts: tuple[Part, ...]

    @property
    def done(self) -> int:
        return sum(part.is_there for part in self.parts)

    @property
    def total(self) -> int:
        return len(self.parts)

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total)

    @property
    def missing(self) -> list[Part]:
        return [part for part in self.parts if not part.is_there]

    @property
    def next(self) -> Part | None:
        """The most useful missing part; None when all is told."""
        return next(iter(self.missing), None)


# In the order in which a reader from another city misses them.
_WHY: dict[str, tuple[str | Promise, str | Promise]] = {
    "basics": (_("the problem, for whom, and a topic"), _("Others find the project by these.")),
    "contact": (_("a person to talk to"), _("Most learning between cities starts with a call.")),
    "approach": (_("what is tried"), _("A few sentences tell a peer whether it is like theirs.")),
    "pilot": (_("a pilot"), _("What was tried, where, and what you expected to happen.")),
    "consultation": (_("what residents said"), _("Whom you heard, and what changed because of it.")),
    "indicator": (_("an indicator"), _("What you would count to know that it works. No figure is needed yet.")),
    "reading": (_("a first reading"), _("One figure with its day and its source.")),
    "journal": (_("a journal entry"), _("Two sentences on what happened last.")),
    "lesson": (_("what was learned"), _("What you would tell a city that starts tomorrow.")),
}

_PAGES = {
    "pilot": "pilot_add",
    "consultation": "consultation_add",
    "indicator": "indicator_add",
    # A reading belongs to an indicator, so there is no one page for it.
    "reading": "",
    "journal": "journal_add",
    **dict.fromkeys(("basics", "contact", "approach", "lesson"), "project_edit"),
}


def completeness(project: Project) -> Completeness:
    """Reads related rows through `.all()`: no further query for a project with its parts prefetched."""
    pilots, indicators = list(project.pilots.all()), list(project.indicators.all())
    there = {
        "basics": bool(project.problem.strip() and project.for_whom.strip() and project.ranked_topics.all()),
        "contact": project.contact_id is not None,
        "approach": bool(project.approach.strip()),
        "pilot": bool(pilots),
        "consultation": bool(project.consultations.all()),
        "indicator": bool(indicators),
        "reading": any(indicator.readings.all() for indicator in indicators),
        "journal": bool(project.journal.all()),
        "lesson": bool(project.lesson.strip()) or any(pilot.lessons.strip() for pilot in pilots),
    }
    return Completeness(tuple(Part(key, name, why, _PAGES[key], there[key]) for key, (name, why) in _WHY.items()))
