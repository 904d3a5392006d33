"""How far a project is, and what came of it: the only writer of both."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from innoteams.lib.rich_text import plain
from innoteams.lib.verdicts import Refused, demand
from projects.choices import LIVE_OUTCOMES, Outcome, Phase, Verb
from projects.endings import Answers, as_answer, write_ending, write_lesson
from projects.history import record, revise, snapshot
from projects.locking import locked
from projects.models import OutcomeMove, PhaseMove, Project
from projects.permissions import can_edit_project
from projects.refusals import RefusedField

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# One step forward at a time; back to any earlier phase, because learning sends people back.
MOVES: dict[Phase, tuple[Phase, ...]] = {
    Phase.INVESTIGATE: (Phase.GENERATE,),
    Phase.GENERATE: (Phase.PREPARE, Phase.INVESTIGATE),
    Phase.PREPARE: (Phase.DELIVER_ADAPT, Phase.GENERATE, Phase.INVESTIGATE),
    Phase.DELIVER_ADAPT: (Phase.PREPARE, Phase.GENERATE, Phase.INVESTIGATE),
}


# What may come of a project after what. It stops only through an ending (projects.endings); what stopped is taken up
# again as a project in progress and as nothing else. “Not known” is what public sources leave open, and what a team
# says of work that it has let go.
OUTCOMES: dict[Outcome, tuple[Outcome, ...]] = {
    Outcome.IN_PROGRESS: (
        Outcome.DELIVERED, Outcome.SUSTAINED, Outcome.SCALED, Outcome.HANDED_OVER, Outcome.STOPPED,
    ),
    Outcome.DELIVERED: (
        Outcome.SUSTAINED, Outcome.SCALED, Outcome.HANDED_OVER, Outcome.STOPPED, Outcome.IN_PROGRESS, Outcome.UNKNOWN,
    ),
    Outcome.SUSTAINED: (Outcome.SCALED, Outcome.HANDED_OVER, Outcome.STOPPED, Outcome.IN_PROGRESS),
    Outcome.SCALED: (Outcome.SUSTAINED, Outcome.HANDED_OVER, Outcome.STOPPED, Outcome.IN_PROGRESS),
    Outcome.HANDED_OVER: (
        Outcome.SUSTAINED, Outcome.SCALED, Outcome.STOPPED, Outcome.IN_PROGRESS, Outcome.UNKNOWN,
    ),
    Outcome.STOPPED: (Outcome.IN_PROGRESS,),
    Outcome.UNKNOWN: (
        Outcome.IN_PROGRESS, Outcome.DELIVERED, Outcome.SUSTAINED, Outcome.SCALED, Outcome.HANDED_OVER, Outcome.STOPPED,
    ),
}  # fmt: skip


class NoSuchMove(Refused):
    """The table does not lead from the present phase to that one."""


class NoSuchOutcome(Refused):
    """The table does not lead from the present outcome to that one."""


class NoteMissing(RefusedField):
    field = "note"


class LessonMissing(RefusedField):
    field = "lesson"


def outcomes_from(outcome: str) -> tuple[Outcome, ...]:
    return OUTCOMES[Outcome(outcome)]


def moves_from(phase: str) -> tuple[Phase, ...]:
    return MOVES[Phase(phase)]


@transaction.atomic
def move_phase(*, by: User, project: Project, to: str, note: str) -> Project:
    """On or back by the table MOVES, with a note that says why."""
    demand(can_edit_project(by, project))
    now = locked(project)
    if to == now.phase:
        raise NoSuchMove(_("The project is in this phase already; somebody may have moved it just now."))
    if now.outcome == Outcome.STOPPED:
        raise NoSuchMove(_("This project has stopped. Take it up again first."))
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
def conclude(
    *, by: User, project: Project, outcome: str, note: str = "", lesson: str = "", ending: Answers | None = None
) -> Project:
    """Says what came of the project, by the table OUTCOMES, with a note that says why.

    It stops only with an ending; `lesson`, or the lesson that stands there, is an ending's advice where none is given.
    A stopped project may be taken up again: it counts as live once more, and its ending stays in the record.
    """
    demand(can_edit_project(by, project))
    now = locked(project)
    if outcome not in outcomes_from(now.outcome):
        raise NoSuchOutcome(_no_way(now.outcome, outcome))
    after = Outcome(outcome)
    if lesson.strip():
        write_lesson(by=by, what=now, text=lesson)
    if after == Outcome.STOPPED:
        return _stop(now, by, ending or _from_lesson(now))
    if not note.strip():
        raise NoteMissing(_("Say in a sentence why: the next reader will ask."))
    move = _come_to(now, after, by, note)
    record(Verb.OUTCOME_CHANGED, now, by=by, outcome_move=move, facts={"from": move.from_outcome, "to": after.value})
    return now


def _stop(now: Project, by: User, answers: Answers) -> Project:
    """One line of activity: that it ended, with what was learned."""
    told = write_ending(by=by, what=now, answers=answers)
    move = _come_to(now, Outcome.STOPPED, by)
    facts: dict[str, object] = {"from": move.from_outcome, "to": move.to_outcome}
    record(Verb.ENDED_WITH_LESSON, now, by=by, ending=told, outcome_move=move, facts=facts)
    return now


def _come_to(now: Project, outcome: Outcome, by: User, note: str = "") -> OutcomeMove:
    before, now.outcome = now.outcome, outcome
    now.last_confirmed_on = timezone.localdate()
    now.save(update_fields=["outcome", "last_confirmed_on", "updated_at"])
    if outcome not in LIVE_OUTCOMES and now.stuck_since is not None:
        _no_more_stuck(now, by)
    return OutcomeMove.objects.create(
        project=now, from_outcome=before, to_outcome=outcome.value, note=note.strip(), by=by
    )


def _no_more_stuck(now: Project, by: User) -> None:
    """What has come to an end is not stuck; that it was stays in the history."""
    text = snapshot(now)
    now.stuck_since, now.stuck_why = None, ""
    now.save(update_fields=["stuck_since", "stuck_why"])
    revise(now, text, by=by)


def _from_lesson(now: Project) -> Answers:
    if not plain(now.lesson):
        raise LessonMissing(_("A project that stopped is worth the most to others with what was learned."))
    return Answers(advice=as_answer(now.lesson), language=now.language)


def _no_way(before: str, after: str) -> "StrPromise":
    if before == after:
        return _("That stands there already; somebody may have said so just now.")
    if before == Outcome.STOPPED:
        return _("This project has stopped. Take it up again first.")
    return _("From where the project stands now, this cannot come of it.")
