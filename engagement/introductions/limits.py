"""How many introductions a person may set going, so that each one is read."""

import datetime as dt

from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from engagement.introductions.refusals import TooMany
from engagement.models import Introduction
from innoteams.accounts.models import User

# What a person asks for, and what a coordinator brokers, in seven days.
MOST_IN_A_WEEK = 5
MOST_BROKERED_IN_A_WEEK = 10
WEEK = dt.timedelta(days=7)


def demand_may_ask(by: User) -> None:
    """Raises TooMany. Locks the person, so that two questions at once are counted one after the other."""
    again = _again(by, Introduction.objects.filter(asked_by=by, brokered_for=None), MOST_IN_A_WEEK)
    if again:
        raise TooMany(
            _(
                "You asked for %(number)d introductions in seven days, which is the most. "
                "You can ask again from %(when)s."
            )
            % {"number": MOST_IN_A_WEEK, "when": again}
        )


def demand_may_broker(by: User) -> None:
    """The same for proposals."""
    again = _again(by, Introduction.objects.filter(brokered_by=by), MOST_BROKERED_IN_A_WEEK)
    if again:
        raise TooMany(
            _(
                "You proposed %(number)d introductions in seven days, which is the most. "
                "You can propose again from %(when)s."
            )
            % {"number": MOST_BROKERED_IN_A_WEEK, "when": again}
        )


def _again(by: User, rows: QuerySet[Introduction], most: int) -> str:
    """When the next one is possible, or "" for now."""
    User.objects.select_for_update().filter(pk=by.pk).first()
    times = list(
        rows.filter(asked_at__gt=timezone.now() - WEEK).order_by("asked_at").values_list("asked_at", flat=True)
    )
    if len(times) < most:
        return ""
    return formats.date_format(timezone.localtime(times[-most] + WEEK), "SHORT_DATETIME_FORMAT")
