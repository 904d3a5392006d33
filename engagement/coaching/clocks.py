"""Hours on several clocks: which moment somebody means, how it reads elsewhere, and where the clocks change before."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import get_timezone_location
from babel.lists import format_list
from django.utils import formats
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from engagement.models import CoachingEngagement
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused

DAY = dt.timedelta(days=1)


class NoSuchHour(Refused):
    """The clocks jump over it."""

    def __init__(self, hour: dt.time, zone: str) -> None:
        sentence = _("That night the clocks in %(place)s go forward, so there is no %(hour)s. Choose another hour.")
        super().__init__(sentence % {"place": place_of(zone), "hour": formats.time_format(hour, "TIME_FORMAT")})


class TwiceThatHour(Refused):
    """The clocks go back over it."""

    def __init__(self, hour: dt.time, zone: str) -> None:
        sentence = _("That night the clocks in %(place)s go back, so %(hour)s comes twice. Choose another hour.")
        super().__init__(sentence % {"place": place_of(zone), "hour": formats.time_format(hour, "TIME_FORMAT")})


@dataclass(frozen=True)
class Clock:
    """The clock of some people of an engagement. `place` is what sentences call it."""

    zone: str
    place: str
    names: tuple[str, ...]
    is_readers: bool = False

    def offset(self, moment: dt.datetime) -> dt.timedelta:
        """Ahead of UTC by so much at that moment."""
        return moment.astimezone(ZoneInfo(self.zone)).utcoffset() or dt.timedelta(0)

    def day(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(ZoneInfo(self.zone)).date()


def moment_of(day: dt.date, hour: dt.time, zone: str) -> dt.datetime:
    """The moment at which a clock in the zone shows that hour of that day.

    Raises NoSuchHour or TwiceThatHour on the nights when the clocks change.
    """
    before = dt.datetime.combine(day, hour, tzinfo=ZoneInfo(zone))
    # The same hour after a change of the clocks (PEP 495); where there is no change the two are one.
    after = before.replace(fold=1)
    earlier, later = before.utcoffset() or dt.timedelta(0), after.utcoffset() or dt.timedelta(0)
    if earlier < later:
        raise NoSuchHour(hour, zone)
    if earlier > later:
        raise TwiceThatHour(hour, zone)
    return before.astimezone(dt.UTC)


def clocks_of(engagement: CoachingEngagement, reader: User) -> list[Clock]:
    """The reader's own, the team's, and each coach's, one for each time zone; the reader's first.

    No query after `with_coaches()`.
    """
    city = engagement.team.city
    people: list[tuple[str, str]] = [(city.timezone, city.name)]
    people += [(coach.timezone, coach.name) for coach in engagement.current_coaches if coach.pk != reader.pk]
    zones = dict.fromkeys([reader.timezone, *(zone for zone, _name in people)])
    return [
        Clock(
            zone=zone,
            place=city.name if zone == city.timezone else place_of(zone),
            names=tuple(name for theirs, name in people if theirs == zone),
            is_readers=zone == reader.timezone,
        )
        for zone in zones
    ]


def clock_notes(moment: dt.datetime, clocks: Sequence[Clock], now: dt.datetime) -> list[str]:
    """What is different on that day from today, in plain sentences: clocks that change before, and hours between two
    places that are not today's. Nothing about the past."""
    if moment <= now:
        return []
    changing = [clock for clock in clocks if clock.offset(moment) != clock.offset(now)]
    notes = [_changes(changing, moment)] if changing else []
    here = clocks[0]
    differences = (_difference(here, there, moment, now) for there in clocks[1:])
    return [*notes, *dict.fromkeys(one for one in differences if one)]


def place_of(zone: str) -> str:
    """The city by which a time zone is called, in the reader's language; UTC stays UTC."""
    if "/" not in zone:
        return zone
    return get_timezone_location(zone, locale=_locale(), return_city=True).rsplit("/", 1)[-1]


def length_words(minutes: int) -> str:
    """How long something takes, as people say it: 45 min, 1 hour, 1 h 30."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}
    return gettext("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": rest}


def _changes(clocks: Iterable[Clock], moment: dt.datetime) -> str:
    told = [
        gettext("in %(place)s on %(day)s")
        % {"place": clock.place, "day": formats.date_format(_last_change(clock, moment), "MONTH_DAY_FORMAT")}
        for clock in clocks
    ]
    return gettext("The clocks change before then: %(where)s.") % {"where": format_list(told, locale=_locale())}


def _last_change(clock: Clock, moment: dt.datetime) -> dt.date:
    """The day from which the clock shows what it shows at that moment. Asked only where it changed in the two years
    that a session may lie ahead."""
    wanted, before = clock.offset(moment), moment
    while clock.offset(before) == wanted:
        before -= DAY
    return clock.day(before + DAY)


def _difference(here: Clock, there: Clock, moment: dt.datetime, now: dt.datetime) -> str:
    then, today = there.offset(moment) - here.offset(moment), there.offset(now) - here.offset(now)
    if then == today:
        return ""
    words = {"here": here.place, "there": there.place, "then": _hours(then), "today": _hours(today)}
    if not then:
        return gettext("On that day it is the same hour in %(there)s and %(here)s.") % words
    if not today:
        return gettext("On that day %(there)s and %(here)s are %(then)s apart; today it is the same hour.") % words
    if then < dt.timedelta(0) and today < dt.timedelta(0):
        return gettext("On that day %(there)s is %(then)s behind %(here)s, not %(today)s as today.") % words
    return gettext("On that day %(there)s is %(then)s ahead of %(here)s, not %(today)s as today.") % words


def _hours(between: dt.timedelta) -> str:
    hours, minutes = divmod(round(abs(between).total_seconds() / 60), 60)
    if minutes:
        return gettext("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": minutes}
    return ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}


def _locale() -> Locale:
    try:
        return Locale.parse(get_language() or "en", sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
