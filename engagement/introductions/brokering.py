"""A coordinator proposes that two teams meet. Both have to say yes; the coordinator sees how it stands, not what they
say to each other."""

from django.db import transaction
from django.utils.translation import gettext as _

from cities.models import Coordination, MembershipPeriod, Operator, Team
from engagement import letters
from engagement.choices import LetterKind
from engagement.introductions.limits import demand_may_broker
from engagement.introductions.moves import begin
from engagement.introductions.pairs import demand_free_to_broker, lock_teams
from engagement.introductions.refusals import NobodyThere, OwnTeam
from engagement.introductions.suggesting import close_between
from engagement.models import Introduction
from engagement.permissions import can_broker_introduction
from innoteams.accounts.models import User
from innoteams.lib.verdicts import demand


@transaction.atomic
def broker(
    *,
    by: User,
    from_team: Team,
    to_team: Team,
    reason: str,
    message: str,
    language: str,
) -> Introduction:
    """Proposes it to the leads (or members) of both. Raises NotAllowed, OwnTeam, TooMany, AskedAlready,
    DeclinedRecently, IntroducedAlready or NobodyThere; nothing is sent then."""
    demand(can_broker_introduction(by, from_team, to_team))
    if from_team.pk == to_team.pk:
        raise OwnTeam(_("Choose two different teams."))
    demand_may_broker(by)
    lock_teams(from_team, to_team)
    demand_free_to_broker(from_team, to_team)
    asked = {team: letters.writers_of(team.pk) for team in (from_team, to_team)}
    for team, people in asked.items():
        if not people or not team.is_active:
            raise NobodyThere(
                _("Nobody of %(team)s is on the portal yet, so nobody could answer.") % {"team": team.name}
            )
    introduction = Introduction(
        brokered_by=by,
        brokered_for=_operator_of(by, from_team, to_team),
        from_team=from_team,
        to_team=to_team,
        reason=reason,
        message=message.strip(),
        language=language,
    )
    begin(introduction, by=by, team=None)
    close_between(from_team, to_team)
    people_once = {person.pk: person for people in asked.values() for person in people}
    letters.write(LetterKind.INTRODUCTION_BROKERED, [(person, introduction) for person in people_once.values()])
    return introduction


def _operator_of(by: User, first: Team, second: Team) -> Operator:
    """As whose coordinator the person acts: of the operator that accompanies the first, or else the second."""
    acting = Coordination.objects.current().filter(person=by).values("operator")
    periods = MembershipPeriod.objects.all().current().filter(programme__operator__in=acting)
    for team in (first, second):
        if found := periods.filter(city=team.city_id).select_related("programme__operator").order_by("pk").first():
            operator: Operator = found.programme.operator
            return operator
    raise AssertionError("can_broker_introduction said yes")
