"""Why somebody is not introduced, asked or answered."""

from typing import TYPE_CHECKING

from engagement.models import Introduction
from innoteams.lib.verdicts import Refused

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class OwnTeam(Refused):
    """A team is not introduced to itself."""


class NobodyThere(Refused):
    """The team has no lead or member who could answer."""


class AskedAlready(Refused):
    """The pair has an introduction that is open; `introduction` is that one."""

    def __init__(self, reason: "StrOrPromise", introduction: Introduction) -> None:
        super().__init__(reason)
        self.introduction = introduction


class DeclinedRecently(Refused):
    """One of the two declined within REST_AFTER_NO."""


class IntroducedAlready(Refused):
    """The two were introduced within LATELY, so nobody needs to broker it."""


class TooMany(Refused):
    """As many as a person asks for, or a coordinator brokers, in seven days."""


class AnsweredMeanwhile(Refused):
    """Somebody answered, or it was taken back, since the form was opened."""


class AskerHasLeft(Refused):
    """The person who spoke for the other side does not write for that team any more."""


class RestRefused(Refused):
    """The day is not one that an introduction can rest until."""


class SuggestionGone(Refused):
    """The suggestion was set aside, taken up, or is not true any more."""
