"""Puts the demo together: the real network, invented people named by their role, and their story."""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from innoteams.accounts.models import User
from innoteams.demo import people, periods, story, story_evidence, story_network
from innoteams.demo.clock import Calendar, at
from projects.network_data import load_network
from projects.shelf import kept_only_if_saved

# The public entries are older than anything the demo people do.
NETWORK_FIRST = timedelta(days=560)


@kept_only_if_saved()
@transaction.atomic
def load_demo(*, say: Callable[[str], None]) -> bool:
    """Loads everything or nothing; False, and no change, where demo people are there already."""
    calendar = Calendar(timezone.now())
    with at(calendar.now - NETWORK_FIRST):
        load_network(say=say)
    # After load_network, which lets one load through at a time: a second one sees the first one's people.
    if User.objects.filter(is_demo=True).exists():
        return False
    say(f"Demo people: {people.add_people()} added, all with the password {people.PASSWORD}")
    periods.reopen_la_transfo()
    story.tell_projects(calendar)
    story_evidence.tell_evidence(calendar)
    say("Demo projects: logged, with pilots, figures, journals, photos and files")
    story_network.tell_network(calendar)
    story.date_changes()
    say("Demo network: adaptations, coaching, check-ins, introductions and questions")
    return True
