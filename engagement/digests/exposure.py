"""Who is shown to whom: how often each team's work or city was in the network digests that went out."""

import datetime as dt
from collections import Counter

from django.db.models import Count, Exists, OuterRef, QuerySet

from cities.models import City, Team
from engagement.choices import DigestState, ItemKind, Stream
from engagement.models import Digest, DigestItem
from innoteams.accounts.models import User

# Every active team is shown to somebody within this time, and everybody hears something.
MONTH = dt.timedelta(days=30)


def shown_of_teams(since: dt.datetime) -> Counter[int]:
    """How many items that were sent since then showed each team: its work, or its city. Two queries."""
    sent = DigestItem.objects.filter(
        digest__stream=Stream.NETWORK, digest__state=DigestState.SENT, digest__sent_at__gte=since
    ).order_by()
    shown: Counter[int] = Counter()
    for team, times in sent.filter(project__isnull=False).values_list("project__team").annotate(Count("pk")):
        shown[team] += times
    cities = sent.filter(kind=ItemKind.CITY, city__teams__is_active=True)
    for team, times in cities.values_list("city__teams").annotate(Count("pk")):
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
