"""Introductions: one side asks with a reason, the other answers; only a yes shows addresses, to the two alone."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cities.models import Team
from cities.permissions import writes_for
from engagement import letters
from engagement.choices import IntroductionState, LetterKind
from engagement.models import CheckIn, Introduction
from engagement.permissions import (
    can_answer_introduction,
    can_ask_introduction,
    can_say_it_helped,
    can_withdraw_introduction,
    writes_check_in,
)
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.models import Project

MOST_IN_A_WEEK = 5
WEEK = dt.timedelta(days=7)
# A team that said no is not asked again by the other, nor asks it itself through this door, for so long.
REST_AFTER_NO = dt.timedelta(days=365)


class OwnTeam(Refused):
    """A team is not introduced to itself."""


class NobodyThere(Refused):
    """The team has no lead or member who could answer."""


class AskedAlready(Refused):
    """One of the two waits for the other's answer; `introduction` is that one."""

    def __init__(self, reason: str, introduction: Introduction) -> None:
        super().__init__(reason)
        self.introduction = introduction


class DeclinedRecently(Refused):
    """One of the two declined within REST_AFTER_NO."""


class TooMany(Refused):
    """MOST_IN_A_WEEK were asked for by this person in the last seven days."""


class AnsweredMeanwhile(Refused):
    """Somebody answered, or the question was taken back, since the form was opened."""


class AskerHasLeft(Refused):
    """The person who asked does not write for that team any more, so there is nobody to be introduced to."""


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
) -> Introduction:
    """Asks a team to meet. `check_in`: whose wish for help it was made from. Raises NotAllowed or one of the refusals
    above; nothing is sent then."""
    demand(can_ask_introduction(by, from_team))
    if check_in is not None:
        demand(writes_check_in(by, check_in))
    if from_team.pk == to_team.pk:
        raise OwnTeam(_("This is your own team."))
    _lock(by, from_team, to_team)
    _demand_not_too_many(by)
    _demand_free_pair(from_team, to_team)
    recipients = letters.writers_of(to_team.pk)
    if not recipients or not to_team.is_active:
        raise NobodyThere(_("Nobody of this team is on the portal yet, so nobody could answer."))
    introduction = Introduction.objects.create(
        asked_by=by,
        from_team=from_team,
        to_team=to_team,
        project=project,
        check_in=check_in,
        reason=reason,
        message=message.strip(),
        language=language,
    )
    letters.write(LetterKind.INTRODUCTION_ASKED, [(person, introduction) for person in recipients])
    return introduction


@transaction.atomic
def accept(*, by: User, introduction: Introduction, words: str = "") -> Introduction:
    """Introduces the two people: each gets the other's address by mail. Raises NotAllowed, AnsweredMeanwhile or
    AskerHasLeft."""
    now = _locked_open(introduction)
    demand(can_answer_introduction(by, now))
    if not now.asked_by.is_active or not writes_for(now.asked_by, now.from_team):
        raise AskerHasLeft(_("The person who asked has left that team since, so there is nobody to introduce you to."))
    _answer(now, IntroductionState.ACCEPTED, by, words)
    letters.write(LetterKind.INTRODUCTION_ACCEPTED, [(now.asked_by, now), (by, now)])
    return now


@transaction.atomic
def decline(*, by: User, introduction: Introduction, words: str = "") -> Introduction:
    """No, with or without a word; the pair rests for a year. Raises NotAllowed or AnsweredMeanwhile."""
    now = _locked_open(introduction)
    demand(can_answer_introduction(by, now))
    _answer(now, IntroductionState.DECLINED, by, words)
    letters.write(LetterKind.INTRODUCTION_DECLINED, [(now.asked_by, now)])
    return now


@transaction.atomic
def withdraw(*, by: User, introduction: Introduction) -> Introduction:
    """The asker takes it back before an answer. Raises NotAllowed or AnsweredMeanwhile."""
    now = _locked_open(introduction)
    demand(can_withdraw_introduction(by, now))
    now.state = IntroductionState.WITHDRAWN
    now.answered_at = timezone.now()
    now.save(update_fields=["state", "answered_at"])
    return now


