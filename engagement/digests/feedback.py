"""More like this, less like this, nothing of this city: what a person says of an item of a digest of theirs, from the
mail without signing in or from the portal, until they take it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cities.models import City
from engagement.choices import DigestState, FeedbackWish, ItemKind, Stream
from engagement.digests import unsubscribe
from engagement.models import Digest, DigestFeedback, DigestItem, Question
from innoteams.lib.verdicts import Refused
from projects.models import Project

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from innoteams.accounts.models import User

# One that may have been sent is answered too: its links must not lead nowhere for who did get it.
ANSWERED = (DigestState.SENT, DigestState.UNKNOWN)
# About what something can be said.
_KINDS = (ItemKind.PROJECT, ItemKind.QUESTION, ItemKind.CITY, ItemKind.SUGGESTION)


class FeedbackRefused(Refused):
    """Nothing was noted."""


@dataclass(frozen=True)
class Target:
    """What an item was about, as far as its reader may still see it. `project` None: more or less of the city."""

    city: City
    project: Project | None = None
    question: Question | None = None


@dataclass(frozen=True)
class Said:
    """What a person has said, and of what: neither project nor city where it was a project that is no longer shared
    with them."""

    feedback: DigestFeedback
    project: Project | None
    city: City | None


# --- Where it is said ---------------------------------------------------------------------------------------------


def say_url_from(stop_url: str, digest: Digest) -> str:
    """Where the items of a digest are answered, but for their rank and a slash at the end; the key is that of the
    footer. Empty for a preview, which has neither."""
    before, after, key = stop_url.partition(_stop_path())
    if not after or not digest.pk:
        return ""
    return f"{before}{_say_path()}{key}{digest.pk}/"


@cache
def _stop_path() -> str:
    return reverse("digest_stop", args=["-"]).removesuffix("-/")


@cache
def _say_path() -> str:
    return reverse("digest_say", args=["-", 0, 0]).removesuffix("-/0/0/")


def say_url(key: str, item: DigestItem) -> str:
    return f"{settings.SITE_URL}{reverse('digest_say', args=[key, item.digest_id, item.rank])}"


def item_behind(key: str, digest_pk: int, rank: int) -> DigestItem | None:
    """The item that the holder of a footer's key may say something about: of a digest of that person and stream. None
    where the key does not work, or the item is gone."""
    found = unsubscribe.find(key)
    if found is None or not found.person.is_active:
        return None
    return (
        _items().filter(digest=digest_pk, rank=rank, digest__person=found.person, digest__stream=found.stream).first()
    )


def item_of(person: "User", digest_pk: int, rank: int) -> DigestItem | None:
    """The same for who is signed in."""
    return _items().filter(digest=digest_pk, rank=rank, digest__person=person).first()


def _items() -> "QuerySet[DigestItem]":
    rows = DigestItem.objects.filter(kind__in=_KINDS, digest__stream=Stream.NETWORK, digest__state__in=ANSWERED)
    return rows.select_related(
        "digest__person", "project__team__city", "question__team__city", "city", "suggestion__with_team__city"
    )


def target_of(item: DigestItem, reader: "User") -> Target | None:
    """None where the reader may no longer see it."""
    if item.project:
        seen = Project.objects.filter(pk=item.project.pk).visible_to(reader).exists()
        return Target(item.project.team.city, project=item.project) if seen else None
    if item.question:
        seen = Question.objects.filter(pk=item.question.pk).visible_to(reader).exists()
        return Target(item.question.team.city, question=item.question) if seen and item.question.team else None
    city = item.city or (item.suggestion and item.suggestion.with_team.city)
    return Target(city) if city else None


# --- Saying it ----------------------------------------------------------------------------------------------------


@transaction.atomic
def say(*, by: "User", item: DigestItem, wish: str) -> DigestFeedback:
    """More or less of the project (of the city, where the item is no project), or nothing of the city. What was said
    of the same before is replaced; saying it twice is saying it once. Raises FeedbackRefused."""
    if item.digest.person_id != by.pk:
        raise FeedbackRefused(_("This was in somebody else's digest."))
    target = target_of(item, by)
    if target is None:
        raise FeedbackRefused(_("It is no longer shared with you, so there is nothing to say about it."))
    if wish not in FeedbackWish.values:
        raise FeedbackRefused(_("Choose one of the buttons."))
    about_project = target.project and wish != FeedbackWish.HIDE_CITY
    about = {"project": target.project} if about_project else {"city": target.city}
    row, _made = DigestFeedback.objects.update_or_create(person=by, **about, defaults={"wish": wish})
    return row


@transaction.atomic
def take_back(*, by: "User", pk: int) -> bool:
    """Whether there was something to take back; the person's own alone."""
    gone, _rows = DigestFeedback.objects.filter(person=by, pk=pk).delete()
    return bool(gone)


def said_of(target: Target, person: "User") -> list[DigestFeedback]:
    """What the person has said of this project and of its city."""
    rows = DigestFeedback.objects.filter(person=person)
    of_city = rows.filter(city=target.city)
    return list((of_city | rows.filter(project=target.project)) if target.project else of_city)


def said_by(person: "User") -> list[Said]:
    """All that stands, the newest first; a project's title only as far as the person may still see it. Two queries."""
    rows = list(
        DigestFeedback.objects.filter(person=person)
        .select_related("project__team__city", "city")
        .order_by("-said_at", "-pk")
    )
    seen = _seen(rows, person)
    return [Said(row, row.project if row.project_id in seen else None, row.city) for row in rows]


def _seen(rows: Iterable[DigestFeedback], person: "User") -> set[int]:
    projects = {row.project_id for row in rows if row.project_id}
    if not projects:
        return set()
    return set(Project.objects.filter(pk__in=projects).visible_to(person).values_list("pk", flat=True))
