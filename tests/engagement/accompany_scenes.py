"""Scenes of accompaniment on top of the named cast."""

import datetime as dt

from django.test import Client
from django.utils import timezone

from cities.models import Programme, Team
from cities.querysets import today
from engagement.checkins import moves
from engagement.checkins.moves import Sheet
from engagement.choices import CheckInState, IntroductionReason, IntroductionState
from engagement.coaching import engagements
from engagement.models import (
    CheckIn,
    CheckInLine,
    CheckInPeriod,
    CheckInSchedule,
    CoachingEngagement,
    CoachingSession,
    Introduction,
)
from innoteams.accounts.models import User
from projects.choices import Verb
from projects.models import Activity, Project
from tests.cast import Cast

NOW = dt.datetime(2026, 10, 2, 9, 0, tzinfo=dt.UTC)
THIRD_QUARTER = dt.date(2026, 7, 1)


def client_of(person: User) -> Client:
    """The person's browser. Pages come in English, whatever the person reads, so that tests can quote them."""
    User.objects.filter(pk=person.pk).update(language="en")
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def somebody(cast: Cast, kind: str) -> User:
    """A signed-in person of the cast by kind."""
    person = cast.person(kind)
    assert isinstance(person, User)
    return person


def schedule(programme: Programme, rhythm: str = "quarterly", **fields: object) -> CheckInSchedule:
    values: dict[str, object] = {"starts_on": THIRD_QUARTER, "days_to_submit": 14, **fields}
    return CheckInSchedule.objects.create(programme=programme, rhythm=rhythm, **values)


def period(programme: Programme, key: str = "2026-Q3", *, due_in: int = 7) -> CheckInPeriod:
    """A quarter that has just ended, due in so many days from today."""
    ends_on = min(today() - dt.timedelta(days=1), today() + dt.timedelta(days=due_in))
    return CheckInPeriod.objects.create(
        programme=programme,
        key=key,
        starts_on=ends_on - dt.timedelta(days=91),
        ends_on=ends_on,
        due_on=today() + dt.timedelta(days=due_in),
    )


def drafted(cast: Cast, of: CheckInPeriod | None = None, team: Team | None = None) -> CheckIn:
    team = team or cast.tel_aviv
    return CheckIn.objects.create(period=of or period(cast.programme), team=team, language="en")


def logged(project: Project, verb: str = Verb.JOURNAL_ADDED, at: dt.datetime | None = None, **part: object) -> Activity:
    row = Activity.objects.create(project=project, verb=verb, actor=project.created_by, **part)
    if at:
        Activity.objects.filter(pk=row.pk).update(at=at)
        row.refresh_from_db()
    return row


def with_line(check_in: CheckIn, project: Project, *, included: bool = True, note: str = "") -> CheckInLine:
    position = check_in.lines.count() + 1
    return CheckInLine.objects.create(
        check_in=check_in, activity=logged(project), included=included, note=note, position=position
    )


def sheet(hard: str = "Nobody has time.", help_wanted: str = "", language: str = "en") -> Sheet:
    return Sheet(hard=hard, help_wanted=help_wanted, language=language)


def submitted(cast: Cast, check_in: CheckIn | None = None, by: User | None = None, hard: str = "Hard.") -> CheckIn:
    check_in = check_in or drafted(cast)
    return moves.submit(by=by or cast.tel_aviv_lead, check_in=check_in, version=check_in.version, sheet=sheet(hard))


def answered(cast: Cast, check_in: CheckIn, state: str, words: str = "Thank you.") -> CheckIn:
    verb = moves.accept if state == CheckInState.ACCEPTED else moves.send_back
    return verb(by=cast.coordinator, check_in=check_in, version=check_in.version, words=words)


def engagement(cast: Cast) -> CoachingEngagement:
    """The coach of the cast coaches already; this gives that right its engagement."""
    return engagements.open_engagement(
        by=cast.coordinator, coaches=[cast.coach], team=cast.tel_aviv, aims="Hear residents"
    )


def session(of: CoachingEngagement, *, days: int = 1, aim: str = "Choose a question") -> CoachingSession:
    starts_at = timezone.now() + dt.timedelta(days=days)
    return CoachingSession.objects.create(engagement=of, starts_at=starts_at, aim=aim)


def introduction(cast: Cast, state: str = IntroductionState.ASKED, **fields: object) -> Introduction:
    """Mulhouse asks Tel Aviv."""
    values: dict[str, object] = {
        "asked_by": cast.mulhouse_lead,
        "from_team": cast.mulhouse,
        "to_team": cast.tel_aviv,
        "reason": IntroductionReason.SAME_PROBLEM,
        "message": "How do you open a stairwell?",
        "language": "fr",
        **fields,
    }
    return Introduction.objects.create(state=state, **values)
