"""How far a project is, and what came of it: the only writer of both."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.choices import Outcome, Phase, Verb
from projects.history import record, revise, snapshot
from projects.locking import locked
from projects.models import PhaseMove, Project
from projects.permissions import can_edit_project
from projects.refusals import RefusedField

# One step forward at a time; back to any earlier phase, because learning sends people back.
MOVES: dict[Phase, tuple[Phase, ...]] = {
    Phase.INVESTIGATE: (Phase.GENERATE,),
    Phase.GENERATE: (Phase.PREPARE, Phase.INVESTIGATE),
    Phase.PREPARE: (Phase.DELIVER_ADAPT, Phase.GENERATE, Phase.INVESTIGATE),
    Phase.DELIVER_ADAPT: (Phase.PREPARE, Phase.GENERATE, Phase.INVESTIGATE),
}


class NoSuchMove(Refused):
    """The table does not lead from the present phase to that one."""


class NoteMissing(RefusedField):
    field = "note"


class LessonMissing(RefusedField):
    field = "lesson"


def moves_from(phase: str) -> tuple[Phase, ...]:
    return MOVES[Phase(phase)]


@transaction.atomic
def move_phase(*, by: User, project: Project, to: str, note: str) -> Project:
    """On or back by the table MOVES, with a note that says why."""
    demand(can_edit_project(by, project))
    now = locked(project)
    if to == now.phase:
        raise NoSuchMove(_("The project is in this phase already; somebody may have moved it just now."))
    if to not in moves_from(now.phase):
        raise NoSuchMove(_("From “%(phase)s” the project cannot move there.") % {"phase": Phase(now.phase).label})
    if not note.strip():
        raise NoteMissing(_("Say in a sentence why it moves: the next reader will ask."))
    move = PhaseMove.objects.create(project=now, from_phase=now.phase, to_phase=to, note=note.strip(), by=by)
    now.phase = to
    now.last_confirmed_on = timezone.localdate()
    now.save(update_fields=["phase", "last_confirmed_on", "updated_at"])
    record(Verb.PHASE_MOVED, now, by=by, phase_move=move, facts={"from": move.from_phase, "to": move.to_phase})
    return now


@transaction.atomic
def conclude(*, by: User, project: Project, outcome: str, lesson: str = "") -> Project:
    """Says what came of the project. Stopping it asks what was learned, unless that stands there already."""
    demand(can_edit_project(by, project))
    now = locked(project)
    before, after = now.outcome, Outcome(outcome)
    learned = lesson.strip() or now.lesson
    if after == Outcome.STOPPED and not learned.strip():
        raise LessonMissing(_("A project that stopped is worth the most to others with what was learned."))
    if after == before and learned == now.lesson:
        return now
    if learned != now.lesson:
        now.version += 1
    text_before = snapshot(now)
    now.outcome, now.lesson = after, learned
    now.last_confirmed_on = timezone.localdate()
    now.save(update_fields=["outcome", "lesson", "version", "last_confirmed_on", "updated_at"])
    record(Verb.OUTCOME_CHANGED, now, by=by, facts={"from": before, "to": after.value})
    revise(now, text_before, by=by)
    return now
