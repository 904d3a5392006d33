"""One function for each message about check-ins, questions and adaptations. Each answers the sent
message, or None where the person does not see (any more) what it would tell of."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from cities.permissions import belongs_to
from engagement.choices import CheckInState
from engagement.models import CheckIn, Letter, Question
from innoteams.lib import mail
from projects.choices import Visibility
from projects.models import Activity, Project


def message_id(letter: Letter) -> str:
    """The same at every attempt, so that a letter that comes twice is folded into one by mail programs."""
    return f"<letter-{letter.pk}@{mail.mail_domain()}>"


def check_in_opened(letter: Letter) -> EmailMessage | None:
    return _about_check_in(letter, "checkin_opened", CheckInState.DRAFTED)


def check_in_submitted(letter: Letter) -> EmailMessage | None:
    return _about_check_in(letter, "checkin_submitted", CheckInState.SUBMITTED)


def check_in_returned(letter: Letter) -> EmailMessage | None:
    return _about_check_in(letter, "checkin_returned", CheckInState.RETURNED)


def check_in_accepted(letter: Letter) -> EmailMessage | None:
    return _about_check_in(letter, "checkin_accepted", CheckInState.ACCEPTED)


def check_in_dates(letter: Letter) -> EmailMessage | None:
    """The newest days of its period, once, and only while they still matter to the team."""
    rows = CheckIn.objects.visible_to(letter.person).exclude(state=CheckInState.ACCEPTED)
    check_in = rows.filter(pk=letter.check_in_id).select_related("team__city", "period__programme__operator").first()
    newer = Letter.objects.filter(
        kind=letter.kind, person=letter.person_id, check_in=letter.check_in_id, pk__gt=letter.pk
    )
    change = check_in.period.changes.last() if check_in else None
    if check_in is None or change is None or newer.exists():
        return None
    return _write(letter, "checkin_dates", check_in.get_absolute_url(), check_in=check_in, change=change)


def question_asked(letter: Letter) -> EmailMessage | None:
    """To whom answers for the project; not about a question that was closed before the worker came."""
    question = _question_seen_by(letter)
    if question is None or question.project is None or question.closed_at:
        return None
    if not belongs_to(letter.person, question.project.team):
        return None
    return _write(letter, "question_asked", _place_of(question), question=question, quoted=_is_open(question.project))


def question_answered(letter: Letter) -> EmailMessage | None:
    """To the person who asked, with the answers since the last such letter."""
    question = _question_seen_by(letter)
    if question is None:
        return None
    earlier = Letter.objects.filter(kind=letter.kind, person=letter.person_id, question=question, pk__lt=letter.pk)
    answers = question.answers.exclude(author=letter.person_id).select_related("author", "team__city")
    if last := earlier.order_by("-pk").first():
        answers = answers.filter(answered_at__gt=last.created_at)
    told = list(answers)
    if not told:
        return None
    quoted = question.project is None or _is_open(question.project)
    return _write(letter, "question_answered", _place_of(question), question=question, answers=told, quoted=quoted)


def project_adapted(letter: Letter) -> EmailMessage | None:
    return _about_adaptation(letter, "project_adapted")


def adaptation_reported(letter: Letter) -> EmailMessage | None:
    return _about_adaptation(letter, "adaptation_reported")


def _about_adaptation(letter: Letter, template: str) -> EmailMessage | None:
    """Only while the person belongs to the source's team and sees both projects."""
    rows = Activity.objects.visible_to(letter.person).select_related(
        "project__team__city", "adaptation__project__team__city"
    )
    activity: Activity | None = rows.filter(pk=letter.activity_id).first()
    if activity is None or activity.adaptation is None or not belongs_to(letter.person, activity.project.team):
        return None
    theirs = activity.adaptation.project
    return _write(
        letter,
        template,
        theirs.get_absolute_url(),
        project=activity.project,
        adaptation=activity.adaptation,
        theirs=theirs,
        quoted=_is_open(theirs),
    )


def _question_seen_by(letter: Letter) -> Question | None:
    rows = Question.objects.visible_to(letter.person).select_related("author", "team__city", "project__team__city")
    question: Question | None = rows.filter(pk=letter.question_id).first()
    return question


def _place_of(question: Question) -> str:
    if question.project is None:
        return question.get_absolute_url()
    return f"{reverse('project_questions', args=[question.project.slug])}#question-{question.pk}"


def _is_open(project: Project) -> bool:
    """A mail cannot be taken back, so it quotes only what the whole network reads anyway."""
    return project.visibility in (Visibility.NETWORK, Visibility.PUBLIC)


def _about_check_in(letter: Letter, template: str, state: CheckInState) -> EmailMessage | None:
    """Only while it is still so: a letter that waited too long tells nothing that has changed since."""
    rows = CheckIn.objects.visible_to(letter.person).select_related("team__city", "period__programme__operator")
    check_in = rows.filter(pk=letter.check_in_id, state=state).first()
    if check_in is None:
        return None
    moves = check_in.moves.filter(to_state=state, takes_back=False).select_related("by")
    # How many parts are asked about; what is asked is read on the page, by those who see the part.
    asked = check_in.comments.filter(asks=True, settled_at=None).values("part").distinct().count()
    return _write(
        letter,
        template,
        check_in.get_absolute_url(),
        check_in=check_in,
        move=moves.order_by("-at", "-pk").first(),
        asked=asked,
        is_again=check_in.versions.filter(taken_back_at=None).count() > 1,
    )


def _write(letter: Letter, template: str, path: str, **context: object) -> EmailMessage:
    person = letter.person
    return mail.send(
        template,
        person,
        person.language,
        {"person": person, "link": f"{settings.SITE_URL}{path}", **context},
        message_id=message_id(letter),
        time_zone=person.zone,
    )
