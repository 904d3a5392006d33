"""Two people may act on one project at the same moment: the second waits and then sees what the first did."""

from collections.abc import Mapping
from typing import TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from innoteams.lib.verdicts import Refused

Row = TypeVar("Row", bound=models.Model)


class EditedMeanwhile(Refused):
    """Somebody saved since this form was opened. Carries what they saved, so that both can be shown."""

    def __init__(self, theirs: models.Model, mine: Mapping[str, object]) -> None:
        super().__init__(_("Somebody else saved this while you were writing. Nothing of yours or theirs is lost."))
        self.theirs = theirs
        self.mine = dict(mine)

    @property
    def differing(self) -> list[str]:
        """Names of the fields in which the two differ."""
        return [name for name, value in self.mine.items() if getattr(self.theirs, name) != value]


def locked(row: Row) -> Row:
    """The row as it is now, held until the transaction ends."""
    found: Row = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    return found
