"""The limits of sending, counted ahead: how many digests people had today, and how long a run takes at the set pace."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings

from engagement.choices import DigestState
from engagement.digests.periods import zone_of
from engagement.models import Digest
from innoteams.accounts.models import User

_DAY = dt.timedelta(days=1)


def had_today(people: Iterable[User], now: dt.datetime) -> Counter[int]:
    """By person: how many of all streams went out to them, or perhaps did, on their own day. One query."""
    zones = {person.pk: zone_of(person.timezone) for person in people}
    rows = Digest.objects.filter(
        person__in=zones, state__in=(DigestState.SENT, DigestState.UNKNOWN), built_at__gt=now - 3 * _DAY
    )
    had: Counter[int] = Counter()
    for person, sent_at, built_at in rows.values_list("person", "sent_at", "built_at"):
        zone = zones[person]
        if (sent_at or built_at).astimezone(zone).date() == now.astimezone(zone).date():
            had[person] += 1
    return had


@dataclass
class DailyCap:
    """Who has had DIGESTS_A_DAY, in a run of several streams that sends nothing: what would be sent is counted in."""

    now: dt.datetime
    _had: Counter[int] = field(default_factory=Counter)
    _known: set[int] = field(default_factory=set)

    def hear_of(self, people: Iterable[User]) -> None:
        """To be told of everybody before `take` is asked for them; one query for all who are new."""
        fresh = [person for person in people if person.pk not in self._known]
        if settings.DIGESTS_A_DAY and fresh:
            self._had += had_today(fresh, self.now)
        self._known.update(person.pk for person in fresh)

    def take(self, person: int) -> bool:
        """Whether one more goes out to them today."""
        if settings.DIGESTS_A_DAY and self._had[person] >= settings.DIGESTS_A_DAY:
            return False
        self._had[person] += 1
        return True


@dataclass(frozen=True)
class Pace:
    """How long so many mails take, with doorbells that ring every minute. `slowest`: the mail domain for which the
    others wait, "" where it is the limit of all together."""

    minutes: int
    per_minute: int
    to_a_domain: int
    slowest: str


def pace_of(mails_to: Mapping[str, int]) -> Pace | None:
    """Of so many mails by domain; None where no pace is set, and the mail server alone decides."""
    per_minute, to_a_domain = settings.DIGESTS_PER_MINUTE, settings.DIGESTS_PER_MINUTE_TO_A_DOMAIN
    if not per_minute and not to_a_domain:
        return None
    minutes, slowest = _minutes(sum(mails_to.values()), per_minute), ""
    for domain, number in sorted(mails_to.items()):
        if _minutes(number, to_a_domain) > minutes:
            minutes, slowest = _minutes(number, to_a_domain), domain
    return Pace(minutes, per_minute, to_a_domain, slowest)


def _minutes(mails: int, limit: int) -> int:
    return math.ceil(mails / limit) if limit else 0
