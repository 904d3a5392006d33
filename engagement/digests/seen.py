"""Whether what a digest holds may still be shown to its reader: asked of the one door of each kind of thing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from cities.models import Team
from engagement.digests.sight import SEEN_BY_EVERYBODY
from engagement.models import (
    CheckIn,
    CoachingSession,
    Commitment,
    Digest,
    DigestItem,
    Introduction,
    Question,
    Suggestion,
)
from innoteams.accounts.models import User
from projects.models import Activity, Project

# By the column of an item: what of it a person may see. That a team is there is no secret; what an item about a team
# tells is asked of the stream (`streams.Kind`).
_DOORS: dict[str, Any] = {
    "project": lambda person: Project.objects.visible_to(person),
    "question": lambda person: Question.objects.visible_to(person),
    "check_in": lambda person: CheckIn.objects.visible_to(person),
    "session": lambda person: CoachingSession.objects.visible_to(person),
    "commitment": lambda person: Commitment.objects.visible_to(person),
    "introduction": lambda person: Introduction.objects.visible_to(person),
    "suggestion": lambda person: Suggestion.objects.filter(for_team__in=Team.objects.of_member(person)),
}

_LOOKED_AT = (
    "pk",
    "digest_id",
    "told",
    "city_id",
    "team_id",
    *(f"{column}_id" for column in _DOORS),
    "project__visibility",
    "question__project__visibility",
)


def seen_items(items: Sequence[DigestItem], reader: User) -> list[DigestItem]:
    """Those of the items, saved or not, that the reader may see now. One query for each kind of thing among them."""
    hidden: set[int] = set()
    for column, door in _DOORS.items():
        about = {getattr(item, f"{column}_id") for item in items} - {None}
        if about:
            seen = set(_narrowed(door(reader), about))
            hidden |= {id(item) for item in items if (pk := getattr(item, f"{column}_id")) and pk not in seen}
    return [item for item in items if id(item) not in hidden and _is_about_something(item)]


def narrowed(digests: Sequence[Digest]) -> set[int]:
    """Those of the digests that hold something deleted, or narrowed to where its reader does not see it any more: a
    thing, or a part of a project whose words are quoted.

    Almost everything in almost every digest is open to all, which two queries tell for all of them; only of the rest
    is each reader's own sight asked.
    """
    held: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in DigestItem.objects.filter(digest__in=[digest.pk for digest in digests]).order_by().values(*_LOOKED_AT):
        held[row["digest_id"]].append(row)
    not_told = _not_told(pk for rows in held.values() for row in rows for pk in row["told"])
    changed, doubtful = set(), set()
    for digest in digests:
        rows = held[digest.pk]
        if len(rows) != digest.item_count or any(not not_told.isdisjoint(row["told"]) for row in rows):
            changed.add(digest.pk)
        else:
            doubtful |= {row["pk"] for row in rows if not _is_open_to_all(row)}
    return changed | _not_seen(doubtful, digests)


def _not_seen(pks: set[int], digests: Sequence[Digest]) -> set[int]:
    items: dict[int, list[DigestItem]] = defaultdict(list)
    for item in DigestItem.objects.filter(pk__in=pks) if pks else ():
        items[item.digest_id].append(item)
    people = {digest.pk: digest.person for digest in digests}
    return {pk for pk, rows in items.items() if len(seen_items(rows, people[pk])) != len(rows)}


def _narrowed(rows: "QuerySet[Any]", pks: Iterable[int]) -> Iterable[int]:
    found: Iterable[int] = rows.filter(pk__in=list(pks)).values_list("pk", flat=True)
    return found


def _not_told(pks: Iterable[int]) -> set[int]:
    """Of this activity what may not be told any more to whoever sees its project."""
    wanted = set(pks)
    if not wanted:
        return wanted
    newsworthy, values = _newsworthy()
    with connection.cursor() as cursor:
        # Nothing in it but what the queryset says.
        cursor.execute(f"SELECT pk FROM ({newsworthy}) AS told WHERE pk = ANY(%s)", [*values, list(wanted)])  # noqa: S608 - from a queryset
        return wanted - {pk for (pk,) in cursor.fetchall()}


@cache
def _newsworthy() -> tuple[str, tuple[Any, ...]]:
    """The same for everybody and always, and Django takes longer to put it together than PostgreSQL to answer it for
    a handful of digests."""
    return Activity.objects.newsworthy().order_by().values("pk").query.sql_with_params()


def _is_open_to_all(row: dict[str, Any]) -> bool:
    """A project at such a level, a question about none or such a one, or a city."""
    if any(row[f"{column}_id"] for column in _DOORS if column not in ("project", "question")):
        return False
    if row["project_id"]:
        return row["project__visibility"] in SEEN_BY_EVERYBODY
    if row["question_id"]:
        return row["question__project__visibility"] in (None, *SEEN_BY_EVERYBODY)
    return bool(row["city_id"] or row["team_id"])


def _is_about_something(item: DigestItem) -> bool:
    return bool(item.city_id or item.team_id) or any(getattr(item, f"{column}_id") for column in _DOORS)
