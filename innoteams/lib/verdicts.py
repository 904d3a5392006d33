"""Answers to "may this person do that?", each with its reason, and the refusal a verb raises."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Verdict:
    """True or false, with the sentence that tells the person why not."""

    allowed: bool
    reason: "StrOrPromise" = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Verdict(True)


def no(reason: "StrOrPromise") -> Verdict:
    return Verdict(False, reason)


class Refused(Exception):  # noqa: N818 - the name says what happened; it is an answer, not an error
    """A verb did not act; `str()` of it is a sentence for the person. Verbs raise named subclasses."""

    def __init__(self, reason: "StrOrPromise") -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


class NotAllowed(Refused):
    """The person may see the thing but not do this with it."""


def demand(verdict: Verdict) -> None:
    """Raises NotAllowed with the verdict's reason unless it allows."""
    if not verdict:
        raise NotAllowed(verdict.reason)
