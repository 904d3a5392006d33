"""Pilots: one thing tried, what was seen, what was learned, and what is decided."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from innoteams.lib.rich_text import plain
from innoteams.lib.verdicts import Refused, demand
from projects.choices import Decision, Verb
from projects.endings import Answers, as_answer, write_ending, write_lesson
from projects.history import changes_in, record, revise, snapshot, touch
from projects.levels import level_facts
from projects.locking import EditedMeanwhile, locked
from projects.models import Pilot, Project
from projects.permissions import can_edit_project
from projects.refusals import RefusedField

# A decision may be revised, except that a stopped pilot stays stopped: trying again is a new pilot.
DECISIONS: dict[Decision, tuple[Decision, ...]] = {
    Decision.UNDECIDED: (Decision.SCALE, Decision.ADAPT, Decision.HAND_OVER, Decision.STOP),
    Decision.ADAPT: (Decision.SCALE, Decision.HAND_OVER, Decision.STOP),
    Decision.SCALE: (Decision.ADAPT, Decision.HAND_OVER, Decision.STOP),
    Decision.HAND_OVER: (Decision.STOP,),
    Decision.STOP: (),
}
CHANGEABLE = frozenset(
    {"title", "place", "starts_on", "ends_on", "hypothesis", "observations", "lessons", "visibility"}
)


class EndsBeforeStart(RefusedField):
    field = "ends_on"


class LessonsMissing(RefusedField):
    field = "lessons"


class NoSuchDecision(Refused):
    """The table does not lead from the present decision to that one."""


def decisions_from(decision: str) -> tuple[Decision, ...]:
    return DECISIONS[Decision(decision)]


@transaction.atomic
def start_pilot(
    *,
    by: User,
    project: Project,
    title: str,
    hypothesis: str,
    place: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    observations: str = "",
    lessons: str = "",
    visibility: str = "",
) -> Pilot:
    """Something is tried, with what the team expects to happen."""
    demand(can_edit_project(by, project))
    _demand_order(starts_on, ends_on)
    pilot = Pilot.objects.create(
        project=project,
        title=title,
        hypothesis=hypothesis,
        place=place,
        starts_on=starts_on,
        ends_on=ends_on,
        observations=observations,
        lessons=lessons,
        visibility=visibility,
    )
    touch(project)
    record(Verb.PILOT_ADDED, project, by=by, pilot=pilot)
    revise(pilot, {}, by=by)
    return pilot


@transaction.atomic
def change_pilot(*, by: User, pilot: Pilot, version: int, **fields: object) -> Pilot:
    """Writes down what is seen and learned; raises EditedMeanwhile if somebody saved since `version`."""
    demand(can_edit_project(by, pilot.project))
    if unknown := set(fields) - CHANGEABLE:
        raise TypeError(f"not for this verb: {', '.join(sorted(unknown))}")
    now = locked(pilot)
    if now.version != version:
        raise EditedMeanwhile(now, fields)
    before, level = snapshot(now), level_facts(now, fields)
    changed = changes_in(now, fields)
    for name in changed:
        setattr(now, name, fields[name])
    _demand_order(now.starts_on, now.ends_on)
    if not changed:
        return now
    now.version += 1
    now.save(update_fields=[*changed, "version"])
    touch(now.project)
    record(Verb.PILOT_CHANGED, now.project, by=by, pilot=now, facts={"fields": sorted(changed), **level})
    revise(now, before, by=by)
    return now


@transaction.atomic
def decide_pilot(
    *, by: User, pilot: Pilot, decision: str, note: str = "", lessons: str = "", ending: Answers | None = None
) -> Pilot:
    """Scale, adapt, hand over or stop, by the table DECISIONS.

    It stops only with an ending, a result like any other; `lessons`, or those that stand there, are an ending's advice
    where none is given.
    """
    demand(can_edit_project(by, pilot.project))
    now = locked(pilot)
    before, after = now.decision, Decision(decision)
    if after not in decisions_from(before):
        raise NoSuchDecision(
            _("This pilot was stopped; to try again, start a new one.")
            if before == Decision.STOP
            else _("That is not open any more; somebody may have decided just now.")
        )
    if lessons.strip():
        write_lesson(by=by, what=now, text=lessons)
    told = None
    if after == Decision.STOP:
        told = write_ending(by=by, what=now, answers=ending or _from_lessons(now, note))
    said = snapshot(now)
    now.decision, now.decision_note = after, note.strip()
    now.decided_at, now.decided_by = timezone.now(), by
    now.save(update_fields=["decision", "decision_note", "decided_at", "decided_by"])
    # The pilot's own row knows the last reason alone; the history keeps the earlier ones.
    revise(now, said, by=by)
    touch(now.project)
    # One line, whichever it is.
    verb = Verb.ENDED_WITH_LESSON if told else Verb.PILOT_DECIDED
    record(verb, now.project, by=by, pilot=now, ending=told, facts={"from": before, "to": after.value})
    return now


def _from_lessons(now: Pilot, note: str) -> Answers:
    if not plain(now.lessons):
        raise LessonsMissing(_("What was learned? A stopped pilot with its lesson saves another city a year."))
    return Answers(advice=as_answer(now.lessons), why=as_answer(note), language=now.project.language)


def _demand_order(starts_on: dt.date | None, ends_on: dt.date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise EndsBeforeStart(_("A pilot ends after it starts."))
