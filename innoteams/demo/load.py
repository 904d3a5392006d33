"""Puts the demo together: the real network, invented people named by their role, and their story."""

from collections.abc import Callable

from django.db import transaction

from innoteams.accounts.models import User
from innoteams.demo import people, periods
from projects.network_data import load_network


@transaction.atomic
def load_demo(*, say: Callable[[str], None]) -> bool:
    """Loads everything or nothing; False, and no change, where demo people are there already."""
    load_network(say=say)
    # After load_network, which lets one load through at a time: a second one sees the first one's people.
    if User.objects.filter(is_demo=True).exists():
        return False
    say(f"Demo people: {people.add_people()} added, all with the password {people.PASSWORD}")
    periods.reopen_la_transfo()
    return True
