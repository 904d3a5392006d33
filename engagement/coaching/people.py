"""Who is in an engagement: its coaches and the people of the team."""

from cities.models import Membership
from engagement.models import CoachingEngagement
from innoteams.accounts.models import User


def people_of_team(engagement: CoachingEngagement) -> list[User]:
    """Leads, members and observers who can sign in, by name."""
    rows = Membership.objects.current().belonging().filter(team=engagement.team_id, person__is_active=True)
    return [row.person for row in rows.select_related("person").order_by("person__name", "person__pk")]


def pair_of(engagement: CoachingEngagement) -> list[User]:
    """The coaches and everybody of the team: the people who may promise something to each other."""
    coaches = [person for person in engagement.current_coaches if person.is_active]
    known = {person.pk for person in coaches}
    return [*coaches, *(person for person in people_of_team(engagement) if person.pk not in known)]
