"""How often and when a stream comes, in words."""

import datetime as dt

from django.utils.formats import time_format
from django.utils.translation import gettext as _

from engagement.choices import Cadence, Stream, Weekday
from engagement.models import DigestPreference


def habit_in_words(preference: DigestPreference, time_zone: str) -> str:
    """“every week, on Tuesday at 08:00 (Europe/Paris)”, in the active language."""
    hour = time_format(dt.time(preference.local_hour), "H:i")
    values = {"day": Weekday(preference.weekday).label, "hour": hour, "zone": time_zone}
    sentences = {
        Cadence.OFF: _("never"),
        Cadence.DAILY: _("every day at %(hour)s (%(zone)s)"),
        Cadence.WEEKLY: _("every week, on %(day)s at %(hour)s (%(zone)s)"),
        Cadence.FORTNIGHTLY: _("every two weeks, on %(day)s at %(hour)s (%(zone)s)"),
        Cadence.MONTHLY: _("every month, on the first %(day)s at %(hour)s (%(zone)s)"),
    }
    if preference.stream == Stream.ACTIONS:
        sentences[Cadence.DAILY] = _("every working day at %(hour)s (%(zone)s)")
    return sentences[Cadence(preference.cadence)] % values