@transaction.atomic
def say_helped(*, by: User, introduction: Introduction, helped: bool, note: str = "") -> Introduction:
    """What came of it, told by the person who asked; may be changed."""
    demand(can_say_it_helped(by, introduction))
    introduction.helped, introduction.helped_note = helped, note.strip()
    introduction.helped_at = timezone.now()
    introduction.save(update_fields=["helped", "helped_note", "helped_at"])
    return introduction


def rests_until(first: Team, second: Team) -> dt.date | None:
    """The day from which two teams may be introduced again after a no, or None. For asking and for proposing."""
    since = timezone.now() - REST_AFTER_NO
    declined = Introduction.objects.filter(_between(first, second), state=IntroductionState.DECLINED)
    last = declined.filter(answered_at__gt=since).order_by("-answered_at").first()
    return (last.answered_at + REST_AFTER_NO).date() if last and last.answered_at else None


def _between(first: Team, second: Team) -> Q:
    return Q(from_team=first, to_team=second) | Q(from_team=second, to_team=first)


def _lock(by: User, from_team: Team, to_team: Team) -> None:
    """Two questions at once, by one person or between one pair, wait for each other; always in one order."""
    User.objects.select_for_update().filter(pk=by.pk).first()
    list(Team.objects.select_for_update(of=("self",)).filter(pk__in=[from_team.pk, to_team.pk]).order_by("pk"))


def _demand_not_too_many(by: User) -> None:
    asked = Introduction.objects.filter(asked_by=by, asked_at__gt=timezone.now() - WEEK).order_by("asked_at")
    times = list(asked.values_list("asked_at", flat=True))
    if len(times) < MOST_IN_A_WEEK:
        return
    again = timezone.localtime(times[-MOST_IN_A_WEEK] + WEEK)
    raise TooMany(
        _("You asked for %(number)d introductions in seven days, which is the most. You can ask again from %(when)s.")
        % {"number": MOST_IN_A_WEEK, "when": formats.date_format(again, "SHORT_DATETIME_FORMAT")}
    )


def _demand_free_pair(from_team: Team, to_team: Team) -> None:
    waiting = Introduction.objects.filter(_between(from_team, to_team), state=IntroductionState.ASKED).first()
    if waiting and waiting.from_team_id == from_team.pk:
        raise AskedAlready(_("Your team has asked this team already and waits for an answer."), waiting)
    if waiting:
        raise AskedAlready(_("This team has asked yours to meet and waits for your answer."), waiting)
    if until := rests_until(from_team, to_team):
        raise DeclinedRecently(
            _("An introduction between these two teams was declined. It can be asked for again from %(when)s.")
            % {"when": formats.date_format(until, "DATE_FORMAT")}
        )


def _locked_open(introduction: Introduction) -> Introduction:
    rows = Introduction.objects.select_for_update(of=("self",))
    now: Introduction = rows.select_related("asked_by", "from_team", "to_team", "answered_by").get(pk=introduction.pk)
    if now.state == IntroductionState.ASKED:
        return now
    if now.state == IntroductionState.WITHDRAWN:
        raise AnsweredMeanwhile(_("The question was taken back in the meantime."))
    who = now.answered_by.name if now.answered_by else _("Somebody")
    if now.state == IntroductionState.ACCEPTED:
        raise AnsweredMeanwhile(_("%(who)s accepted this introduction in the meantime.") % {"who": who})
    raise AnsweredMeanwhile(_("%(who)s declined this introduction in the meantime.") % {"who": who})


def _answer(now: Introduction, state: IntroductionState, by: User, words: str) -> None:
    now.state, now.answered_by, now.answer = state, by, words.strip()
    now.answered_at = timezone.now()
    now.save(update_fields=["state", "answered_by", "answer", "answered_at"])
