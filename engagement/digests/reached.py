"""Who is never shown, and who receives nothing: for the people who can do something about it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cities.models import Membership, Team
from engagement.choices import OPEN, Cadence, DigestState, ItemKind, Stream
from engagement.digests.exposure import receives_nothing, shown_of_teams, teams_to_show
from engagement.digests.preferences import is_paused, preferences_of
from engagement.models import Digest, DigestItem
from engagement.reach import suppressed
from innoteams.accounts.models import User

# Why somebody receives nothing, the ones that somebody can do something about first.
WHY = {
    "suppressed": _("mail does not reach the address"),
    "not_arrived": _("has not arrived in the portal yet"),
    "failed": _("the mail server refused it or did not answer"),
    "held": _("held back by an operator"),
    "waiting": _("one is on its way"),
    "empty": _("nothing new for them, each time"),
    "off": _("wants none"),
    "paused": _("has paused"),
    "none": _("none was due"),
}


@dataclass(frozen=True)
class TeamShown:
    """`times`: items in digests that were sent within the month; `last`: when ever."""

    team: Team
    times: int
    last: dt.datetime | None


@dataclass(frozen=True)
class Unreached:
    person: User
    why: str

    @property
    def why_word(self) -> str:
        return str(WHY[self.why])


def teams_shown(reader: User, since: dt.datetime) -> list[TeamShown]:
    """The active teams that the reader reads as a coordinator, all for administrators; the least shown first."""
    teams = list(_teams_of(reader).select_related("city"))
    shown, last = shown_of_teams(since), _last_shown()
    rows = [TeamShown(team, shown[team.pk], last.get(team.pk)) for team in teams]
    return sorted(rows, key=lambda row: (row.times, row.last.timestamp() if row.last else 0.0, row.team.city.name))


def _teams_of(reader: User) -> "QuerySet[Team]":
    rows = teams_to_show()
    return rows if reader.is_staff else rows.filter(pk__in=Team.objects.read_by_coordinator(reader).values("pk"))


def _last_shown() -> dict[int, dt.datetime]:
    """By team: its work, or its city. Two queries."""
    sent = DigestItem.objects.filter(digest__stream=Stream.NETWORK, digest__state=DigestState.SENT).order_by()
    last: dict[int, dt.datetime] = {}
    by_work = sent.filter(project__isnull=False).values_list("project__team").annotate(Max("digest__sent_at"))
    by_city = sent.filter(kind=ItemKind.CITY).values_list("city__teams").annotate(Max("digest__sent_at"))
    for team, at in [*by_work, *by_city]:
        if team and at and (team not in last or last[team] < at):
            last[team] = at
    return last


def unreached(reader: User, since: dt.datetime, now: dt.datetime) -> list[Unreached]:
    """People whom the reader oversees and to whom no network digest went since then, each with why. Four queries,
    however many they are."""
    nothing = receives_nothing(since).values("pk")
    not_arrived = Q(welcomed_at=None, is_active=True, date_joined__lt=since)
    latest = Digest.objects.filter(person=OuterRef("pk"), stream=Stream.NETWORK, due_at__gte=since).order_by("-due_at")
    rows = _people_of(reader).filter(Q(pk__in=nothing) | not_arrived)
    people = list(
        rows.only("pk", "name", "email", "timezone", "welcomed_at")
        .annotate(
            latest_state=Coalesce(Subquery(latest.values("state")[:1]), Value("")),
            latest_held=Subquery(latest.values("held_at")[:1]),
        )
        .order_by("name", "pk")
    )
    return _with_reasons(people, now)


def _with_reasons(people: Sequence[User], now: dt.datetime) -> list[Unreached]:
    preferences = preferences_of([person.pk for person in people], Stream.NETWORK)
    unreachable = suppressed(person.email for person in people)
    found = []
    for person in people:
        preference = preferences[person.pk]
        if person.welcomed_at is None:
            why = "not_arrived"
        elif person.email in unreachable:
            why = "suppressed"
        elif preference.cadence == Cadence.OFF:
            why = "off"
        elif is_paused(preference, person.timezone, now):
            why = "paused"
        else:
            why = _why_by_ledger(person)
        found.append(Unreached(person, why))
    order = list(WHY)
    return sorted(found, key=lambda one: order.index(one.why))


def _why_by_ledger(person: User) -> str:
    """From what became of their last one."""
    state: str = person.latest_state  # type: ignore[attr-defined]  # annotated above
    if state in (DigestState.FAILED, DigestState.UNKNOWN):
        return "failed"
    if state in OPEN:
        return "held" if person.latest_held else "waiting"  # type: ignore[attr-defined]  # annotated above
    return "empty" if state == DigestState.EMPTY else "none"


def counted(rows: Iterable[Unreached]) -> list[tuple[str, str, int]]:
    """Code, words and how many, of the reasons that occur."""
    numbers = Counter(row.why for row in rows)
    return [(why, str(words), numbers[why]) for why, words in WHY.items() if numbers[why]]


def cities_of(people: Iterable[User]) -> dict[int, list[str]]:
    """The names of the cities whose teams each belongs to. One query."""
    rows = Membership.objects.current().belonging().filter(person__in=list(people)).select_related("team__city")
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row.team.city.name)
    return found


def _people_of(reader: User) -> "QuerySet[User]":
    if reader.is_staff:
        return User.objects.all()
    teams = Team.objects.read_by_coordinator(reader)
    members = Membership.objects.current().belonging().filter(team__in=teams)
    return User.objects.filter(pk__in=members.order_by().values("person"))
