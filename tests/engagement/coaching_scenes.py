"""Scenes of coaching between Paris and Boston, and between Paris and Jerusalem, at given moments."""

import datetime as dt

from cities.choices import Right
from cities.models import Team
from engagement.choices import LetterKind
from engagement.coaching import engagements, sessions
from engagement.models import CoachingEngagement, CoachingSession, Letter
from innoteams.accounts.models import User
from tests.cast import Cast, join, make_person

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def utc(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)


def paris_coach() -> User:
    return make_person("Camille", timezone="Europe/Paris")


def of_boston(cast: Cast, *coaches: User) -> CoachingEngagement:
    """Boston, on its own clock, with coaches from elsewhere."""
    cast.boston.city.timezone = "America/New_York"
    cast.boston.city.save(update_fields=["timezone"])
    return engagements.open_engagement(by=cast.administrator, coaches=list(coaches), team=cast.boston)


def boston_lead(cast: Cast) -> User:
    lead = make_person("Boston lead", timezone="America/New_York")
    join(cast.boston, lead, Right.LEAD)
    return lead


def planned(of: CoachingEngagement, by: User, starts_at: dt.datetime, **fields: object) -> CoachingSession:
    values: dict[str, object] = {"aim": "Choose a question", **fields}
    return sessions.plan_session(by=by, engagement=of, starts_at=starts_at, **values)  # type: ignore[arg-type]  # passed through


def written_to(kind: LetterKind, about: CoachingSession) -> set[str]:
    """Names of those who get a letter of this kind about the session."""
    return {letter.person.name for letter in Letter.objects.filter(kind=kind, session=about)}


def coaches_of(team: Team) -> set[str]:
    return {row.person.name for row in team.memberships.current().coaches().select_related("person")}
