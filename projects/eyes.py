"""Looking at a project with the eyes of others: somebody who is nobody in particular, for `visible_to` to answer.

A stand-in never sees more than the people of the team do: everything of this team is theirs, and of other teams it is
shown what is open to the network.
"""

from django.contrib.auth.models import AnonymousUser

from cities.models import Team
from cities.sight import Sight
from cities.standing import stand_in_for
from innoteams.accounts.models import User
from projects.choices import Eyes


def stand_in(eyes: Eyes, team: Team) -> User | AnonymousUser:
    """Who would see it so. Not saved, in no team, and of no use to any verb.

    partner: signed in, nothing to any team · coordinator: accompanies this team, and only this one, though a real one
    may accompany more · visitor: not signed in.
    """
    if eyes == Eyes.VISITOR:
        return AnonymousUser()
    return stand_in_for(Sight(accompanies=frozenset({team.pk})) if eyes == Eyes.COORDINATOR else Sight())
