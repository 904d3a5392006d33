"""What waits, in words: read in the language and the time zone that are active then."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagement.choices import CheckInState
from engagement.dues import Due
from engagement.models import CheckIn, CoachingSession, Commitment, Introduction, Question
from engagement.promises import LEAD_IS_TOLD_AFTER, Promise, Whom
from engagement.waiting import Waiting
from innoteams.lib.languages import isolated
from innoteams.lib.mail import one_line


class Line(Protocol):
    """`headline` goes into subjects: it quotes nothing that was promised or asked. `waits` names what waits, so that
    it can be asked again whether it still does."""

    @property
    def row(self) -> Any: ...
    @property
    def waits(self) -> str: ...
    @property
    def is_own(self) -> bool: ...
    @property
    def due(self) -> dt.date | None: ...
    @property
    def what(self) -> str: ...
    @property
    def headline(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def promise(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def url(self) -> str: ...


def days_late(due: dt.date, today: dt.date) -> int:
    """Negative before the day."""
    return (today - due).days


def status_of(due: dt.date, today: dt.date) -> str:
    late = days_late(due, today)
    days = abs(late)
    if late > 0:
        return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
    if days == 0:
        return _("due today")
    if days == 1:
        return _("due tomorrow")
    return _("due in %(days)s days") % {"days": days}


@dataclass(frozen=True)
class Promised:
    """A promise that reached a step."""

    one: Due
    today: dt.date
    zone: dt.tzinfo

    @property
    def row(self) -> Any:
        return self.one.about

    @property
    def waits(self) -> str:
        state = f".{self.one.about.state}" if isinstance(self.one.about, CheckIn) else ""
        return f"{self.one.promise}{state}"

    @property
    def is_own(self) -> bool:
        return self.one.is_own

    @property
    def due(self) -> dt.date:
        return self.one.due

    @property
    def days_late(self) -> int:
        return days_late(self.one.due, self.today)

    @property
    def what(self) -> str:
        about = self.one.about
        if isinstance(about, CheckIn):
            names = {"period": about.period.name, "city": one_line(about.team.city.name)}
            if self.one.promise == Promise.ANSWER:
                return _("Answer to the check-in %(period)s, %(city)s") % names
            return _("Check-in %(period)s, %(city)s") % names
        city = one_line(about.engagement.team.city.name)
        if isinstance(about, Commitment):
            return _("Commitment, coaching %(city)s") % {"city": city}
        day = formats.date_format(about.starts_at.astimezone(self.zone), "j F")
        return _("Log of the session of %(day)s, %(city)s") % {"day": day, "city": city}

    @property
    def status(self) -> str:
        return status_of(self.one.due, self.today)

    @property
    def headline(self) -> str:
        """“Check-in Quarter 3 of 2026, Mulhouse: 3 days late”."""
        return _("%(what)s: %(status)s") % {"what": self.what, "status": self.status}

    @property
    def text(self) -> str:
        """What was promised, in the words of whoever wrote it."""
        return self.one.about.text if isinstance(self.one.about, Commitment) else ""

    @property
    def promise(self) -> str:
        return _("Promised until %(day)s.") % {"day": formats.date_format(self.one.due, "DATE_FORMAT")}

    @property
    def words(self) -> str:
        """What is to be done, or why somebody is told of what others have to do."""
        if isinstance(self.one.about, Commitment):
            return _("You promised it. Say on its page that it is done, or when it will be.")
        if isinstance(self.one.about, CoachingSession):
            return _("It still waits to be logged. A few lines about what happened are enough.")
        if self.one.promise == Promise.ANSWER:
            return self._words_about_answer(self.one.about)
        return self._words_about_check_in(self.one.about)

    def _words_about_answer(self, check_in: CheckIn) -> str:
        operator = check_in.period.programme.operator.name
        if self.one.whom != Whom.COORDINATORS:
            return _("%(operator)s owes you an answer. That it is late is counted, and its coordinators are told.") % {
                "operator": operator
            }
        return _("The team waits for an answer, in words. Every coordinator of %(operator)s can give it.") % {
            "operator": operator
        }

    def _words_about_check_in(self, check_in: CheckIn) -> str:
        if self.one.whom == Whom.COORDINATORS:
            return _("The team has not sent it, and has been told. A word from you may help more than another mail.")
        if self.one.whom == Whom.LEADS and self.days_late >= LEAD_IS_TOLD_AFTER:
            return _("Nobody of your team has sent it yet. You lead the team: please see that somebody does.")
        if check_in.state == CheckInState.RETURNED:
            return _("It came back with a question. Read the answer, go on writing and send it again.")
        return _("It is drafted from what your team logged. Look it over and send it.")

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{self.one.path}"


@dataclass(frozen=True)
class Told:
    """Something else that waits, as My work tells it."""

    row: Any
    item: Waiting
    today: dt.date

    is_own = True

    @property
    def waits(self) -> str:
        return self.item.kind

    @property
    def due(self) -> dt.date | None:
        return self.item.due

    @property
    def what(self) -> str:
        """A question is quoted below its line, as a promise is, not as the line."""
        if isinstance(self.row, Question) and self.row.project:
            project = self.row.project
            return _("A question about “%(title)s”") % {"title": isolated(one_line(project.title), project.language)}
        return one_line(self.item.title)

    @property
    def headline(self) -> str:
        if isinstance(self.row, Commitment):
            city = one_line(self.row.engagement.team.city.name)
            return _("Commitment, coaching %(city)s") % {"city": city}
        return self.what

    @property
    def status(self) -> str:
        return status_of(self.item.promised, self.today) if self.item.has_due else ""

    @property
    def text(self) -> str:
        return self.row.text if isinstance(self.row, Question) else ""

    @property
    def promise(self) -> str:
        """An answer is promised until a day; what else has a day is only asked for until then."""
        if not isinstance(self.row, CheckIn | Introduction | Question) or not self.item.has_due:
            return ""
        return _("Promised until %(day)s.") % {"day": formats.date_format(self.item.promised, "DATE_FORMAT")}

    @property
    def words(self) -> str:
        return self.item.why

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{self.item.url}"


def oldest_promise_first(lines: Iterable[Line]) -> list[Line]:
    """The person's own first; what nobody promised until a day comes last."""
    return sorted(
        lines, key=lambda line: (not line.is_own, line.due is None, line.due or dt.date.max, line.waits, line.row.pk)
    )
