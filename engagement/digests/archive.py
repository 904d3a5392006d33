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
from engagement.digests.network.reasons import in_words
from engagement.digests.planning import window_of
from engagement.digests.preferences import preference_of
from engagement.digests.streams import STREAMS
from engagement.models import Digest, DigestItem, Question
from innoteams.lib.mail import Rendered, offered
from projects.models import Activity, Project

if TYPE_CHECKING:
    from innoteams.accounts.models import User

# One that may have been sent is kept too: its link must not lead nowhere for who did get it.
KEPT = (DigestState.SENT, DigestState.UNKNOWN)


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
    items = list(digest.items.select_related("project__team__city", "question__team__city", "city"))
    seen = _seen(items, reader)
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
    seen = Counter(item.digest_id for item in _seen(items, reader) if still.issuperset(item.told))
    return {pk for pk, count in counts.items() if seen[pk] == count}


def _seen(items: Sequence[DigestItem], reader: "User") -> list[DigestItem]:
    projects = {item.project_id for item in items if item.project_id}
    questions = {item.question_id for item in items if item.question_id}
    seen_projects = set(Project.objects.filter(pk__in=projects).visible_to(reader).values_list("pk", flat=True))
    seen_questions = set(Question.objects.filter(pk__in=questions).visible_to(reader).values_list("pk", flat=True))
    return [
        item for item in items if item.city_id or item.project_id in seen_projects or item.question_id in seen_questions
    ]


def reasons_of(items: list[DigestItem]) -> list[list[str]]:
    """For each item why it was there, in the active language."""
    topics = {topic.pk: topic for topic in Topic.objects.all()}
    cities = {city.pk: city for city in City.objects.all()}
    return [in_words(item.reasons, topics, cities) for item in items]


def preview(person: "User", now: dt.datetime | None = None, stream: str = Stream.NETWORK) -> Rendered | None:
    """What the next digest would say if it were due now; None where there is nothing new. Nothing is stored."""
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
    return draft.rendered
