"""How many people in how many cities see a project at each level: counted now, so that sharing is an informed act."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cities.models import Coordination, Membership, MembershipPeriod, Team
from innoteams.accounts.models import User
from projects.choices import VISIBILITIES, Visibility


@dataclass(frozen=True, slots=True)
class Audience:
    """`people` have an account; at level public everybody else sees it as well."""

    level: Visibility
    people: int
    cities: int


def audiences(team: Team) -> list[Audience]:
    """From narrow to wide, for a project of this team."""
    return [audience(team, level) for level in VISIBILITIES]


def audience(team: Team, level: str) -> Audience:
    people = readers(team, level)
    cities = Membership.objects.current().belonging().filter(person__in=people).values("team__city").distinct().count()
    return Audience(Visibility(level), people.count(), cities)


def readers(team: Team, level: str) -> QuerySet[User]:
    """Active people who see a project of the team at this level: what `visible_to` answers, from the other end."""
    active = User.objects.filter(is_active=True)
    if level in (Visibility.NETWORK, Visibility.PUBLIC):
        return active
    members = Membership.objects.current().filter(team=team)
    if level == Visibility.TEAM:
        return active.filter(pk__in=members.belonging().values("person"))
    periods = MembershipPeriod.objects.current().filter(city=team.city_id)
    operators = Q(operator__in=periods.values("programme__operator")) | Q(
        operator__in=periods.values("programme__funder")
    )
    coordinators = Coordination.objects.current().filter(operators)
    return active.filter(Q(pk__in=members.values("person")) | Q(pk__in=coordinators.values("person")))
