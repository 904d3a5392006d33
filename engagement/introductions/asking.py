"""Asking a team to meet, and taking the question back."""

from django.db import transaction
from django.utils.translation import gettext as _

from cities.models import Team
from engagement import letters
from engagement.choices import IntroductionState, LetterKind
from engagement.introductions.limits import demand_may_ask
from engagement.introductions.moves import begin, locked_open, move
from engagement.introductions.pairs import demand_free_to_ask, lock_teams
from engagement.introductions.refusals import NobodyThere, OwnTeam
from engagement.introductions.suggesting import close_between, take_up
from engagement.models import CheckIn, Introduction, Suggestion
from engagement.permissions import can_ask_introduction, can_withdraw_introduction, writes_check_in
from innoteams.accounts.models import User
from innoteams.lib.verdicts import demand
from projects.models import Project


@transaction.atomic
def ask(
    *,
    by: User,
    from_team: Team,
    to_team: Team,
    reason: str,
    message: str,
    language: str,
    project: Project | None = None,
    check_in: CheckIn | None = None,
    suggestion: Suggestion | None = None,
) -> Introduction:
    """Asks a team to meet. `check_in`: whose wish for help it was made from; `suggestion`: of the matcher, taken up by
    it. Raises NotAllowed or one of the refusals; nothing is sent then."""
    demand(can_ask_introduction(by, from_team))
    if check_in is not None:
        demand(writes_check_in(by, check_in))
    if from_team.pk == to_team.pk:
        raise OwnTeam(_("This is your own team."))
    demand_may_ask(by)
    lock_teams(from_team, to_team)
    demand_free_to_ask(from_team, to_team)
    recipients = letters.writers_of(to_team.pk)
    if not recipients or not to_team.is_active:
        raise NobodyThere(_("Nobody of this team is on the portal yet, so nobody could answer."))
    introduction = Introduction(
        asked_by=by,
        from_team=from_team,
        to_team=to_team,
        project=project,
        check_in=check_in,
        reason=reason,
        message=message.strip(),
        language=language,
    )
    begin(introduction, by=by, team=from_team)
    if suggestion is not None:
        take_up(suggestion, introduction, by=by)
    close_between(from_team, to_team)
    letters.write(LetterKind.INTRODUCTION_ASKED, [(person, introduction) for person in recipients])
    return introduction


@transaction.atomic
def withdraw(*, by: User, introduction: Introduction) -> Introduction:
    """Whoever asked, or brokers it, takes it back before it is answered. Raises NotAllowed or AnsweredMeanwhile."""
    now = locked_open(introduction)
    demand(can_withdraw_introduction(by, now))
    team = None if now.is_brokered else now.from_team
    return move(now, IntroductionState.WITHDRAWN, by=by, team=team, closed_by=by)
