"""The graceful ending: the five answers that belong to everything that stops.

Nothing stops here: `phases.conclude` and `pilots.decide_pilot` do that, and have `write_ending` keep the answers in the
same transaction. What is said of it afterwards is `change_ending` and `tell_ending`.
"""

from dataclasses import dataclass, fields

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from innoteams.lib.rich_text import plain
from innoteams.lib.verdicts import Refused, demand
from projects.choices import Decision, Outcome, Verb
from projects.history import record, revise, snapshot, touch
from projects.locking import EditedMeanwhile, locked
from projects.models import Ending, Pilot, Project
from projects.permissions import can_edit_project
from projects.refusals import RefusedField

# As long as an answer may be.
MOST_LETTERS = 1200


class AdviceMissing(RefusedField):
    """Nothing stops without the one answer that is for others."""

    field = "advice"


class StillGoesOn(Refused):
    """There is nothing to tell the end of."""


class ToldAlready(Refused):
    """Somebody has answered the five questions already."""


@dataclass(frozen=True, slots=True)
class Answers:
    """To the five questions, in `language`. Only the advice must be there."""

    advice: str
    hoped: str = ""
    happened: str = ""
    why: str = ""
    stays: str = ""
    language: str = ""


TEXTS = tuple(field.name for field in fields(Answers))


def as_answer(text: str) -> str:
    """A longer text, with or without form, as far as it fits into an answer; cut between words."""
    words = plain(text)
    if len(words) <= MOST_LETTERS:
        return words
    return words[: MOST_LETTERS - 1].rsplit(None, 1)[0] + "…"


def has_stopped(what: Project | Pilot) -> bool:
    if isinstance(what, Pilot):
        return what.decision == Decision.STOP
    return bool(what.outcome == Outcome.STOPPED)


def write_ending(*, by: User, what: Project | Pilot, answers: Answers) -> Ending:
    """Keeps the answers about `what`, which the caller holds locked and has stop in this very transaction.

    A project that was taken up again and stops once more has its ending written anew; what it said before is in its
    history. The advice becomes the lesson where none was written down.
    """
    if not answers.advice.strip():
        raise AdviceMissing(_("One sentence is enough: what would you tell a city that starts tomorrow?"))
    project, pilot = (what.project, what) if isinstance(what, Pilot) else (what, None)
    ending = _ending_of(what).select_for_update(of=("self",)).first()
    before = snapshot(ending) if ending else {}
    if ending is None:
        ending = Ending(project=project, pilot=pilot)
    else:
        ending.version += 1
    earlier = ending.advice
    for name in TEXTS:
        setattr(ending, name, getattr(answers, name).strip())
    ending.language = ending.language or project.language
    ending.author, ending.ended_at = by, timezone.now()
    ending.save()
    revise(ending, before, by=by)
    _keep_lesson(what, earlier, ending.advice, by)
    return ending


@transaction.atomic
def tell_ending(*, by: User, what: Project | Pilot, answers: Answers) -> Ending:
    """Answers the questions about something that stopped before anybody asked them."""
    project = what.project if isinstance(what, Pilot) else what
    demand(can_edit_project(by, project))
    now = locked(what)
    if not has_stopped(now):
        raise StillGoesOn(_("This goes on; somebody may have taken it up again just now."))
    if _ending_of(now).exists():
        raise ToldAlready(_("Somebody has told this already; open the page again to read it."))
    ending = write_ending(by=by, what=now, answers=answers)
    touch(project)
    record(Verb.ENDED_WITH_LESSON, project, by=by, ending=ending, pilot=ending.pilot)
    return ending


@transaction.atomic
def change_ending(*, by: User, ending: Ending, version: int, **answers: str) -> Ending:
    """Corrects answers given earlier; raises EditedMeanwhile if somebody saved since `version`."""
    demand(can_edit_project(by, ending.project))
    if unknown := set(answers) - set(TEXTS):
        raise TypeError(f"not for this verb: {', '.join(sorted(unknown))}")
    # What ended is held first, as by whoever stops it.
    what = locked(ending.pilot or ending.project)
    now = locked(ending)
    if now.version != version:
        raise EditedMeanwhile(now, answers)
    if not answers.get("advice", now.advice).strip():
        raise AdviceMissing(_("One sentence is enough: what would you tell a city that starts tomorrow?"))
    before = snapshot(now)
    for name, text in answers.items():
        setattr(now, name, text.strip())
    if not (changed := [name for name in TEXTS if before[name] != getattr(now, name)]):
        return now
    now.version += 1
    now.save(update_fields=[*changed, "version"])
    revise(now, before, by=by)
    _keep_lesson(what, str(before["advice"]), now.advice, by)
    touch(now.project)
    verb = Verb.PILOT_CHANGED if now.pilot_id else Verb.PROJECT_CHANGED
    record(verb, now.project, by=by, ending=now, pilot=now.pilot, facts={"fields": ["ending"]})
    return now


def write_lesson(*, by: User, what: Project | Pilot, text: str) -> None:
    """Writes the lesson of `what`, which the caller holds locked, with its history."""
    name = _lesson_field(what)
    before = snapshot(what)
    setattr(what, name, text)
    what.version += 1
    what.save(update_fields=[name, "version"])
    revise(what, before, by=by)


def _ending_of(what: Project | Pilot) -> models.QuerySet[Ending]:
    if isinstance(what, Pilot):
        return Ending.objects.filter(pilot=what)
    return Ending.objects.filter(project=what, pilot=None)


def _keep_lesson(what: Project | Pilot, earlier: str, advice: str, by: User) -> None:
    """Search, lists and the first page read the lesson: it says what the advice says unless it was written apart."""
    lesson = plain(getattr(what, _lesson_field(what)))
    if lesson in ("", earlier) and lesson != advice:
        write_lesson(by=by, what=what, text=advice)


def _lesson_field(what: Project | Pilot) -> str:
    return "lessons" if isinstance(what, Pilot) else "lesson"
