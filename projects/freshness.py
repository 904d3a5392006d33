"""How long ago a team said that what stands here is true: a year is long, so it is asked a month before."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.choices import Outcome
from projects.models import Project

# The team is asked from here on; readers are told from the year on.
ASK_AFTER_MONTHS = 11
OLD_AFTER_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Freshness:
    confirmed_on: dt.date | None
    months: int
    is_asked: bool
    is_old: bool

    @property
    def age(self) -> str:
        """“this month”, “8 months ago”, “2 years ago”."""
        if self.months < 1:
            return _("less than a month ago")
        if self.months < 2 * OLD_AFTER_MONTHS:
            return ngettext("%(n)s month ago", "%(n)s months ago", self.months) % {"n": self.months}
        years = self.months // 12
        return ngettext("%(n)s year ago", "%(n)s years ago", years) % {"n": years}

    @property
    def unconfirmed_for(self) -> str:
        """For readers: “not confirmed for 14 months”."""
        if self.months < 2 * OLD_AFTER_MONTHS:
            words = ngettext("not confirmed for %(n)s month", "not confirmed for %(n)s months", self.months)
            return words % {"n": self.months}
        years = self.months // 12
        return ngettext("not confirmed for %(n)s year", "not confirmed for %(n)s years", years) % {"n": years}


def freshness(project: Project, today: dt.date | None = None) -> Freshness:
    """A draft is being written, a stopped project is closed, a public source is as old as it is: none is asked."""
    confirmed = project.last_confirmed_on
    if confirmed is None:
        return Freshness(None, 0, is_asked=False, is_old=False)
    months = _whole_months(confirmed, today or timezone.localdate())
    is_kept = not (project.is_draft or project.is_from_public_source or project.outcome == Outcome.STOPPED)
    return Freshness(
        confirmed,
        months,
        is_asked=is_kept and months >= ASK_AFTER_MONTHS,
        is_old=is_kept and months >= OLD_AFTER_MONTHS,
    )


def _whole_months(since: dt.date, until: dt.date) -> int:
    months = (until.year - since.year) * 12 + until.month - since.month
    return max(0, months - (until.day < since.day))
