"""A refusal that knows which field of a form it belongs to, so that the sentence stands beside what was typed."""

from typing import TYPE_CHECKING

from innoteams.lib.verdicts import Refused

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class RefusedField(Refused):
    """Subclasses name the field; `field` is None where the whole form is meant."""

    field: str | None = None

    def __init__(self, reason: "StrOrPromise", field: str | None = None) -> None:
        super().__init__(reason)
        if field:
            self.field = field
