"""Short questions to the network and their answers."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cities.models import Team
from cities.permissions import belongs_to
from engagement import letters
from engagement.choices import LetterKind
from engagement.models import Answer, CheckIn, Letter, Question
from engagement.permissions import can_answer_question, can_ask_question, can_close_question, writes_check_in
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.models import Project

MOST_IN_A_DAY = 10


class TooMany(Refused):
    """MOST_IN_A_DAY questions of this person in the last 24 hours."""


class ClosedMeanwhile(Refused):
    """The question was closed while the answer was being written."""


@transaction.atomic
def ask(
    *,
    by: User,
    text: str,
    context: str = "",
    language: str,
    team: Team | None = None,
    project: Project | None = None,
    check_in: CheckIn | None = None,
) -> Question:
    """Asks the network, or, about a project, everybody who sees that project; the person to talk to about it, or the
    leads of its team, get a letter. `check_in`: whose wish for help it was made from. Raises NotAllowed or TooMany."""
    demand(can_ask_question(by))
    if check_in is not None:
        demand(writes_check_in(by, check_in))
    User.objects.select_for_update().filter(pk=by.pk).first()
    since = timezone.now() - dt.timedelta(days=1)
    if Question.objects.filter(author=by, asked_at__gt=since).count() >= MOST_IN_A_DAY:
        raise TooMany(_("You have asked ten questions today, which is the most. Come back tomorrow."))
    question = Question.objects.create(
        author=by,
        team=team if team and belongs_to(by, team) else None,
        project=project,
        check_in=check_in,
        text=text.strip(),
        context=context.strip(),
        language=language,
    )
    if project and not project.is_from_public_source:
        to = [person for person in letters.spokespeople_of(project) if person.pk != by.pk]
        letters.write(LetterKind.QUESTION_ASKED, [(person, question) for person in to])
    return question


@transaction.atomic
def answer(*, by: User, question: Question, text: str, language: str, team: Team | None = None) -> Answer:
    """Raises NotAllowed, or ClosedMeanwhile where the question was closed since the page was opened."""
    now: Question = _rows().select_for_update(of=("self",)).get(pk=question.pk)
    if now.closed_at is not None:
        raise ClosedMeanwhile(_("The question was closed while you were writing. What you typed is kept below."))
    demand(can_answer_question(by, now))
    if team is None and now.project and not now.project.is_from_public_source:
        # Whoever writes for the team that was asked answers in its name.
        team = now.project.team
    answered = Answer.objects.create(
        question=now,
        author=by,
        team=team if team and belongs_to(by, team) else None,
        text=text.strip(),
        language=language,
    )
    _tell_asker(now, by)
    return answered


def _rows() -> QuerySet[Question]:
    rows: QuerySet[Question] = Question.objects.select_related("author", "project__team")
    return rows


def _tell_asker(question: Question, by: User) -> None:
    """One letter tells of all the answers that have come by the time it is posted."""
    asker = question.author
    if asker.pk == by.pk or not asker.is_active:
        return
    # Held, so that the worker does not take it before this answer is there for it to tell.
    waiting = Letter.objects.select_for_update().filter(
        kind=LetterKind.QUESTION_ANSWERED, question=question, person=asker, closed_at=None, attempts=0
    )
    if not waiting.first():
        letters.write(LetterKind.QUESTION_ANSWERED, [(asker, question)])


@transaction.atomic
def close(*, by: User, question: Question) -> Question:
    """It is answered, or not open any more; it stays readable."""
    demand(can_close_question(by, question))
    question.closed_at = question.closed_at or timezone.now()
    question.save(update_fields=["closed_at"])
    return question


@transaction.atomic
def reopen(*, by: User, question: Question) -> Question:
    demand(can_close_question(by, question))
    question.closed_at = None
    question.save(update_fields=["closed_at"])
    return question
