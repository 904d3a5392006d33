"""The last look at written digests before they are sent: wanted still, allowed still, true still?

Asked of a handful at a time and never used for longer than a moment, so that it costs little and means now.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.conf import settings

from engagement import reach
from engagement.choices import DigestState
from engagement.digests import ledger, seen
from engagement.digests.limits import had_today
from engagement.digests.periods import zone_of
from engagement.digests.preferences import preferences_of, reason_against
from engagement.digests.streams import STREAMS
from engagement.digests.unsubscribe import keys_for
from engagement.models import Digest, DigestHold, DigestPreference
from innoteams.accounts.models import User
from innoteams.lib.paths import path_to

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Ready:
    """To be sent as it is, with the key that its footer holds."""

    digest: Digest
    key: str


@dataclass
class Look:
    """What is to be done with each: sent, not sent for a reason, written anew for a reason, or put off until then."""

    ready: list[Ready] = field(default_factory=list)
    unwanted: list[tuple[Digest, str]] = field(default_factory=list)
    stale: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    later: list[tuple[int, dt.datetime, str]] = field(default_factory=list)


def stop_url(key: str) -> str:
    return f"{settings.SITE_URL}{path_to('digest_stop', key)}"


def look(pks: Sequence[int], now: dt.datetime) -> Look:
    """At those of the digests that are built, due and held back by nobody, in the order given. The number of queries
    does not depend on how many they are, but for things that not everybody may see."""
    on_hold = DigestHold.objects.filter(released_at=None).values("stream")
    rows = Digest.objects.filter(ledger.due(now), pk__in=pks, state=DigestState.BUILT).exclude(stream__in=on_hold)
    found = {digest.pk: digest for digest in rows.select_related("person")}
    by_stream: dict[str, list[Digest]] = defaultdict(list)
    for pk in pks:
        if pk in found:
            by_stream[found[pk].stream].append(found[pk])
    result = Look()
    for stream, digests in by_stream.items():
        _look_at(stream, digests, now, result)
    return result


def _look_at(stream: str, digests: list[Digest], now: dt.datetime, result: Look) -> None:
    people = [digest.person_id for digest in digests]
    preferences = preferences_of(people, stream)
    keys = keys_for(people, stream)
    away = reach.suppressed(digest.person.email for digest in digests)
    changed = seen.narrowed(digests)
    untrue = STREAMS[stream].untrue(digests)
    full = _full_days(digests, preferences, now)
    readers = set(STREAMS[stream].readers(User.objects.filter(pk__in=people)).values_list("pk", flat=True))
    good_for = STREAMS[stream].good_for
    for digest in digests:
        stale = _first(
            (digest.pk in changed, "narrowed"),
            (stop_url(keys[digest.person_id]) not in digest.text_body, "key_replaced"),
            (digest.pk in untrue, "settled_meanwhile"),
            (digest.built_at is None or digest.built_at < now - good_for, "written_long_ago"),
        )
        why_not = reason_not_to(digest, preferences[digest.person_id], away, now)
        if why_not or digest.person_id not in readers:
            why_not = why_not or "not_for_them"
            result.unwanted.append((digest, why_not))
        elif stale:
            result.stale[stale].append(digest.pk)
        elif digest.pk in full:
            result.later.append((digest.pk, full[digest.pk], "enough_for_a_day"))
        else:
            result.ready.append(Ready(digest, keys[digest.person_id]))


def reason_not_to(digest: Digest, preference: DigestPreference, suppressed: Iterable[str], now: dt.datetime) -> str:
    """Why a person gets none after all: "inactive", "suppressed", "stopped", "paused"; or nothing."""
    if not digest.person.is_active:
        return "inactive"
    if digest.person.email in suppressed:
        return "suppressed"
    return reason_against(preference, digest.person.timezone, now)


def _first(*doubts: tuple[bool, str]) -> str:
    return next((why for is_so, why in doubts if is_so), "")


def _full_days(
    digests: Sequence[Digest], preferences: dict[int, DigestPreference], now: dt.datetime
) -> dict[int, dt.datetime]:
    """Of the digests whose person had DIGESTS_A_DAY of all streams on their own day: when their next day's come."""
    if not settings.DIGESTS_A_DAY:
        return {}
    had = had_today((digest.person for digest in digests), now)
    full = {}
    for digest in digests:
        if had[digest.person_id] >= settings.DIGESTS_A_DAY:
            zone = zone_of(digest.person.timezone)
            tomorrow = now.astimezone(zone).date() + _DAY
            hour = dt.time(preferences[digest.person_id].local_hour)
            full[digest.pk] = dt.datetime.combine(tomorrow, hour, tzinfo=zone).astimezone(dt.UTC)
    return full
