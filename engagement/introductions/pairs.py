"""What is between two teams: which introduction is open, and for how long none may be proposed."""

import datetime as dt

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cities.models import Team
from engagement.choices import IntroductionState
from engagement.introductions.refusals import AskedAlready, DeclinedRecently, IntroducedAlready
from engagement.models import Introduction

# A team that said no is not asked again by the other, nor asks it itself, nor is proposed to it by anybody for so long.
REST_AFTER_NO = dt.timedelta(days=365)
# Who met so lately need not be introduced by somebody else.
LATELY = dt.timedelta(days=365)


def rests_until(first: Team, second: Team) -> dt.date | None:
    """The day from which two teams may be introduced again after a no, or None. For asking and for proposing."""
    since = timezone.now() - REST_AFTER_NO
    declined = Introduction.objects.between(first.pk, second.pk).filter(state=IntroductionState.DECLINED)
    last = declined.filter(answered_at__gt=since).order_by("-answered_at").first()
    return (last.answered_at + REST_AFTER_NO).date() if last and last.answered_at else None


def lock_teams(first: Team, second: Team) -> None:
    """Whatever begins between the two waits here for what began before it; always in one order."""
    list(Team.objects.select_for_update(of=("self",)).filter(pk__in=[first.pk, second.pk]).order_by("pk"))


def demand_free_to_ask(from_team: Team, to_team: Team) -> None:
    """Raises AskedAlready or DeclinedRecently."""
    waiting = Introduction.objects.between(from_team.pk, to_team.pk).open().first()
    if waiting:
        raise AskedAlready(_why_not(waiting, from_team), waiting)
    if until := rests_until(from_team, to_team):
        raise DeclinedRecently(
            _("An introduction between these two teams was declined. It can be asked for again from %(when)s.")
            % {"when": formats.date_format(until, "DATE_FORMAT")}
        )


def demand_free_to_broker(first: Team, second: Team) -> None:
    """Raises AskedAlready, DeclinedRecently or IntroducedAlready, none of which says which of the two did what."""
    between = Introduction.objects.between(first.pk, second.pk)
    if waiting := between.open().first():
        raise AskedAlready(_("These two teams are about to be introduced already."), waiting)
    if until := rests_until(first, second):
        raise DeclinedRecently(
            _("These two teams are not proposed to each other before %(when)s.")
            % {"when": formats.date_format(until, "DATE_FORMAT")}
        )
    met = between.filter(state=IntroductionState.ACCEPTED, answered_at__gt=timezone.now() - LATELY)
    if last := met.order_by("-answered_at").first():
        raise IntroducedAlready(
            _("These two teams were introduced on %(when)s.")
            % {"when": formats.date_format(timezone.localtime(last.answered_at), "DATE_FORMAT")}
        )


def _why_not(waiting: Introduction, from_team: Team) -> str:
    if waiting.is_brokered:
        return _("A coordinator has proposed this introduction already. Answer that proposal.")
    if waiting.from_team_id != from_team.pk:
        return _("This team has asked yours to meet and waits for your answer.")
    return _("Your team has asked this team already and waits for an answer.")
