"""The one mail a day about what is promised. What stands in it is looked up when it is sent: what was sent, answered,
done or logged in the meantime is not in it, and where nothing is left there is no mail."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagement.choices import CheckInState
from engagement.digests.periods import zone_of
from engagement.dues import Due
from engagement.emails import message_id
from engagement.models import CheckIn, CoachingSession, Commitment, Letter
from engagement.promises import LEAD_IS_TOLD_AFTER, Promise, Whom
from engagement.reminders import news_for
from innoteams.lib import mail
from innoteams.lib.mail import one_line

# A coordinator of sixty teams reads the first of them here and the others in the portal.
MOST_TOLD = 12


@dataclass(frozen=True)
class Line:
    """One promise in words. Read in the language that is active then."""

    one: Due
    today: dt.date
    zone: dt.tzinfo

    @property
    def days_late(self) -> int:
        """Negative before the day."""
        return (self.today - self.one.due).days

    @property
    def is_late(self) -> bool:
        return self.days_late > 0

    @property
    def what(self) -> str:
        """In a subject too: without what was promised or said."""
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
        days = abs(self.days_late)
        if self.is_late:
            return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
        if days == 0:
            return _("due today")
        if days == 1:
            return _("due tomorrow")
        return _("due in %(days)s days") % {"days": days}

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


def promises_due(letter: Letter) -> EmailMessage | None:
    """None also where a later day's letter waits: that one says it all."""
    person, day = letter.person, letter.day
    later = Letter.objects.filter(kind=letter.kind, person=person, day__gt=day)
    if day is None or later.exists():
        return None
    zone = zone_of(person.timezone)
    today = timezone.now().astimezone(zone).date()
    lines = [Line(one, today, zone) for one in news_for(person, day)]
    if not lines:
        return None
    context = {
        "person": person,
        "lines": lines[:MOST_TOLD],
        "first": lines[0],
        "others": len(lines) - 1,
        "not_told": max(0, len(lines) - MOST_TOLD),
        "link": f"{settings.SITE_URL}{reverse('my_work')}",
        "settings_link": f"{settings.SITE_URL}{reverse('calendar')}#reminders",
    }
    return mail.send("promises", person, person.language, context, message_id=message_id(letter), time_zone=zone)
