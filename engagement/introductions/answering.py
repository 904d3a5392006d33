"""The answer of the side that is asked; of a brokered introduction both sides are. Only the second yes shows addresses,
to the two people alone."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cities.models import Team
from cities.permissions import writes_for
from cities.querysets import today
from engagement import letters
from engagement.choices import IntroductionState, LetterKind
from engagement.introductions.moves import locked_open, move
from engagement.introductions.refusals import AnsweredMeanwhile, AskerHasLeft, RestRefused
from engagement.models import Introduction
from engagement.permissions import can_answer_introduction, team_to_answer
from innoteams.accounts.models import User
from innoteams.lib.verdicts import demand

# Unless another day is chosen, and at most.
RESTS_FOR = dt.timedelta(days=92)
LONGEST_REST = dt.timedelta(days=365)


@transaction.atomic
def accept(*, by: User, introduction: Introduction, words: str = "") -> Introduction:
    """Yes for the own side. Where the other side has said yes (the person who asked, always), the two people are
    introduced: one mail to both has their addresses. Raises NotAllowed, AnsweredMeanwhile or AskerHasLeft."""
    now, side = _to_answer(introduction, by)
    spoke = _spoken_for_other(now, side)
    if spoke is not None and not (spoke.is_active and writes_for(spoke, _other(now, side))):
        if not now.is_brokered:
            raise AskerHasLeft(
                _("The person who asked has left that team since, so there is nobody to introduce you to.")
            )
        # Their yes went with them: that side is asked again, and the proposal waits for it.
        setattr(now, "answered_by" if side.pk == now.from_team_id else "asked_by", None)
        now.save(update_fields=["asked_by", "answered_by"])
        spoke = None
    said = _said(now, side, by, words)
    if spoke is not None:
        move(now, IntroductionState.ACCEPTED, by=by, team=side, **said)
        assert now.asked_by is not None  # noqa: S101 - both have spoken
        letters.write(LetterKind.INTRODUCTION_ACCEPTED, [(now.asked_by, now)])
        return now
    # The first yes of a brokered one; it goes on resting where it is the other side that lets it rest.
    rests = now.state == IntroductionState.RESTING and now.rests_for_id != side.pk
    return move(now, IntroductionState.RESTING if rests else IntroductionState.ASKED, by=by, team=side, **said)


@transaction.atomic
def decline(*, by: User, introduction: Introduction, words: str = "") -> Introduction:
    """No, with or without a word; the pair rests for a year. Whoever had said yes for the other side is told.
    Raises NotAllowed or AnsweredMeanwhile."""
    now, side = _to_answer(introduction, by)
    other = _spoken_for_other(now, side)
    move(now, IntroductionState.DECLINED, by=by, team=side, closed_by=by, **_said(now, side, by, words))
    if other is not None:
        letters.write(LetterKind.INTRODUCTION_DECLINED, [(other, now)])
    return now


@transaction.atomic
def let_rest(*, by: User, introduction: Introduction, until: dt.date | None = None) -> Introduction:
    """Not now: it waits again from `until`, by itself and without a mail; meanwhile it may be answered all the same.
    Whoever had said yes for the other side is told that it rests, not why. Raises NotAllowed, AnsweredMeanwhile or
    RestRefused."""
    now, side = _to_answer(introduction, by)
    until = until or today() + RESTS_FOR
    if not today() < until <= today() + LONGEST_REST:
        raise RestRefused(_("Choose a day within the next twelve months."))
    told_already = now.state == IntroductionState.RESTING and now.rests_for_id == side.pk
    move(now, IntroductionState.RESTING, by=by, team=side, rests_for=side, rests_until=until)
    other = _spoken_for_other(now, side)
    if other is not None and not told_already:
        letters.write(LetterKind.INTRODUCTION_RESTS, [(other, now)])
    return now


def _to_answer(introduction: Introduction, by: User) -> tuple[Introduction, Team]:
    """The locked row and the side that the person answers for."""
    now = locked_open(introduction)
    side = team_to_answer(by, now)
    if side is None:
        _demand_not_answered(now, by)
        demand(can_answer_introduction(by, now))
    assert side is not None  # noqa: S101 - or `demand` has raised
    return now, side


def _demand_not_answered(now: Introduction, by: User) -> None:
    """A colleague said yes for this side of a brokered one since the form was opened."""
    for team, spoke in ((now.from_team, now.asked_by), (now.to_team, now.answered_by)):
        if now.is_brokered and spoke is not None and spoke.pk != by.pk and writes_for(by, team):
            raise AnsweredMeanwhile(_("%(who)s said yes for your team in the meantime.") % {"who": spoke.name})


def _other(now: Introduction, side: Team) -> Team:
    return now.to_team if side.pk == now.from_team_id else now.from_team


def _spoken_for_other(now: Introduction, side: Team) -> User | None:
    return now.answered_by if side.pk == now.from_team_id else now.asked_by


def _said(now: Introduction, side: Team, by: User, words: str) -> dict[str, object]:
    names = ("asked_by", "asker_words") if side.pk == now.from_team_id else ("answered_by", "answer")
    return {names[0]: by, names[1]: words.strip(), "answered_at": timezone.now()}
