"""The states of an introduction: which moves are legal, and the one place that writes them."""

from django.utils import timezone
from django.utils.translation import gettext as _

from cities.models import Team
from engagement.choices import IntroductionState
from engagement.introductions.refusals import AnsweredMeanwhile
from engagement.models import Introduction, IntroductionMove
from innoteams.accounts.models import User

ASKED, RESTING = IntroductionState.ASKED, IntroductionState.RESTING
ACCEPTED, DECLINED, WITHDRAWN = IntroductionState.ACCEPTED, IntroductionState.DECLINED, IntroductionState.WITHDRAWN

# A brokered one stays as it is when the first of the two says yes; one that rests is asked again where the side that
# let it rest says yes and the other has not answered.
MOVES: dict[str, frozenset[str]] = {
    "": frozenset({ASKED}),
    ASKED: frozenset({ASKED, RESTING, ACCEPTED, DECLINED, WITHDRAWN}),
    RESTING: frozenset({ASKED, RESTING, ACCEPTED, DECLINED, WITHDRAWN}),
    ACCEPTED: frozenset(),
    DECLINED: frozenset(),
    WITHDRAWN: frozenset(),
}


def begin(introduction: Introduction, *, by: User, team: Team | None) -> Introduction:
    introduction.save()
    _note(introduction, "", by, team)
    return introduction


def move(now: Introduction, to: IntroductionState, *, by: User, team: Team | None, **changed: object) -> Introduction:
    """Writes the state and what changed with it. `now` is locked by `locked_open`; `team` is the side that acts."""
    before = now.state
    if to not in MOVES[before]:
        raise AnsweredMeanwhile(_("This introduction does not wait for an answer any more."))
    now.state = to
    for name, value in changed.items():
        setattr(now, name, value)
    now.save(update_fields=["state", *changed])
    _note(now, before, by, team)
    return now


def locked_open(introduction: Introduction) -> Introduction:
    """The row, held until the end of the transaction. Raises AnsweredMeanwhile where it is not open any more."""
    # Locked first and read afterwards: a row that was waited for comes with whoever it was joined to before the wait.
    Introduction.objects.select_for_update().get(pk=introduction.pk)
    rows = Introduction.objects.select_related("asked_by", "answered_by", "closed_by", "from_team", "to_team")
    now: Introduction = rows.get(pk=introduction.pk)
    if now.is_open:
        return now
    raise AnsweredMeanwhile(why_closed(now))


def why_closed(now: Introduction) -> str:
    """Who was first, in a sentence. Only for people of the two teams."""
    if now.state == WITHDRAWN:
        return (
            _("It was taken back in the meantime.")
            if now.is_brokered
            else _("The question was taken back in the meantime.")
        )
    if now.state == ACCEPTED:
        who = now.answered_by.name if now.answered_by else _("Somebody")
        return _("%(who)s accepted this introduction in the meantime.") % {"who": who}
    closer = now.closed_by or now.answered_by
    who = closer.name if closer else _("Somebody")
    return _("%(who)s declined this introduction in the meantime.") % {"who": who}


def _note(now: Introduction, before: str, by: User, team: Team | None) -> None:
    IntroductionMove.objects.create(
        introduction=now, from_state=before, to_state=now.state, by=by, team=team, at=timezone.now()
    )
