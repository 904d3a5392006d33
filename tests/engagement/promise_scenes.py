"""Scenes of promises on top of the named cast."""

import datetime as dt

from cities.querysets import today
from engagement.coaching import commitments
from engagement.models import CoachingEngagement, Commitment
from innoteams.accounts.models import User
from projects.journal import write_journal
from projects.models import JournalEntry, Project


def promise(
    of: CoachingEngagement,
    owner: User,
    act: str = "",
    project: Project | None = None,
    *,
    text: str = "Write it down",
    days: int = 1,
) -> Commitment:
    return commitments.commit(
        by=owner,
        engagement=of,
        text=text,
        owner=owner,
        due_on=today() + dt.timedelta(days=days),
        act=act,
        project=project,
    )


def journal(project: Project, by: User, text: str = "We met the caretakers.") -> JournalEntry:
    return write_journal(by=by, project=project, happened_on=today(), text=text)


def again(one: Commitment) -> Commitment:
    """As it stands in the database now."""
    found: Commitment = Commitment.objects.select_related("engagement__team").get(pk=one.pk)
    return found
