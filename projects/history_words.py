"""The words of a project's history: no code, key or bare date reaches its reader."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from cities.models import Topic
from innoteams.accounts.models import User
from projects.choices import PART_VISIBILITIES, Decision, Outcome, PartKind, Phase, Verb, Visibility
from projects.history import EMPTY, PART_OF_ACTIVITY
from projects.models import Activity, Project, Revision

_MADE = {
    PartKind.PROJECT: Verb.PROJECT_LOGGED.label,
    PartKind.PILOT: Verb.PILOT_ADDED.label,
    PartKind.JOURNAL: Verb.JOURNAL_ADDED.label,
    PartKind.CONSULTATION: Verb.CONSULTATION_ADDED.label,
    PartKind.INDICATOR: Verb.INDICATOR_ADDED.label,
    PartKind.READING: Verb.READING_ADDED.label,
    PartKind.ENDING: Verb.ENDED_WITH_LESSON.label,
    PartKind.ADAPTATION: Verb.ADAPTATION_STARTED.label,
    PartKind.ATTACHMENT: Verb.FILE_ADDED.label,
}
_CHANGED = {
    PartKind.PROJECT: Verb.PROJECT_CHANGED.label,
    PartKind.PILOT: gettext_lazy("changed a pilot"),
    PartKind.JOURNAL: gettext_lazy("corrected the journal"),
    PartKind.CONSULTATION: gettext_lazy("changed a consultation"),
    PartKind.INDICATOR: gettext_lazy("changed an indicator"),
    PartKind.READING: gettext_lazy("changed a reading"),
    PartKind.ENDING: gettext_lazy("changed what is told of an ending"),
    PartKind.ADAPTATION: gettext_lazy("changed what is told of an adaptation"),
    PartKind.ATTACHMENT: gettext_lazy("changed what is told of a file"),
}
_REMOVED = {
    PartKind.PILOT: gettext_lazy("removed a pilot"),
    PartKind.JOURNAL: gettext_lazy("removed a journal entry"),
    PartKind.CONSULTATION: gettext_lazy("removed a consultation"),
    PartKind.INDICATOR: gettext_lazy("removed an indicator"),
    PartKind.READING: gettext_lazy("removed a reading"),
    PartKind.ENDING: gettext_lazy("removed an ending"),
    PartKind.ADAPTATION: gettext_lazy("removed an adaptation"),
    PartKind.ATTACHMENT: gettext_lazy("removed a file"),
}
# Where the model's own name of a field would not be understood beside the other fields, or there is none.
_LABELS = {
    "topics": gettext_lazy("topics"),
    "departments": gettext_lazy("departments"),
    "language": gettext_lazy("written in"),
    "kind": pgettext_lazy("of a figure", "kind"),
}
_TAKEN_BACK = gettext_lazy("took back a reading")
_WHY_DECIDED = gettext_lazy("said why this was decided about a pilot")
_LEVEL_CHANGED = gettext_lazy("changed who sees a part of the project")
_FROM_TO: dict[Verb, Any] = {
    Verb.PROJECT_SHARED: Visibility.choices,
    Verb.PROJECT_NARROWED: Visibility.choices,
    Verb.OUTCOME_CHANGED: Outcome.choices,
    Verb.PILOT_DECIDED: Decision.choices,
    Verb.PHASE_MOVED: Phase.choices,
    # Of a part: the project's own level has verbs of its own.
    Verb.PROJECT_CHANGED: PART_VISIBILITIES,
    Verb.PILOT_CHANGED: PART_VISIBILITIES,
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the rows of a page name by key: people, topics, for readings that correct another one why that was wrong,
    and for adaptations what they came from, if the reader sees it."""

    people: dict[int, User]
    topics: dict[str, Topic]
    whys: dict[int, str] = field(default_factory=dict)
    origins: dict[int, str] = field(default_factory=dict)


def name_of(person: User | None) -> str:
    return str(person) if person else _("somebody who has left")


def label_of_field(model: type[models.Model], name: str) -> str:
    return str(_LABELS.get(name) or model._meta.get_field(name.removesuffix("_id")).verbose_name)  # type: ignore[union-attr]  # a column


def is_text(model: type[models.Model], name: str) -> bool:
    found = model._meta.get_field(name)
    return isinstance(found, models.CharField | models.TextField) and not found.choices


