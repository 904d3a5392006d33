"""Many readings at once: all of a checked table or nothing, and nothing twice."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from innoteams.lib.verdicts import demand
from projects.choices import Verb
from projects.history import record, touch
from projects.locking import locked
from projects.models import Indicator, Reading
from projects.permissions import can_edit_project
from projects.readings_table import Defaults, Table, read_table
from projects.refusals import RefusedField


class TableNotRight(RefusedField):
    """A line is wrong, so none is imported."""

    field = "text"


def preview(*, by: User, indicator: Indicator, text: str, defaults: Defaults) -> Table:
    """What `import_readings` would do now; changes nothing."""
    existing = list(indicator.readings.current())
    return read_table(text, indicator, existing=existing, last_day=_today(by), defaults=defaults)


@transaction.atomic
def import_readings(*, by: User, indicator: Indicator, text: str, defaults: Defaults) -> int:
    """Adds every line of the table that is not there yet; how many. One row of history tells of all.

    The indicator is held meanwhile: of two people who import the same table, the second adds nothing.
    """
    demand(can_edit_project(by, indicator.project))
    now = locked(indicator)
    table = preview(by=by, indicator=now, text=text, defaults=defaults)
    if not table.is_right:
        raise TableNotRight(_("Nothing is imported until every line is right."))
    rows = [
        Reading(
            indicator=now,
            value=line.value,
            read_on=line.day,
            source=line.source,
            kind=line.kind,
            is_comparison=line.is_comparison,
            author=by,
        )
        for line in table.added
    ]
    if rows:
        Reading.objects.bulk_create(rows, batch_size=1000)
        touch(now.project)
        record(Verb.READINGS_IMPORTED, now.project, by=by, indicator=now, facts={"count": len(rows)})
    return len(rows)


def _today(by: User) -> dt.date:
    return timezone.now().astimezone(by.zone).date()
