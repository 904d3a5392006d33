"""Bringing an earlier text back, by the same verbs that change it: their permissions, rules and history all apply."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from cities.models import Department, Topic
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects import evidence, pilots, records
from projects.adaptations import report_back
from projects.attachments import change_attachment
from projects.choices import PartKind, Verb
from projects.endings import TEXTS, change_ending
from projects.evidence import change_consultation, change_indicator
from projects.history import LISTS, POINT, record, revise, snapshot
from projects.journal import change_journal
from projects.locking import EditedMeanwhile, locked
from projects.models import (
    Adaptation,
    Attachment,
    Consultation,
    Ending,
    Indicator,
    JournalEntry,
    Pilot,
    Project,
    Revision,
)
from projects.permissions import can_edit_project
from projects.pilots import change_pilot
from projects.records import change_project


class PartGone(Refused):
    """The part was removed since."""


class NotBroughtBack(Refused):
    """Of this kind nothing is brought back: it is corrected, and the correction keeps its own history."""


class NothingToBringBack(Refused):
    """All of it stands there as it did then, or there was nothing earlier."""


class ContactLeft(Refused):
    """The person who was named is not of the team any more."""


@dataclass(frozen=True)
class Way:
    """How one kind of part gets an earlier text back: its verb, what the verb calls the part, and what it may write."""

    model: type[models.Model]
    change: Callable[..., models.Model]
    called: str
    fields: frozenset[str]
    # Where the verb writes the part whole: all that it takes, of which the rest stays as it stands.
    whole: frozenset[str] = frozenset()


_ENTRY = frozenset({"happened_on", "text", "language"})
_ORIGIN = frozenset({"kept", "changed", "came_of_it", "outside_name", "outside_url"})
_FILE = frozenset({"alt", "consent", "credit"})
# Who sees a part is not in it: sharing wider again is a decision of its own, never the side effect of an undo.
WAYS: dict[str, Way] = {
    PartKind.PROJECT: Way(Project, change_project, "project", records.CHANGEABLE | set(LISTS)),
    PartKind.PILOT: Way(Pilot, change_pilot, "pilot", pilots.CHANGEABLE - {"visibility"}),
    PartKind.JOURNAL: Way(JournalEntry, change_journal, "entry", _ENTRY, whole=_ENTRY),
    PartKind.CONSULTATION: Way(
        Consultation, change_consultation, "consultation", evidence.CONSULTATION_FIELDS - {"visibility"}
    ),
    PartKind.INDICATOR: Way(Indicator, change_indicator, "indicator", evidence.INDICATOR_FIELDS - {"visibility"}),
    PartKind.ENDING: Way(Ending, change_ending, "ending", frozenset(TEXTS)),
    PartKind.ADAPTATION: Way(Adaptation, report_back, "adaptation", _ORIGIN, whole=_ORIGIN),
    PartKind.ATTACHMENT: Way(Attachment, change_attachment, "attachment", _FILE, whole=_FILE | {"visibility"}),
}
# What an activity row calls the part.
_IN_ACTIVITY = {PartKind.JOURNAL: "journal_entry"}


@dataclass(frozen=True)
class Step:
    """One field, as it stands now and as it would stand; `problem` says why it cannot come back."""

    name: str
    now: object
    then: object
    problem: str = ""


@dataclass(frozen=True)
class Plan:
    row: Any
    steps: list[Step]

    @property
    def possible(self) -> list[Step]:
        return [step for step in self.steps if not step.problem]


def can_come_back(revision: Revision) -> bool:
    """Whether it is worth offering; what would change now is only known from `plan_restore`."""
    way = WAYS.get(revision.kind)
    return bool(way and revision.after and any(_field(name) in way.fields for name in revision.before))


def plan_restore(revision: Revision) -> Plan:
    """What bringing back would change now. Raises PartGone, NotBroughtBack or NothingToBringBack."""
    return _plan(revision, _row_of(revision))


@transaction.atomic
def restore(*, by: User, revision: Revision, version: int, only: Collection[str] | None = None) -> models.Model:
    """Brings back what the fields said before this revision; `only`: the names of those that are wanted.

    Raises what plan_restore raises, EditedMeanwhile if somebody saved since `version`, ContactLeft, and what the verb
    of the part raises.
    """
    demand(can_edit_project(by, revision.project))
    row = locked(_row_of(revision))
    if getattr(row, "version", None) != version:
        raise EditedMeanwhile(row, {})
    wanted = set(only or ())
    if wanted & set(POINT):
        wanted.update(POINT)
    steps = [step for step in _plan(revision, row).steps if only is None or step.name in wanted]
    if not steps:
        raise NothingToBringBack(_("Choose what should come back."))
    if problem := next((step.problem for step in steps if step.problem), ""):
        raise ContactLeft(problem)
    return _bring_back(by, revision, row, version, steps)


def _bring_back(by: User, revision: Revision, row: models.Model, version: int, steps: list[Step]) -> models.Model:
    way = WAYS[revision.kind]
    before = snapshot(row)
    of_part = Revision.objects.filter(project=revision.project_id, kind=revision.kind, part=revision.part)
    newest = of_part.order_by("-pk").values_list("pk", flat=True).first() or 0
    values = {_field(step.name): _as_value(row, step) for step in steps}
    brought = sorted(values)
    values |= {name: getattr(row, name) for name in way.whole - set(values)}
    changed = way.change(by=by, version=version, **{way.called: row}, **values)
    # The verb wrote the revision; that it brings back an earlier one is for this verb to say.
    if not of_part.filter(pk__gt=newest).update(restores=revision):
        revise(changed, before, by=by, restores=revision)
    part = {} if isinstance(row, Project) else {_IN_ACTIVITY.get(PartKind(revision.kind), way.called): row}
    record(Verb.RESTORED, revision.project, by=by, facts={"fields": brought}, **part)
    return changed


def _row_of(revision: Revision) -> models.Model:
    way = WAYS.get(revision.kind)
    if way is None:
        raise NotBroughtBack(_("This is not brought back: what is corrected keeps both figures and texts by itself."))
    if revision.kind == PartKind.PROJECT:
        # As it is now: the one that came with the revision may have been read before somebody saved.
        fresh: Project = Project.objects.select_related("team__city").defer("words").get(pk=revision.project_id)
        return fresh
    parts = way.model._default_manager.select_related("project__team__city")
    found = parts.filter(project=revision.project_id, pk=revision.part).first()
    if found is None:
        raise PartGone(_("This part was removed since, so there is no place for its earlier text."))
    return found


def _plan(revision: Revision, row: models.Model) -> Plan:
    if not revision.before:
        raise NothingToBringBack(_("This is how it began: there is no earlier text."))
    now, allowed = snapshot(row), WAYS[revision.kind].fields
    steps = [_step(row, name, now.get(name), then) for name, then in revision.before.items() if _field(name) in allowed]
    steps = [step for step in steps if step.now != step.then]
    if not steps:
        raise NothingToBringBack(_("All of this stands there already as it did before."))
    return Plan(row, steps)


def _step(row: models.Model, name: str, now: object, then: object) -> Step:
    if name in LISTS and isinstance(row, Project) and isinstance(then, list):
        there = {_word(name, item) for item in _found(row, name, then)}
        return Step(name, now, [word for word in then if word in there])
    if name.endswith("_id") and isinstance(row, Project):
        return Step(name, now, then, _why_not_named(row, then))
    return Step(name, now, then)


def _why_not_named(project: Project, person: object) -> str:
    if person is None or project.team.memberships.current().belonging().filter(person=person).exists():
        return ""
    return _("The person who was named then is not of the team any more.")


def _found(project: Project, name: str, words: Iterable[object]) -> Any:
    """The topics and departments of these words that there still are."""
    if name == "topics":
        return Topic.objects.filter(slug__in=words)
    return Department.objects.filter(city=project.team.city_id, name__in=words)


def _word(name: str, item: Any) -> object:
    return item.slug if name == "topics" else item.name


def _field(name: str) -> str:
    """What the verbs call it: they take people, the history keeps their keys."""
    return name.removesuffix("_id")


def _as_value(row: models.Model, step: Step) -> object:
    """From what JSON holds to what the verb takes."""
    if isinstance(row, Project) and isinstance(step.then, list):
        found = _found(row, step.name, step.then)
        if step.name == "topics":
            return sorted(found, key=lambda topic: step.then.index(topic.slug))  # type: ignore[attr-defined]  # a list
        return found
    if step.name.endswith("_id"):
        return User.objects.get(pk=step.then) if isinstance(step.then, int) else None
    return row._meta.get_field(step.name).to_python(step.then)  # type: ignore[union-attr]  # a column of its own
