"""Whether what a digest holds may still be shown to its reader: asked of the one door of each kind of thing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

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

# By the column of an item: what of it a person may see.
_DOORS: dict[str, Any] = {
    "project": lambda person: Project.objects.visible_to(person),
    "question": lambda person: Question.objects.visible_to(person),
    "check_in": lambda person: CheckIn.objects.visible_to(person),
    "session": lambda person: CoachingSession.objects.visible_to(person),
    "commitment": lambda person: Commitment.objects.visible_to(person),
    "introduction": lambda person: Introduction.objects.visible_to(person),
    "suggestion": lambda person: Suggestion.objects.filter(for_team__in=Team.objects.of_member(person)),
    "team": lambda person: Team.objects.read_by_coordinator(person),
}


def seen_items(items: Sequence[DigestItem], reader: User) -> list[DigestItem]:
    """Those of the items that the reader may see now. One query for each kind of thing among them."""
    hidden: set[int] = set()
    for column, door in _DOORS.items():
        about = {getattr(item, f"{column}_id"): item for item in items if getattr(item, f"{column}_id")}
        if about:
            seen = set(_narrowed(door(reader), about))
            hidden |= {item.pk for item in items if (pk := getattr(item, f"{column}_id")) and pk not in seen}
    return [item for item in items if item.pk not in hidden and _is_about_something(item)]


def narrowed(digests: Sequence[Digest]) -> set[int]:
    """Those of the digests that hold something deleted, or narrowed to where its reader does not see it any more: a
    thing, or a part of a project whose words are quoted.

    Almost everything in almost every digest is open to all, which three queries tell for all of them; only of the
    rest is each reader's own sight asked.
    """
    items: dict[int, list[DigestItem]] = defaultdict(list)
    for item in DigestItem.objects.filter(digest__in=digests).select_related("project", "question__project"):
        items[item.digest_id].append(item)
    not_told = _not_told(pk for held in items.values() for item in held for pk in item.told)
    changed = set()
    for digest in digests:
        held = items[digest.pk]
        doubtful = [item for item in held if not _is_open_to_all(item)]
        if (
            len(held) != digest.item_count
            or any(not not_told.isdisjoint(item.told) for item in held)
            or (doubtful and len(seen_items(doubtful, digest.person)) != len(doubtful))
        ):
            changed.add(digest.pk)
    return changed


def _narrowed(rows: "QuerySet[Any]", pks: Iterable[int]) -> Iterable[int]:
    found: Iterable[int] = rows.filter(pk__in=list(pks)).values_list("pk", flat=True)
    return found


def _not_told(pks: Iterable[int]) -> set[int]:
    """Of this activity what may not be told any more to whoever sees its project."""
    wanted = set(pks)
    return wanted - set(Activity.objects.filter(pk__in=wanted).newsworthy().values_list("pk", flat=True))


def _is_open_to_all(item: DigestItem) -> bool:
    about: list[Project | None] = [item.project]
    if item.question_id and item.question:
        about.append(item.question.project)
    others = any(getattr(item, f"{column}_id") for column in _DOORS if column not in ("project", "question"))
    return (
        not others
        and _is_about_something(item)
        and all(one is None or one.visibility in SEEN_BY_EVERYBODY for one in about)
    )


def _is_about_something(item: DigestItem) -> bool:
    return bool(item.city_id) or any(getattr(item, f"{column}_id") for column in _DOORS)
