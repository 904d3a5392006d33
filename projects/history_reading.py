"""What the page of a project's history shows: revisions, and what happened without one, in one line of time."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cities.models import Topic
from innoteams.accounts.models import User
from innoteams.lib.rich_text import plain
from projects.choices import Decision, Outcome, PartKind, Phase, Verb, Visibility
from projects.differences import ADDED, KEPT, REMOVED, Change, Row, between, compare, shortened
from projects.history import EMPTY, TRACKED
from projects.models import Activity, Project, Revision
from projects.querysets import ActivityQuerySet, RevisionQuerySet
from projects.restoring import Plan, can_come_back

# What leaves a row of its own beside any text that changed with it.
MOVES = (
    Verb.PROJECT_SHARED,
    Verb.PROJECT_NARROWED,
    Verb.PROJECT_CLAIMED,
    Verb.PROJECT_CONFIRMED,
    Verb.PHASE_MOVED,
    Verb.OUTCOME_CHANGED,
    Verb.PILOT_DECIDED,
    Verb.READINGS_IMPORTED,
)
# The rows of one transaction are milliseconds apart; while a draft is typed, its one revision may be half an hour old.
_TOGETHER = dt.timedelta(seconds=10)
_EARLIEST = dt.timedelta(minutes=31)

# The foreign keys of an activity row, the most particular first.
_PARTS: dict[str, PartKind] = {
    "attachment": PartKind.ATTACHMENT,
    "reading": PartKind.READING,
    "ending": PartKind.ENDING,
    "adaptation": PartKind.ADAPTATION,
    "journal_entry": PartKind.JOURNAL,
    "consultation": PartKind.CONSULTATION,
    "indicator": PartKind.INDICATOR,
    "pilot": PartKind.PILOT,
}

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
_FROM_TO = {
    Verb.PROJECT_SHARED: Visibility,
    Verb.PROJECT_NARROWED: Visibility,
    Verb.OUTCOME_CHANGED: Outcome,
    Verb.PILOT_DECIDED: Decision,
    Verb.PHASE_MOVED: Phase,
}


@dataclass(frozen=True, slots=True)
class Told:
    """One field and what differs in it. `language` is that of the text; "" for words of the reader's language."""

    name: str
    label: str
    rows: list[Row]
    language: str = ""
    is_text: bool = False
    problem: str = ""

    @property
    def was_empty(self) -> bool:
        return all(change.kind == ADDED for row in self.rows for change in row.changes)

    @property
    def is_empty(self) -> bool:
        return all(change.kind == REMOVED for row in self.rows for change in row.changes)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the history. `part` is what the filter of the page calls the part ("pilot-12")."""

    at: dt.datetime
    who: str
    sentence: str
    label: str = ""
    part: str = ""
    moved: tuple[str, str] | None = None
    note: str = ""
    details: str = ""
    changes: list[Told] = field(default_factory=list)
    revision: Revision | None = None
    may_come_back: bool = False

    @property
    def is_comparison(self) -> bool:
        """Not of a part that was made or removed: there one text is all there is."""
        return bool(self.revision and self.revision.before and self.revision.after)


@dataclass(frozen=True, slots=True)
class Names:
    """People and topics that are named by their keys in the rows of a page."""

    people: dict[int, User]
    topics: dict[str, Topic]


def name_of(person: User | None) -> str:
    return str(person) if person else _("somebody who has left")


# --- which rows -----------------------------------------------------------------------------------------------------


def rows_of(project: Project, person: User, *, part: str = "", by: int | None = None) -> QuerySet[Any, Any]:
    """(at, whether it is an activity, key) from the newest back. `part`: a kind ("pilot") or one part ("pilot-12")."""
    revisions: RevisionQuerySet = Revision.objects.visible_to(person).filter(project=project)
    activity = _without_revision(Activity.objects.visible_to(person).filter(project=project))
    if part:
        kind, _dash, key = part.partition("-")
        one = {"part": int(key)} if key.isdecimal() else {}
        revisions = revisions.filter(kind=kind, **one)
        activity = activity.filter(of_kind=kind, **({"of_part": int(key)} if one else {}))
    if by is not None:
        revisions, activity = revisions.filter(by=by), activity.filter(actor=by)
    both = _keys(revisions, 0).union(_keys(activity, 1), all=True)
    return both.order_by("-at", "is_activity", "-pk")


def _keys(rows: QuerySet[Any, Any], is_activity: int) -> QuerySet[Any, Any]:
    keys: QuerySet[Any, Any] = rows.order_by().annotate(is_activity=Value(is_activity))
    return keys.values_list("at", "is_activity", "pk")


def _without_revision(rows: ActivityQuerySet) -> ActivityQuerySet:
    """Moves, and what was done before texts were kept."""
    kind = Case(
        *(When(**{f"{name}__isnull": False}, then=Value(of)) for name, of in _PARTS.items()), default=Value("project")
    )
    rows = rows.annotate(of_kind=kind, of_part=Coalesce(*(F(f"{name}_id") for name in _PARTS), Value(0)))
    kept = Revision.objects.filter(
        project=OuterRef("project"),
        kind=OuterRef("of_kind"),
        part=OuterRef("of_part"),
        by=OuterRef("actor"),
        at__lte=OuterRef("at") + _TOGETHER,
        at__gte=OuterRef("at") - _EARLIEST,
    )
    return rows.filter(Q(verb__in=MOVES) | ~Exists(kept))


def people_of(project: Project) -> list[User]:
    """Everybody who changed something, for the filter."""
    changed = Revision.objects.filter(project=project).values("by")
    acted = Activity.objects.filter(project=project).values("actor")
    return list(User.objects.filter(Q(pk__in=changed) | Q(pk__in=acted)).order_by("name", "pk"))


def kinds_of(project: Project) -> list[PartKind]:
    """The kinds of part that have a history, for the filter."""
    found = set(Revision.objects.filter(project=project).order_by().values_list("kind", flat=True).distinct())
    return [kind for kind in PartKind if kind in found or kind == PartKind.PROJECT]


# --- what they say --------------------------------------------------------------------------------------------------


def items_of(project: Project, keys: Iterable[tuple[dt.datetime, int, int]]) -> list[Item]:
    """The lines of one page, shortened, in a constant number of queries."""
    keys = list(keys)
    revisions = _revisions([pk for _at, is_activity, pk in keys if not is_activity])
    acts = Activity.objects.select_related("actor", "phase_move", "pilot", "indicator", "consultation", "attachment")
    activity = acts.in_bulk([pk for _at, is_activity, pk in keys if is_activity])
    names = names_in(revisions.values())
    items = []
    for _at, is_activity, pk in keys:
        if is_activity:
            items.append(_item_of_activity(activity[pk]))
        else:
            items.append(item_of(revisions[pk], project, names, is_short=True))
    return items


def _revisions(keys: list[int]) -> dict[int, Revision]:
    found: dict[int, Revision] = Revision.objects.select_related("by", "restores").in_bulk(keys)
    return found


def names_in(revisions: Iterable[Revision], *more: dict[str, object]) -> Names:
    values: dict[str, list[object]] = {"people": [], "topics": []}
    for said in [*(told for revision in revisions for told in (revision.before, revision.after)), *more]:
        values["people"] += [said[name] for name in ("contact_id", "successor_id") if said.get(name)]
        topics = said.get("topics")
        values["topics"] += topics if isinstance(topics, list) else []
    people = User.objects.in_bulk(values["people"]) if values["people"] else {}
    topics_by_slug = Topic.objects.in_bulk(values["topics"], field_name="slug") if values["topics"] else {}
    return Names(people, topics_by_slug)


def item_of(revision: Revision, project: Project, names: Names, *, is_short: bool = False) -> Item:
    return Item(
        at=revision.at,
        who=name_of(revision.by),
        sentence=str(_sentence(revision)),
        label=_label(revision.label),
        part=f"{revision.kind}-{revision.part}" if revision.part else revision.kind,
        changes=changes_of(revision, project, names, is_short=is_short),
        revision=revision,
        may_come_back=can_come_back(revision),
    )


def changes_of(revision: Revision, project: Project, names: Names, *, is_short: bool = False) -> list[Told]:
    """In the order in which the page of the part has them."""
    model, fields = _tracked(revision.kind)
    language = language_of(revision, project)
    return [
        told(model, name, revision.before.get(name), revision.after.get(name), names, language, is_short=is_short)
        for name in fields
        if name in revision.before or name in revision.after
    ]


def plan_told(plan: Plan, project: Project, names: Names, language: str) -> list[Told]:
    """What bringing back would change, field by field."""
    return [
        told(type(plan.row), step.name, step.now, step.then, names, language, problem=step.problem)
        for step in plan.steps
    ]


def language_of(revision: Revision, project: Project) -> str:
    """Of its texts; "" where a part has a language of its own that this revision does not tell."""
    named = revision.after.get("language") or revision.before.get("language")
    if named or revision.kind in (PartKind.JOURNAL, PartKind.ENDING):
        return str(named or "")
    return str(project.language)


def told(
    model: type[models.Model],
    name: str,
    before: object,
    after: object,
    names: Names,
    language: str,
    *,
    is_short: bool = False,
    problem: str = "",
) -> Told:
    label = str(_LABELS.get(name) or model._meta.get_field(name.removesuffix("_id")).verbose_name)  # type: ignore[union-attr]  # a column
    if isinstance(before, list) or isinstance(after, list):
        rows = _list_rows(name, before, after, names)
        return Told(name, label, rows, "" if name == "topics" else language, problem=problem)
    if _is_text(model, name):
        rows = compare(plain(str(before or "")), plain(str(after or "")))
        return Told(name, label, shortened(rows) if is_short else rows, language, is_text=True, problem=problem)
    pair = ((REMOVED, in_words(model, name, before, names)), (ADDED, in_words(model, name, after, names)))
    changes = tuple(Change(kind, words) for kind, words in pair if words)
    if before == after:
        changes = changes[:1] and (Change(KEPT, changes[0].text),)
    return Told(name, label, [Row(changes)], problem=problem)


def _list_rows(name: str, before: object, after: object, names: Names) -> list[Row]:
    old, new = (list(said) if isinstance(said, list) else [] for said in (before, after))
    if name == "topics":
        old, new = _ranked(old, names), _ranked(new, names)
    return [Row((change,)) for change in between(old, new)]


def _ranked(slugs: list[str], names: Names) -> list[str]:
    called = (names.topics[slug].name if slug in names.topics else slug for slug in slugs)
    return [f"{rank}. {name}" for rank, name in enumerate(called, start=1)]


def _is_text(model: type[models.Model], name: str) -> bool:
    found = model._meta.get_field(name)
    return isinstance(found, models.CharField | models.TextField) and not found.choices


def in_words(model: type[models.Model], name: str, value: object, names: Names) -> str:
    """A date, number, choice or person as the reader says it; "" for nothing."""
    if value in EMPTY and name != "visibility":
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


def _label(label: str) -> str:
    """A journal entry is called by its day, a consultation by its way and its day: told as the reader tells days."""
    before, _comma, last = label.rpartition(", ")
    day = _day(last)
    if day is None:
        return label
    told = formats.date_format(day, "DATE_FORMAT")
    return f"{before}, {told}" if before else told


def _sentence(revision: Revision) -> Any:
    kind = PartKind(revision.kind)
    if revision.restores_id:
        return Verb.RESTORED.label
    if not revision.after:
        return _REMOVED.get(kind, _CHANGED[kind])
    return _CHANGED[kind] if revision.before else _MADE[kind]


def _tracked(kind: str) -> tuple[type[models.Model], tuple[str, ...]]:
    return next((model, fields) for model, (of, fields) in TRACKED.items() if of == kind)


def _item_of_activity(one: Activity) -> Item:
    named = one.pilot or one.indicator or one.attachment
    verb = Verb(one.verb)
    return Item(
        at=one.at,
        who=name_of(one.actor),
        sentence=str(verb.label),
        label=str(named) if named else "",
        moved=_moved(verb, one.facts),
        note=one.phase_move.note if one.phase_move else "",
        details=_details(one) if verb == Verb.PROJECT_CHANGED else "",
    )


def _moved(verb: Verb, facts: dict[str, str]) -> tuple[str, str] | None:
    """From what to what, in words."""
    kinds = _FROM_TO.get(verb)
    if kinds is None or "from" not in facts or "to" not in facts:
        return None
    words = {value: str(label) for value, label in kinds.choices}
    before, after = words.get(facts["from"], facts["from"]), words.get(facts["to"], facts["to"])
    return before, after


def _details(one: Activity) -> str:
    """Which fields of the project changed, where no text was kept yet."""
    columns = {column.name: column for column in Project._meta.fields}
    named = [
        _LABELS.get(name) or getattr(columns.get(name), "verbose_name", "") for name in one.facts.get("fields", [])
    ]
    return ", ".join(str(name) for name in named if name)
