"""Who wants a stream, how often, on which day and at which hour; and the ways to change it.

Without a row a person has the default of the stream (DEFAULTS), at 8 o'clock in their own time zone.
"""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.choices import Cadence, Stream, Weekday
from engagement.digests.periods import Habit, Slot, next_slot, zone_of
from engagement.models import DigestPreference
from innoteams.lib.verdicts import Refused

if TYPE_CHECKING:
    from innoteams.accounts.models import User

PAUSE = dt.timedelta(days=30)
LONGEST_PAUSE = dt.timedelta(days=366)
_SLOWER = {Cadence.DAILY: Cadence.WEEKLY, Cadence.WEEKLY: Cadence.FORTNIGHTLY, Cadence.FORTNIGHTLY: Cadence.MONTHLY}


# How often and on which day, for who has not chosen. “Every day” of what waits is every working day.
DEFAULTS: dict[str, tuple[Cadence, Weekday]] = {
    Stream.NETWORK: (Cadence.WEEKLY, Weekday.TUESDAY),
    Stream.ACTIONS: (Cadence.DAILY, Weekday.MONDAY),
    Stream.COORDINATION: (Cadence.WEEKLY, Weekday.MONDAY),
}


class PreferenceRefused(Refused):
    """The preference was not changed."""


def preference_of(person: "User", stream: str = Stream.NETWORK) -> DigestPreference:
    """The person's own, or an unsaved one with the defaults."""
    return preferences_of([person.pk], stream)[person.pk]


def preferences_of(person_ids: Iterable[int], stream: str = Stream.NETWORK) -> dict[int, DigestPreference]:
    """One for every person asked for, in one query."""
    wanted = set(person_ids)
    found = {row.person_id: row for row in DigestPreference.objects.filter(person__in=wanted, stream=stream)}
    return {pk: found.get(pk) or default_of(pk, stream) for pk in wanted}


def wishes_of(person: "User") -> dict[str, DigestPreference]:
    """The person's own for every stream, unsaved with the defaults where there is none. One query."""
    found = {row.stream: row for row in DigestPreference.objects.filter(person=person)}
    return {stream: found.get(stream) or default_of(person.pk, stream) for stream in Stream}


def default_of(person_id: int, stream: str) -> DigestPreference:
    """Unsaved: what a person has who has not chosen."""
    cadence, weekday = DEFAULTS[stream]
    return DigestPreference(person_id=person_id, stream=stream, cadence=cadence, weekday=weekday)


def habit_of(preference: DigestPreference, time_zone: str) -> Habit:
    """What is to be done is told on working days alone."""
    working_days = preference.stream == Stream.ACTIONS
    return Habit(preference.cadence, preference.weekday, preference.local_hour, time_zone, working_days)


def is_paused(preference: DigestPreference, time_zone: str, now: dt.datetime) -> bool:
    """On the day named the digests come again."""
    if preference.paused_until is None:
        return False
    return now.astimezone(zone_of(time_zone)).date() < preference.paused_until


def reason_against(preference: DigestPreference, time_zone: str, now: dt.datetime) -> str:
    """Why nothing may be sent now ("stopped", "paused"), or nothing."""
    if preference.cadence == Cadence.OFF:
        return "stopped"
    return "paused" if is_paused(preference, time_zone, now) else ""


def next_digest_of(person: "User", preference: DigestPreference, now: dt.datetime) -> Slot | None:
    """When the next one is due, after any pause; None for who wants none."""
    habit = habit_of(preference, person.timezone)
    if is_paused(preference, person.timezone, now) and preference.paused_until:
        midnight = dt.datetime.combine(preference.paused_until, dt.time(), tzinfo=zone_of(person.timezone))
        # The slot may be at that very midnight.
        return next_slot(habit, midnight.astimezone(dt.UTC) - dt.timedelta(microseconds=1))
    return next_slot(habit, now)


@transaction.atomic
def choose(
    *,
    by: "User",
    cadence: str,
    weekday: int,
    local_hour: int,
    paused_until: dt.date | None = None,
    stream: str = Stream.NETWORK,
) -> DigestPreference:
    """The person's wish for one stream; other streams stay as they are."""
    today = timezone.now().astimezone(zone_of(by.timezone)).date()
    if paused_until and paused_until > today + LONGEST_PAUSE:
        raise PreferenceRefused(_("A pause lasts a year at most; to get none at all, choose “off”."))
    values = {
        "cadence": cadence,
        "weekday": weekday,
        "local_hour": local_hour,
        # A pause that is over is none.
        "paused_until": paused_until if paused_until and paused_until > today else None,
    }
    return _write(by, stream, **values)


def slow_down(*, by: "User", stream: str = Stream.NETWORK) -> DigestPreference:
    """One step: daily, weekly, every two weeks, monthly. Raises PreferenceRefused below monthly."""
    slower = _SLOWER.get(Cadence(preference_of(by, stream).cadence))
    if slower is None:
        raise PreferenceRefused(_("It does not come less often than once a month; you can pause or stop it."))
    return _write(by, stream, cadence=slower)


def pause(*, by: "User", stream: str = Stream.NETWORK) -> DigestPreference:
    """For a month from today, in the person's own calendar."""
    today = timezone.now().astimezone(zone_of(by.timezone)).date()
    return _write(by, stream, paused_until=today + PAUSE)


def resume(*, by: "User", stream: str = Stream.NETWORK) -> DigestPreference:
    """The pause is over at once."""
    return _write(by, stream, paused_until=None)


def set_pace(*, by: "User", cadence: Cadence, stream: str = Stream.NETWORK) -> DigestPreference:
    """Faster, slower, or again after it was stopped; day, hour and a pause stay."""
    return _write(by, stream, cadence=cadence)


def stop(*, by: "User", stream: str = Stream.NETWORK) -> DigestPreference:
    """This stream alone; safe to ask for again."""
    return _write(by, stream, cadence=Cadence.OFF)


@transaction.atomic
def _write(by: "User", stream: str, **values: object) -> DigestPreference:
    cadence, weekday = DEFAULTS[stream]
    row, _created = DigestPreference.objects.get_or_create(
        person=by, stream=stream, defaults={"cadence": cadence, "weekday": weekday}
    )
    row = DigestPreference.objects.select_for_update().get(pk=row.pk)
    if any(getattr(row, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(row, name, value)
        row.changed_at = timezone.now()
        row.save()
    return row
