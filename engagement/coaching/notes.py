"""Notes in three drawers."""

from django.db import transaction

from engagement.choices import Drawer
from engagement.models import CoachingEngagement, CoachingNote, CoachingSession
from engagement.permissions import can_write_in_engagement
from innoteams.accounts.models import User
from innoteams.lib.verdicts import demand


@transaction.atomic
def write_note(
    *, by: User, engagement: CoachingEngagement, drawer: str, text: str, session: CoachingSession | None = None
) -> CoachingNote:
    """A note in a drawer that is chosen when writing and does not change afterwards."""
    demand(can_write_in_engagement(by, engagement))
    return CoachingNote.objects.create(
        engagement=engagement, session=session, author=by, drawer=Drawer(drawer), text=text.strip()
    )
