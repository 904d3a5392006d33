"""The ledger's codes in words: why, who, which state, which period; and the trail of a digest, line by line."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engagement.choices import DigestState
from engagement.digests.operating import SHELL
from engagement.models import Digest
from innoteams.accounts.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Step:
    """One line of a trail."""

    at: dt.datetime | None
    who: str
    was: str
    to: str
    why: str
    words: str

    @property
    def is_move(self) -> bool:
        return self.was != self.to


def trails_of(digests: Sequence[Digest]) -> list[list[Step]]:
    """The trail of each in words; whoever acted by name. One query for all."""
    acted = {
        int(step["by"].removeprefix("person:"))
        for digest in digests
        for step in digest.trail
        if re.fullmatch(r"person:\d+", str(step.get("by", "")))
    }
    names = {f"person:{person.pk}": str(person) for person in User.objects.filter(pk__in=acted)} if acted else {}
    return [[_step(step, names) for step in digest.trail] for digest in digests]


def _step(step: Mapping[str, str], names: Mapping[str, str]) -> Step:
    return Step(
        at=_moment(step.get("at", "")),
        who=_who(step.get("by", ""), names),
        was=_state(step.get("from", "")),
        to=_state(step.get("to", "")),
        why=reason_words(step.get("why", "")),
        words=step.get("words", ""),
    )


def _moment(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _state(code: str) -> str:
    return str(DigestState(code).label) if code in DigestState.values else code


def _who(code: str, names: Mapping[str, str]) -> str:
    if code.startswith("person:"):
        return names.get(code) or _("somebody who has left")
    return str(_ACTORS.get(code, code))


_ACTORS: dict[str, "StrOrPromise"] = {
    "planner": gettext_lazy("the planner"),
    "builder": gettext_lazy("the writer"),
    "courier": gettext_lazy("the courier"),
    "sweeper": gettext_lazy("the sweeper"),
    "provider": gettext_lazy("the mail provider"),
    SHELL: gettext_lazy("the command line"),
}

_REASONS: dict[str, "StrOrPromise"] = {
    "stopped": gettext_lazy("the person wants none"),
    "paused": gettext_lazy("the person has paused"),
    "inactive": gettext_lazy("the account is closed"),
    "suppressed": gettext_lazy("mail does not reach the address"),
    "superseded": gettext_lazy("a newer one took its place"),
    "nothing_new": gettext_lazy("nothing new for this person"),
    "refused": gettext_lazy("the mail server refused it"),
    "no_answer": gettext_lazy("the mail server did not answer"),
    "cannot_be_sent": gettext_lazy("it could not be made a mail"),
    "cannot_be_written": gettext_lazy("it could not be written"),
    "died": gettext_lazy("the worker stopped while sending"),
    "by_hand": gettext_lazy("sent again by hand"),
    "key_replaced": gettext_lazy("the links in it were replaced"),
    "narrowed": gettext_lazy("something in it was narrowed"),
    "settled_meanwhile": gettext_lazy("what it asks for was done meanwhile"),
    "written_long_ago": gettext_lazy("it was written too long ago"),
    "not_for_them": gettext_lazy("it is not for this person any more"),
    "held": gettext_lazy("held back"),
    "released": gettext_lazy("released"),
    "enough_for_a_day": gettext_lazy("the person had enough mail for a day"),
    "full_minute": gettext_lazy("so many mails went out that minute already"),
}


def reason_words(code: str) -> str:
    """Why, in words; a code that has none yet is shown as it is."""
    return str(_REASONS.get(code, code.replace("_", " ")))


_WEEKS = re.compile(r"(\d{4})-W(\d{2})(-2w)?")
_MONTH = re.compile(r"(\d{4})-(\d{2})")


def period_words(key: str) -> str:
    """A period by its name in the ledger, for people. A key that tells no period is shown as it is."""
    try:
        if weeks := _WEEKS.fullmatch(key):
            monday = date_format(dt.date.fromisocalendar(int(weeks[1]), int(weeks[2]), 1), "DATE_FORMAT")
            words = _("Two weeks from %(day)s") if weeks[3] else _("Week of %(day)s")
            return words % {"day": monday}
        if month := _MONTH.fullmatch(key):
            return date_format(dt.date(int(month[1]), int(month[2]), 1), "YEAR_MONTH_FORMAT")
        return date_format(dt.date.fromisoformat(key), "DATE_FORMAT")
    except ValueError:
        return key
