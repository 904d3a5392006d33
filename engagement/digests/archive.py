"""Digests as their recipients got them, and the next one as it would be now."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cities.models import City, Topic
from engagement.choices import DigestState, Stream
from engagement.digests import pictures
from engagement.digests.drafts import Draft
from engagement.digests.network.reasons import Part, explained, in_words
from engagement.digests.planning import window_of
from engagement.digests.preferences import preference_of
from engagement.digests.seen import seen_items
from engagement.digests.streams import STREAMS
from engagement.models import Digest, DigestItem
from innoteams.lib.mail import Rendered, offered
from projects.models import Activity

if TYPE_CHECKING:
    from innoteams.accounts.models import User

# One that may have been sent is kept too: its link must not lead nowhere for who did get it.
KEPT = (DigestState.SENT, DigestState.UNKNOWN)


# What the pages show of an item.
SHOWN = (
    "project__team__city",
    "question__team__city",
    "city",
    "team__city",
    "suggestion__with_team__city",
    "check_in",
    "session",
    "introduction",
    "commitment__engagement",
)


@dataclass(frozen=True)
class Kept:
    """What a digest held, as far as its reader may still see it."""

    items: list[DigestItem]
    withdrawn: int
    # Of what is left, every word that the mail quoted may still be read.
    all_told: bool = True

    @property
    def is_whole(self) -> bool:
        return self.withdrawn == 0 and self.all_told


def kept_items(digest: Digest, reader: "User") -> Kept:
    """Items narrowed or deleted since are gone here too, though the mail was sent."""
    items = list(digest.items.select_related(*SHOWN))
    seen = seen_items(items, reader)
    return Kept(seen, digest.item_count - len(seen), all_told({pk for item in seen for pk in item.told}))


def all_told(pks: set[int]) -> bool:
    """Whether all of this activity may still be told to whoever sees its project; a part narrowed since is not."""
    return Activity.objects.filter(pk__in=pks).newsworthy().count() == len(pks)


def whole(digests: Iterable[Digest], reader: "User") -> set[int]:
    """Those whose every item the reader may still see; of the others not even the subject is shown. Four queries."""
    counts = {digest.pk: digest.item_count for digest in digests}
    items = list(DigestItem.objects.filter(digest__in=counts))
    told = {pk for item in items for pk in item.told}
    still = set(Activity.objects.filter(pk__in=told).newsworthy().values_list("pk", flat=True))
    seen = Counter(item.digest_id for item in seen_items(items, reader) if still.issuperset(item.told))
    return {pk for pk, count in counts.items() if seen[pk] == count}


def reasons_of(items: list[DigestItem]) -> list[list[str]]:
    """For each item why it was there, in the active language."""
    topics, cities = _names()
    return [in_words([(one["code"], one) for one in item.reasons], topics, cities) for item in items]


def sums_of(items: Sequence[DigestItem]) -> list[list[Part]]:
    """For each item the whole sum that its score is, in the active language."""
    topics, cities = _names()
    return [explained(item.reasons, topics, cities) for item in items]


def _names() -> tuple[dict[int, Topic], dict[int, City]]:
    return {topic.pk: topic for topic in Topic.objects.all()}, {city.pk: city for city in City.objects.all()}


def preview(person: "User", now: dt.datetime | None = None, stream: str = Stream.NETWORK) -> Draft:
    """What the next digest would say if it were due now; `rendered` is None where there is nothing new. Nothing is
    stored."""
    now = now or timezone.now()
    digest = Digest(
        person=person,
        stream=stream,
        period_key="preview",
        due_at=now,
        window_start=window_of([person.pk], now, stream)[person.pk],
        window_end=now,
        language=offered(person.language),
        timezone=person.timezone,
    )
    # The footer of a preview stops nothing: its links lead to the preferences.
    nowhere = f"{settings.SITE_URL}{reverse('digest_list')}"
    [draft] = STREAMS[stream].compose([digest], {person.pk: preference_of(person, stream)}, {person.pk: nowhere})
    return draft


def page_of(rendered: Rendered) -> str:
    """The HTML part with its pictures in it, to be shown where no message carries them."""
    return pictures.with_pictures(rendered.html, rendered.pictures)


def page_as_sent(digest: Digest) -> str:
    """The same of one that was sent."""
    return pictures.with_pictures(digest.html_body, pictures.named_in(digest.html_body))
