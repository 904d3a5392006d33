"""What the verbs of check-ins have in common: the row held, and who was faster in a sentence."""

import datetime as dt

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from engagement.choices import CheckInState
from engagement.models import CheckIn, CheckInMove
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused


class MovedMeanwhile(Refused):
    """Somebody sent, took back or answered it since the form was opened; what was typed has to be kept by the
    caller."""


class SavedMeanwhile(Refused):
    """Somebody of the team saved since the form was opened. Saving again with the new version writes over it."""


def held(check_in: CheckIn) -> CheckIn:
    """As it is now, held until the transaction ends: the second of two people waits, then sees what the first did."""
    rows = CheckIn.objects.select_for_update(of=("self",)).select_related("team__city", "period__programme__operator")
    found: CheckIn = rows.get(pk=check_in.pk)
    return found


def last_move(check_in: CheckIn) -> str:
    """Who did what while the form was open, for the person whose move came second."""
    move = check_in.moves.select_related("by").order_by("-at", "-pk").first()
    if move is None:
        return _("This check-in has changed since you opened it. What you typed is kept below.")
    return _sentence(move) % {"who": name_of(move.by), "when": moment(move.at)}


def last_save(check_in: CheckIn) -> str:
    if check_in.saved_by is None or check_in.saved_at is None:
        return _("This check-in has changed since you opened it. What you typed is kept below.")
    return _(
        "%(who)s saved this check-in at %(when)s, while you were writing. Theirs is shown beside yours; "
        "saving again keeps yours."
    ) % {"who": name_of(check_in.saved_by), "when": moment(check_in.saved_at)}


def name_of(person: User | None) -> str:
    return person.name if person else _("Somebody")


def moment(when: dt.datetime) -> str:
    return formats.date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT")


def _sentence(move: CheckInMove) -> str:
    if move.takes_back:
        return _("%(who)s took this check-in back at %(when)s, to go on writing. What you typed is kept below.")
    sentences = {
        CheckInState.SUBMITTED: _("%(who)s sent this check-in at %(when)s. What you typed is kept below."),
        CheckInState.RETURNED: _("%(who)s sent this check-in back at %(when)s. What you typed is kept below."),
        CheckInState.ACCEPTED: _("%(who)s accepted this check-in at %(when)s. What you typed is kept below."),
    }
    return sentences[CheckInState(move.to_state)]
