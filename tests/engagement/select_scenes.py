"""What the tests of the selection share: other cities with work of their own, and one person's selection."""

import datetime as dt

from django.utils import timezone

from cities.models import Team, Topic
from engagement.choices import DigestState, ItemKind, Stream
from engagement.digests.drafts import Draft
from engagement.digests.network.chosen import Chosen
from engagement.digests.network.composing import kept_of
from engagement.digests.network.readers import Asked
from engagement.digests.network.selection import Selection, choose
from engagement.models import Digest, Question
from innoteams.accounts.models import User
from projects.choices import Verb
from projects.models import Project
from tests.cast import make_city, make_project, make_team
from tests.engagement.digest_scenes import DAY, happen

WEEK = 7 * DAY


def selected(person: User, *, days: float = 7, now: dt.datetime | None = None) -> Selection:
    now = now or timezone.now()
    return choose([Asked(person.pk, now - days * DAY, now)])[1][0]


def items(person: User, **when: float) -> list[Chosen]:
    return selected(person, **when).items  # type: ignore[arg-type]  # days alone


def projects(person: User) -> list[Project]:
    """In the order shown, without those that are there for a quiet team's turn."""
    return [item.project for item in items(person) if item.project and not codes(item) & {"quiet_city", "new_city"}]


def questions(person: User) -> list[Question]:
    return [item.question for item in items(person) if item.question]


def codes(item: Chosen) -> set[str]:
    return {reason.code for reason in item.reasons}


def item_of(person: User, project: Project) -> Chosen:
    [found] = [item for item in items(person) if item.project == project]
    return found


def far_team(country: str = "CO") -> Team:
    """In a city that has nothing in common with the reader's."""
    return make_team(make_city(country=country, languages=["es"], timezone="America/Bogota"))


def far_away(
    *, topics: tuple[Topic, ...] = (), verb: Verb = Verb.PROJECT_SHARED, days_ago: float = 1, **fields: object
) -> Project:
    """A project with news, of a team that has nothing else."""
    project = make_project(**{"team": far_team(), "topics": topics, **fields})  # type: ignore[arg-type]
    happen(project, verb, days_ago=days_ago)
    return project


def old_news(**fields: object) -> Project:
    """A project that was told of long before any window."""
    return far_away(days_ago=80, **fields)  # type: ignore[arg-type]


def send(person: User, *, at: dt.datetime | None = None, days: float = 7) -> Selection:
    """A digest as it is now, kept as sent."""
    at = at or timezone.now()
    selection = selected(person, days=days, now=at)
    keep(person, selection, at, days)
    return selection


def keep(person: User, selection: Selection, at: dt.datetime, days: float = 7) -> None:
    digest = Digest.objects.create(
        person=person,
        stream=Stream.NETWORK,
        period_key=f"sent-{Digest.objects.count()}",
        state=DigestState.SENT,
        due_at=at,
        window_start=at - days * DAY,
        window_end=at,
        sent_at=at,
        language="en",
        timezone="UTC",
    )
    for item in Draft(digest, kept_of(selection)).items:
        item.digest = digest
        item.save()


def cities_to_meet(person: User) -> list[Chosen]:
    return [item for item in items(person) if item.kind == ItemKind.CITY]
