"""Days that can be: what is told as having happened does not lie ahead, wherever the person is who tells it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from projects.refusals import RefusedField


class DayAhead(RefusedField):
    """A day that has not come yet where the person is."""


# A year typed wrong (0026, 20266) is noticed; what a city remembers or plans lies between these.
EARLIEST = dt.date(1900, 1, 1)
MOST_YEARS_AHEAD = 50


def validate_day(day: dt.date) -> None:
    """Refuses days that can only be a slip of the keyboard."""
    if day < EARLIEST:
        raise ValidationError(
            _("This day lies before %(earliest)s. Please look at the year.")
            % {"earliest": formats.date_format(EARLIEST, "DATE_FORMAT")}
        )
    if day.year > timezone.localdate().year + MOST_YEARS_AHEAD:
        raise ValidationError(_("This day is more than fifty years ahead. Please look at the year."))


def demand_past(day: dt.date, *, by: User, field: str) -> None:
    if day > timezone.now().astimezone(by.zone).date():
        raise DayAhead(_("This day is still ahead. Write it down once it has happened."), field)
