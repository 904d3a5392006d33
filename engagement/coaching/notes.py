"""Notes in three drawers: its author's alone, the team's and its coaches', the coordinators' as well."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.choices import Drawer
from engagement.models import CoachingEngagement, CoachingNote, CoachingSession
from engagement.permissions import can_change_note, can_remove_note, can_write_in_engagement
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.locking import locked


class NotASessionOfThis(Refused):
    """A note belongs to a session of the same engagement."""

    def __init__(self) -> None:
        super().__init__(_("Choose a session of this coaching."))


class NoteNotKeptError(Exception):
    """The database refused the row. Says no more: what the database says quotes the row, and this goes to a log."""


@contextmanager
def _without_its_words() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise NoteNotKeptError(type(error).__name__) from None


@transaction.atomic
def write_note(
    *, by: User, engagement: CoachingEngagement, drawer: str, text: str, session: CoachingSession | None = None
) -> CoachingNote:
    """A note in a drawer that is chosen when writing and does not change afterwards."""
    demand(can_write_in_engagement(by, engagement))
    _demand_session(engagement.pk, session)
    with _without_its_words():
        return CoachingNote.objects.create(
            engagement=engagement, session=session, author=by, drawer=Drawer(drawer), text=text.strip()
        )


@transaction.atomic
def change_note(*, by: User, note: CoachingNote, text: str, session: CoachingSession | None = None) -> CoachingNote:
    """Other words, another session; the same readers."""
    now = locked(note)
    demand(can_change_note(by, now))
    _demand_session(now.engagement_id, session)
    now.text, now.session, now.changed_at = text.strip(), session, timezone.now()
    with _without_its_words():
        now.save(update_fields=["text", "session", "changed_at"])
    return now


@transaction.atomic
def remove_note(*, by: User, note: CoachingNote) -> None:
    """Gone for everybody; nothing of it is kept."""
    now = locked(note)
    demand(can_remove_note(by, now))
    now.delete()


def _demand_session(engagement: int, session: CoachingSession | None) -> None:
    if session is not None and session.engagement_id != engagement:
        raise NotASessionOfThis