def in_words(model: type[models.Model], name: str, value: object, names: Names) -> str:
    """A date, number, choice or person as the reader says it; "" for nothing."""
    # Of a part's level "" says something: as the project. None says that there was no part yet.
    if value is None or (value in EMPTY and name != "visibility"):
        return ""
    if name in ("contact_id", "successor_id"):
        return name_of(names.people.get(value)) if isinstance(value, int) else ""
    column: Any = model._meta.get_field(name)
    choices = dict(column.flatchoices)
    if choices:
        return str(choices.get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _date_or_number(value)


def _date_or_number(value: object) -> str:
    if isinstance(value, str) and (day := _day(value)):
        return formats.date_format(day, "DATE_FORMAT")
    try:
        return formats.number_format(Decimal(str(value)))
    except InvalidOperation:
        return str(value)


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


# --- revisions ------------------------------------------------------------------------------------------------------


def part_called(revision: Revision, names: Names) -> str:
    """What the part is called: a journal entry by its day, a consultation by its way and its day, an adaptation by
    what it came from."""
    label = revision.label
    if revision.kind == PartKind.ADAPTATION and not label:
        return names.origins.get(revision.part, "")
    before, _comma, last = label.rpartition(", ")
    day = _day(last)
    if day is None:
        return label
    told = formats.date_format(day, "DATE_FORMAT")
    return f"{before}, {told}" if before else told


def sentence_of(revision: Revision) -> str:
    kind = PartKind(revision.kind)
    if revision.restores_id:
        return str(Verb.RESTORED.label)
    if not revision.after:
        return str(_REMOVED.get(kind, _CHANGED[kind]))
    if not revision.before:
        return str(_MADE[kind])
    if revision.after == {"stuck_why": ""}:
        return str(Verb.UNSTUCK.label)
    return str(_sentence_of_change(kind, set(revision.after)))


def _sentence_of_change(kind: PartKind, fields: set[str]) -> Any:
    if kind == PartKind.READING:
        return _TAKEN_BACK if fields == {"withdrawn_why"} else Verb.READING_CORRECTED.label
    if fields == {"stuck_why"}:
        return Verb.STUCK.label
    if fields == {"decision_note"}:
        return _WHY_DECIDED
    return _LEVEL_CHANGED if fields == {"visibility"} else _CHANGED[kind]


# --- activity without a revision ------------------------------------------------------------------------------------


def kind_of_activity(one: Activity) -> PartKind:
    return next((kind for name, kind in PART_OF_ACTIVITY.items() if getattr(one, f"{name}_id")), PartKind.PROJECT)


def sentence_of_activity(one: Activity) -> str:
    verb = Verb(one.verb)
    if verb == Verb.ENDED_WITH_LESSON and "from" in one.facts:
        return str(Verb.OUTCOME_CHANGED.label if one.outcome_move else Verb.PILOT_DECIDED.label)
    if verb != Verb.PROJECT_CHANGED:
        return str(verb.label)
    if one.facts.get("fields") == ["reading_removed"]:
        return str(_TAKEN_BACK)
    return str(_CHANGED[kind_of_activity(one)])


def moved(one: Activity) -> tuple[str, str] | None:
    """From what to what, in words."""
    choices = _choices_of(one)
    if not choices or "from" not in one.facts or "to" not in one.facts:
        return None
    words = {value: str(label) for value, label in choices}
    before, after = (words.get(one.facts[end], one.facts[end]) for end in ("from", "to"))
    return before, after


def _choices_of(one: Activity) -> Any:
    verb = Verb(one.verb)
    if verb == Verb.ENDED_WITH_LESSON:
        return Outcome.choices if one.outcome_move else Decision.choices
    return _FROM_TO.get(verb)


def details_of(one: Activity) -> str:
    """How many readings came; which fields of the project changed, where no text was kept yet."""
    if one.verb == Verb.READINGS_IMPORTED and (count := one.facts.get("count")):
        return ngettext("%(count)s reading", "%(count)s readings", count) % {"count": formats.number_format(count)}
    if one.verb != Verb.PROJECT_CHANGED or kind_of_activity(one) != PartKind.PROJECT:
        return ""
    columns = {column.name: column for column in Project._meta.fields}
    named = [
        _LABELS.get(name) or getattr(columns.get(name), "verbose_name", "") for name in one.facts.get("fields", [])
    ]
    return ", ".join(str(name) for name in named if name)


def note_of(one: Activity) -> str:
    """Why it moved."""
    move = one.phase_move or one.outcome_move
    return move.note if move else ""


def activity_called(one: Activity) -> str:
    """The part that it is about; for an adaptation the project at the other end, which whoever reads the row sees."""
    if one.adaptation:
        there = one.adaptation.project if one.adaptation.project_id != one.project_id else one.adaptation.source
        return there.title if there else one.adaptation.outside_name
    if one.journal_entry:
        return formats.date_format(one.journal_entry.happened_on, "DATE_FORMAT")
    if one.consultation:
        return one.consultation.method
    named = one.pilot or one.indicator or one.attachment
    return str(named) if named else ""
