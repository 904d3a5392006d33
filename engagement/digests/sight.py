"""What each person of a batch may see, without a query per person.

The rule itself is `projects.querysets.seen_by`. This answers it for many people at once; a property test holds the two
together, and before anything is sent `visible_to` itself is asked again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from cities.choices import BELONGING, Right
from cities.models import Coordination, Membership, MembershipPeriod, Team
from projects.choices import Visibility

# Signed in, that is.
SEEN_BY_EVERYBODY = (Visibility.PUBLIC, Visibility.NETWORK)


@dataclass(frozen=True)
class Sight:
    """The teams that a person belongs to, and those that the person belongs to, coaches or coordinates for."""

    member_of: frozenset[int]
    accompanies: frozenset[int]

    def sees(self, visibility: str, team_id: int) -> bool:
        """Whether a signed-in person sees a project of that team at that level."""
        if visibility in SEEN_BY_EVERYBODY:
            return True
        if visibility == Visibility.PROGRAMME:
            return team_id in self.accompanies
        return visibility == Visibility.TEAM and team_id in self.member_of


def sights_of(person_ids: Iterable[int]) -> dict[int, Sight]:
    """For every person asked for, in four queries."""
    wanted = set(person_ids)
    memberships = Membership.objects.current().filter(person__in=wanted)
    belongs: defaultdict[int, set[int]] = defaultdict(set)
    coaches: defaultdict[int, set[int]] = defaultdict(set)
    for person, team, right in memberships.values_list("person_id", "team_id", "right"):
        if right in BELONGING:
            belongs[person].add(team)
        elif right == Right.COACH:
            coaches[person].add(team)
    reads = _read_by_coordinators(wanted)
    return {
        person: Sight(
            member_of=frozenset(belongs[person]),
            accompanies=frozenset(belongs[person] | coaches[person] | reads[person]),
        )
        for person in wanted
    }


def _read_by_coordinators(person_ids: set[int]) -> defaultdict[int, set[int]]:
    """The teams in cities that a programme run or funded by the person's operator accompanies today."""
    acting = list(Coordination.objects.current().filter(person__in=person_ids).values_list("person_id", "operator_id"))
    teams_in: defaultdict[int, set[int]] = defaultdict(set)
    for team, city in Team.objects.values_list("pk", "city_id") if acting else ():
        teams_in[city].add(team)
    teams_of_operator: defaultdict[int | None, set[int]] = defaultdict(set)
    for city, operator, funder in _accompanied_cities() if acting else ():
        for either in (operator, funder):
            teams_of_operator[either] |= teams_in[city]
    reads: defaultdict[int, set[int]] = defaultdict(set)
    for person, operator in acting:
        reads[person] |= teams_of_operator[operator]
    return reads


def _accompanied_cities() -> Iterable[tuple[int, int, int | None]]:
    return (
        MembershipPeriod.objects.all()
        .current()
        .values_list("city_id", "programme__operator_id", "programme__funder_id")
    )
