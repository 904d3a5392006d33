"""What the page of a project's history shows: each of its rows (projects.history_rows) as a line that can be read."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models

from cities.models import Topic
from innoteams.accounts.models import User
from innoteams.lib.rich_text import plain
from projects.choices import PartKind
from projects.differences import ADDED, KEPT, REMOVED, Change, Row, between, compare, shortened
from projects.history import TRACKED
from projects.history_words import (
    Names,
    activity_called,
    details_of,
    in_words,
    is_text,
    label_of_field,
    moved,
    name_of,
    note_of,
    part_called,
    sentence_of,
    sentence_of_activity,
)
from projects.models import Activity, Adaptation, Project, Reading, Revision
from projects.restoring import Plan, can_come_back


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


# By which an activity row says what it is about.
_NAMED_BY_ACTIVITY = (
    "pilot", "indicator", "consultation", "journal_entry", "attachment", "adaptation__project", "adaptation__source",
)  # fmt: skip


def items_of(project: Project, keys: Iterable[tuple[dt.datetime, int, int]], person: User) -> list[Item]:
    """The lines of one page, shortened, in a constant number of queries."""
    keys = list(keys)
    revisions = _revisions([pk for _at, is_activity, pk in keys if not is_activity])
    acts = Activity.objects.select_related("actor", "phase_move", "outcome_move", *_NAMED_BY_ACTIVITY)
    activity = acts.in_bulk([pk for _at, is_activity, pk in keys if is_activity])
    names = names_in(revisions.values(), person)
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


def names_in(revisions: Iterable[Revision], person: User, *more: dict[str, object]) -> Names:
    """Whatever the rows name by key, as far as the person may see it; in a constant number of queries."""
    revisions = list(revisions)
    values: dict[str, list[object]] = {"people": [], "topics": []}
    for said in [*(told for revision in revisions for told in (revision.before, revision.after)), *more]:
        values["people"] += [said[name] for name in ("contact_id", "successor_id") if said.get(name)]
        topics = said.get("topics")
        values["topics"] += topics if isinstance(topics, list) else []
    people = User.objects.in_bulk(values["people"]) if values["people"] else {}
    topics_by_slug = Topic.objects.in_bulk(values["topics"], field_name="slug") if values["topics"] else {}
    return Names(people, topics_by_slug, _whys_of(revisions), _origins_of(revisions, person))


def _whys_of(revisions: list[Revision]) -> dict[int, str]:
    keys = [revision.part for revision in revisions if revision.kind == PartKind.READING]
    right = Reading.objects.filter(pk__in=keys, corrects__isnull=False) if keys else Reading.objects.none()
    return dict(right.values_list("pk", "corrects__withdrawn_why"))


def _origins_of(revisions: list[Revision], person: User) -> dict[int, str]:
    keys = [revision.part for revision in revisions if revision.kind == PartKind.ADAPTATION]
    seen = Adaptation.objects.visible_to(person).filter(pk__in=keys, source__isnull=False)
    return dict(seen.values_list("pk", "source__title")) if keys else {}


def item_of(revision: Revision, project: Project, names: Names, *, is_short: bool = False) -> Item:
    return Item(
        at=revision.at,
        who=name_of(revision.by),
        sentence=sentence_of(revision),
        label=part_called(revision, names),
        part=f"{revision.kind}-{revision.part}" if revision.part else revision.kind,
        note=names.whys.get(revision.part, "") if _is_correction(revision) else "",
        changes=changes_of(revision, project, names, is_short=is_short),
        revision=revision,
        may_come_back=can_come_back(revision),
    )


def _is_correction(revision: Revision) -> bool:
    if revision.kind != PartKind.READING or not revision.before:
        return False
    return "withdrawn_why" not in revision.after


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
    label = label_of_field(model, name)
    if isinstance(before, list) or isinstance(after, list):
        rows = _list_rows(name, before, after, names)
        return Told(name, label, rows, "" if name == "topics" else language, problem=problem)
    if is_text(model, name):
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


def _tracked(kind: str) -> tuple[type[models.Model], tuple[str, ...]]:
    return next((model, fields) for model, (of, fields) in TRACKED.items() if of == kind)


def _item_of_activity(one: Activity) -> Item:
    return Item(
        at=one.at,
        who=name_of(one.actor),
        sentence=sentence_of_activity(one),
        label=activity_called(one),
        moved=moved(one),
        note=note_of(one),
        details=details_of(one),
    )
