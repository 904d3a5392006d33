"""Who is due: a row in the ledger for every person whose local slot has passed and who has none for that period."""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max, OuterRef
from django.db.models.functions import Greatest
from django.utils import timezone

from engagement.choices import SETTLED, DigestState
from engagement.digests import ledger
from engagement.digests.periods import Habit, Slot, latest_slot
from engagement.digests.preferences import habit_of, preferences_of
from engagement.digests.streams import STREAMS
from engagement.models import Digest
from innoteams.accounts.models import User
from innoteams.lib.mail import offered

FIRST_WINDOW = dt.timedelta(days=30)
# However long somebody was away, older news than this is history.
LONGEST_WINDOW = dt.timedelta(days=90)
_AT_ONCE = 1000
# Two machines never agree to the second.
_A_LITTLE = dt.timedelta(minutes=1)


def plan(now: dt.datetime, stream: str) -> int:
    """How many were planned. Safe to run twice, late, or in two places: a period's row exists once.

    After an outage one digest is planned, for the latest period; what an earlier one had not sent is merged into it.
    """
    _mend_ends(stream)
    return sum(_plan_for(people, now, stream) for people in people_of(stream))


def window_of(person_ids: list[int], end: dt.datetime, stream: str) -> dict[int, dt.datetime]:
    """Where each person's next window starts: where the last settled digest ended, or a month back."""
    settled = Digest.objects.filter(person__in=person_ids, stream=stream, state__in=SETTLED)
    ends = dict(settled.order_by().values_list("person").annotate(Max("window_end")))
    return {pk: min(end, max(ends.get(pk, end - FIRST_WINDOW), end - LONGEST_WINDOW)) for pk in person_ids}


def _mend_ends(stream: str) -> None:
    """A window that ends in the future was closed by a clock that went ahead: what happens until then would be in no
    window. It ends now; what was shown meanwhile is not shown again."""
    now = timezone.now()
    ahead = Digest.objects.filter(stream=stream, state__in=SETTLED, window_end__gt=now + _A_LITTLE)
    ahead.update(window_end=Greatest("window_start", now))


def people_of(stream: str) -> Iterator[list[User]]:
    """Active people who have chosen their language and time zone, as far as the stream is for them, in portions."""
    last = 0
    arrived = User.objects.filter(is_active=True, welcomed_at__isnull=False)
    ready = STREAMS[stream].readers(arrived).only("pk", "language", "timezone")
    while people := list(ready.filter(pk__gt=last).order_by("pk")[:_AT_ONCE]):
        yield people
        last = people[-1].pk


def due_of(people: list[User], now: dt.datetime, stream: str) -> list[Digest]:
    """Unsaved rows for those of the people who are due and have none for the period yet. Only reads."""
    slots = _slots(people, now, stream)
    slots = _without_known(slots, stream)
    if not slots:
        return []
    # With a `now` in the future the window still ends today: what happens meanwhile is not skipped over.
    end = min(now, timezone.now())
    starts = window_of(list(slots), end, stream)
    return [
        Digest(
            person=person,
            stream=stream,
            period_key=slots[person.pk].key,
            due_at=slots[person.pk].at,
            window_start=starts[person.pk],
            window_end=end,
            language=offered(person.language),
            timezone=person.timezone,
            trail=[ledger.planned(now)],
        )
        for person in people
        if person.pk in slots
    ]


@transaction.atomic
def _plan_for(people: list[User], now: dt.datetime, stream: str) -> int:
    rows = due_of(people, now, stream)
    if not rows:
        return 0
    Digest.objects.bulk_create(rows, ignore_conflicts=True)
    mine = Digest.objects.filter(stream=stream)
    newer = mine.filter(person=OuterRef("person"), due_at__gt=OuterRef("due_at"), state=DigestState.PLANNED)
    ledger.supersede(newer, mine.filter(person__in=[row.person_id for row in rows]), now)
    return len(rows)


def _slots(people: list[User], now: dt.datetime, stream: str) -> dict[int, Slot]:
    preferences = preferences_of([person.pk for person in people], stream)
    known: dict[Habit, Slot | None] = {}
    slots = {}
    for person in people:
        preference = preferences[person.pk]
        habit = habit_of(preference, person.timezone)
        if habit not in known:
            known[habit] = latest_slot(habit, now)
        slot = known[habit]
        chosen_before = preference.pk is None or (slot is not None and preference.changed_at <= slot.at)
        if slot and chosen_before:
            slots[person.pk] = slot
    return slots


def _without_known(slots: dict[int, Slot], stream: str) -> dict[int, Slot]:
    """Without those who have a row for the period, or a digest on its way this minute."""
    rows = Digest.objects.filter(person__in=list(slots), stream=stream)
    keys = {slot.key for slot in slots.values()}
    have = set(rows.filter(period_key__in=keys).values_list("person_id", "period_key"))
    busy = set(rows.filter(state=DigestState.CLAIMED).values_list("person_id", flat=True))
    return {pk: slot for pk, slot in slots.items() if (pk, slot.key) not in have and pk not in busy}
