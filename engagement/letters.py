"""Letters: mails about one thing to one person. Written in the transaction of the change, posted by a worker."""

import datetime as dt
import logging
from collections.abc import Iterable

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cities.choices import Right
from cities.models import Membership
from engagement.choices import LetterKind
from engagement.models import CheckIn, CoachingSession, Introduction, Letter, Question
from innoteams.accounts.models import User
from projects.models import Activity, Project

logger = logging.getLogger(__name__)

_BATCH = 100
MOST_ATTEMPTS = 8
# Told to a person once for each activity, version of a session, or introduction.
ONCE = (
    LetterKind.PROJECT_ADAPTED,
    LetterKind.ADAPTATION_REPORTED,
    LetterKind.SESSION_PLANNED,
    LetterKind.SESSION_MOVED,
    LetterKind.SESSION_CALLED_OFF,
    LetterKind.SESSION_SOON,
    LetterKind.SESSION_TO_LOG,
    LetterKind.INTRODUCTION_HELPED,
)
# Longer than a batch takes at the mail server's slowest, so that a letter is not claimed twice while being posted.
LEASE = dt.timedelta(minutes=30)

About = CheckIn | Introduction | Question | Activity | CoachingSession
_FIELDS: dict[type[About], str] = {
    CheckIn: "check_in",
    Introduction: "introduction",
    Question: "question",
    Activity: "activity",
    CoachingSession: "session",
}


def write(kind: LetterKind, to: Iterable[tuple[User, About]], *, now: dt.datetime | None = None) -> None:
    """Writes down whom to tell what. Call it in the transaction of the change; the bell rings after the commit.

    About an activity, or one version of a session (its `sequence`) each person is written to once, and once
    whether an introduction helped, whoever asks for it again: the database holds that.
    """
    now = now or timezone.now()
    Letter.objects.bulk_create(
        (
            Letter(
                kind=kind,
                person=person,
                next_attempt_at=now,
                sequence=about.sequence if isinstance(about, CoachingSession) else 0,
                **{_FIELDS[type(about)]: about},
            )
            for person, about in to
        ),
        batch_size=1000,
        ignore_conflicts=kind in ONCE,
    )
    # Robust: when the broker is away, the next tick finds the letters.
    transaction.on_commit(ring, robust=True)


def ring() -> None:
    # By name: tasks import this module.
    current_app.send_task("engagement.tasks.post_letters", retry=False)


def drop(kind: LetterKind, check_in: CheckIn) -> None:
    """What it would tell is not so any more. Call it in the transaction of the change; a letter that a worker is just
    posting looks for itself whether it is still true."""
    waiting = Letter.objects.filter(kind=kind, check_in=check_in, closed_at=None)
    waiting.update(closed_at=timezone.now())


def to_leads(check_ins: Iterable[CheckIn]) -> list[tuple[User, About]]:
    """The leads of each check-in's team; where a team has none any more, its members."""
    by_team = {check_in.team_id: check_in for check_in in check_ins}
    people = Membership.objects.current().filter(
        team__in=by_team, person__is_active=True, right__in=(Right.LEAD, Right.MEMBER)
    )
    rows = list(people.select_related("person").order_by("pk"))
    led = {row.team_id for row in rows if row.right == Right.LEAD}
    told = [row for row in rows if row.right == Right.LEAD or row.team_id not in led]
    return [(row.person, by_team[row.team_id]) for row in told]


def writers_of(team_id: int) -> list[User]:
    """The team's leads, or where it has none its members."""
    people = Membership.objects.current().filter(team=team_id, person__is_active=True).select_related("person")
    ranked = [(member.right, member.person) for member in people.order_by("pk")]
    leads = [person for right, person in ranked if right == Right.LEAD]
    return leads or [person for right, person in ranked if right == Right.MEMBER]


def spokespeople_of(project: Project) -> list[User]:
    """Who answers for a project: the person to talk to, or where that one has left the team, its leads."""
    people = Membership.objects.current().belonging().filter(team=project.team_id, person__is_active=True)
    contact = people.filter(person=project.contact_id).select_related("person").first()
    return [contact.person] if contact else writers_of(project.team_id)


def claim(now: dt.datetime) -> list[Letter]:
    """Takes a batch for this worker alone, until the lease is over."""
    with transaction.atomic():
        waiting = Letter.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            closed_at=None, next_attempt_at__lte=now
        )
        claimed = list(waiting.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:_BATCH])
        Letter.objects.filter(pk__in=claimed).update(next_attempt_at=now + LEASE, attempts=F("attempts") + 1)
    return list(Letter.objects.filter(pk__in=claimed).select_related("person").order_by("pk"))


def close(letter: Letter, *, sent: bool, why: str = "") -> None:
    """Sent, or not to be sent any more (the person has lost sight of what it tells of; or `why`)."""
    letter.closed_at = timezone.now()
    letter.sent_at = letter.closed_at if sent else None
    letter.error = why
    letter.save(update_fields=["closed_at", "sent_at", "error"])


def put_back(letter: Letter, error: Exception) -> None:
    """Tried again later, each time twice as late; given up, loudly, after MOST_ATTEMPTS."""
    letter.error = f"{type(error).__name__}: {error}"[:500]
    letter.next_attempt_at = timezone.now() + dt.timedelta(minutes=2**letter.attempts)
    if letter.attempts >= MOST_ATTEMPTS:
        letter.closed_at = timezone.now()
        logger.error("Letter %s (%s) was given up: %s", letter.pk, letter.kind, letter.error)
    letter.save(update_fields=["error", "next_attempt_at", "closed_at"])
