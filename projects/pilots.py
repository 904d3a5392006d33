"""Pilots: one thing tried, what was seen, what was learned, and what is decided."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.choices import Decision, Verb
from projects.history import changes_in, record, revise, snapshot, touch
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
CHANGEABLE = frozenset({"title", "place", "starts_on", "ends_on", "hypothesis", "observations", "lessons"})


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
    before = snapshot(now)
    changed = changes_in(now, fields)
    for name in changed:
        setattr(now, name, fields[name])
    _demand_order(now.starts_on, now.ends_on)
    if not changed:
        return now
    now.version += 1
    now.save(update_fields=[*changed, "version"])
    touch(now.project)
    record(Verb.PILOT_CHANGED, now.project, by=by, pilot=now, facts={"fields": sorted(changed)})
    revise(now, before, by=by)
    return now


@transaction.atomic
def decide_pilot(*, by: User, pilot: Pilot, decision: str, note: str = "", lessons: str = "") -> Pilot:
    """Scale, adapt, hand over or stop. Stopping asks what was learned: that is a result like any other."""
    demand(can_edit_project(by, pilot.project))
    now = locked(pilot)
    before, after = now.decision, Decision(decision)
    if after not in decisions_from(before):
        raise NoSuchDecision(
            _("This pilot was stopped; to try again, start a new one.")
            if before == Decision.STOP
            else _("That is not open any more; somebody may have decided just now.")
        )
    learned = lessons.strip() or now.lessons
    if after == Decision.STOP and not learned.strip():
        raise LessonsMissing(_("What was learned? A stopped pilot with its lesson saves another city a year."))
    if learned != now.lessons:
        now.version += 1
    text_before = snapshot(now)
    now.decision, now.decision_note, now.lessons = after, note.strip(), learned
    now.decided_at, now.decided_by = timezone.now(), by
    now.save(update_fields=["decision", "decision_note", "lessons", "version", "decided_at", "decided_by"])
    touch(now.project)
    record(Verb.PILOT_DECIDED, now.project, by=by, pilot=now, facts={"from": before, "to": after.value})
    revise(now, text_before, by=by)
    return now


def _demand_order(starts_on: dt.date | None, ends_on: dt.date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise EndsBeforeStart(_("A pilot ends after it starts."))
