"""Who is shown to whom: how often each team's work or city was in the network digests that went out, and which teams
are to be shown next, to whom.

Whose turn it is follows from what had been sent before the day began and from who receives digests, never from the
order in which a run's batches are built: so every worker, and every later look, comes to the same.
"""

import datetime as dt
import hashlib
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Extract, Floor
from django.utils import timezone

from cities.models import City, Team
from engagement.choices import Cadence, DigestState, ItemKind, Stream
from engagement.digests.sight import row_of
from engagement.models import Digest, DigestItem, DigestPreference
from innoteams.accounts.models import User

# Every active team is shown to somebody within this time, and everybody hears something.
MONTH = dt.timedelta(days=30)
# A team that nobody was shown for so many days takes its turn, while there is still time within the month.
DUE_AFTER = 14
_SECONDS_A_DAY = 86_400
_RARELY = (Cadence.OFF, Cadence.FORTNIGHTLY, Cadence.MONTHLY)


def stable(*parts: object) -> int:
    """A number that looks random and is the same for the same parts, on every machine and in every year."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=6).digest(), "big")


def shown_of_teams(since: dt.datetime) -> Counter[int]:
    """How many items that were sent since then showed each team: its work, its question, or its city. One query."""
    first, *others = [rows.values_list(team).annotate(Count("pk")) for team, rows in _showing(_sent(since))]
    shown: Counter[int] = Counter()
    for team, times in first.union(*others, all=True):
        shown[team] += times
    return shown


def teams_to_show() -> "QuerySet[Team]":
    """The active teams of member cities."""
    rows: QuerySet[Team] = Team.objects.filter(is_active=True, city__in=City.objects.members())
    return rows.order_by("pk")


def never_shown(since: dt.datetime) -> list[Team]:
    """Active teams that no digest has shown to anybody since then."""
    shown = shown_of_teams(since)
    return [team for team in teams_to_show().select_related("city") if not shown[team.pk]]


def receives_nothing(since: dt.datetime) -> "QuerySet[User]":
    """People who can sign in and have arrived, to whom no network digest was sent since then."""
    got = Digest.objects.filter(
        person=OuterRef("pk"), stream=Stream.NETWORK, state=DigestState.SENT, sent_at__gte=since
    )
    return User.objects.filter(~Exists(got), is_active=True, welcomed_at__isnull=False, welcomed_at__lt=since)


def _sent(since: dt.datetime) -> "QuerySet[DigestItem]":
    return DigestItem.objects.order_by().filter(
        digest__stream=Stream.NETWORK, digest__state=DigestState.SENT, digest__sent_at__gte=since
    )


def _showing(items: "QuerySet[DigestItem]") -> "list[tuple[str, QuerySet[DigestItem]]]":
    """The items that show a team, by the way to it."""
    return [
        ("project__team", items.filter(project__isnull=False, suggestion=None)),
        ("question__team", items.filter(question__team__isnull=False, suggestion=None)),
        ("suggestion__with_team", items.filter(suggestion__isnull=False)),
        ("city__teams", items.filter(kind=ItemKind.CITY, city__teams__is_active=True)),
    ]


# --- Whose turn it is ---------------------------------------------------------------------------------------------


def day_of(moment: dt.datetime) -> int:
    """The day (UTC), counted through."""
    return int(moment.timestamp()) // _SECONDS_A_DAY


class Turns:
    """Who hears of which team that nobody heard of lately."""

    def __init__(self, teams: Iterable[int], shown_on: Mapping[int, Sequence[int]], people: Iterable[int]) -> None:
        """`shown_on`: the days on which a team was shown, in order; `people`: who receives the stream."""
        self.teams = sorted(teams)
        self.shown_on = shown_on
        # Not by number: colleagues who joined together would otherwise always stand side by side.
        self._places = {person: place for place, person in enumerate(sorted(people, key=stable))}
        self._due: dict[int, list[int]] = {}

    def due(self, day: int) -> list[int]:
        """The teams that nobody was shown in the days before, the longest waiting first."""
        if day not in self._due:
            last = {team: self._last_shown(team, day) for team in self.teams}
            waiting = [team for team in self.teams if last[team] <= day - DUE_AFTER]
            self._due[day] = sorted(waiting, key=lambda team: (last[team], stable(team, day // 7)))
        return self._due[day]

    def of(self, person: int, day: int) -> list[int]:
        """The teams whose turn it is with this person, the longest waiting first. With more people than teams each has
        one; with fewer, the teams are dealt out."""
        due = self.due(day)
        if not due or not self._places:
            return []
        if person not in self._places:
            # Hears seldom, or looks at a preview: nobody counts on it.
            return [due[stable(person, day // 7) % len(due)]]
        # From week to week by another one, so that no pair that does not fit (one's own team) lasts.
        number = len(self._places)
        place = (self._places[person] + day // 7) % number
        return due[place::number] if number <= len(due) else [due[place * len(due) // number]]

    def _last_shown(self, team: int, day: int) -> int:
        days = self.shown_on.get(team, ())
        before = bisect_left(days, day)
        return days[before - 1] if before else 0


def turns(teams: Iterable[int], until: dt.datetime) -> Turns:
    """As of a day or earlier ones; one query."""
    since = until - MONTH
    day = Floor(Extract("digest__sent_at", "epoch") / _SECONDS_A_DAY)
    shown = [row_of(rows, "shown", team, day).distinct() for team, rows in _showing(_sent(since))]
    shown_on: defaultdict[int, set[int]] = defaultdict(set)
    people = []
    for what, one, other, *_rest in row_of(_hearers(), "hears", "pk").union(*shown, all=True):
        if what == "hears":
            people.append(one)
        else:
            shown_on[one].add(other)
    return Turns(teams, {team: sorted(days) for team, days in shown_on.items()}, people)


def _hearers() -> "QuerySet[User]":
    """Who gets the network stream at least every week."""
    paused = Q(paused_until__gt=timezone.localdate())
    seldom = DigestPreference.objects.filter(Q(cadence__in=_RARELY) | paused, stream=Stream.NETWORK)
    return User.objects.filter(~Exists(seldom.filter(person=OuterRef("pk"))), is_active=True, welcomed_at__isnull=False)
