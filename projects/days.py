"""What is told as having happened cannot lie ahead, wherever in the world the person who tells it is."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from projects.refusals import RefusedField


class DayAhead(RefusedField):
    """A day that has not come yet where the person is."""


def demand_past(day: dt.date, *, by: User, field: str) -> None:
    if day > timezone.now().astimezone(by.zone).date():
        raise DayAhead(_("This day is still ahead. Write it down once it has happened."), field)
