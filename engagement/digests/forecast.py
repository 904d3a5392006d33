"""What would be sent if the tick ran now, or at another time: composed as in earnest, and nothing kept.

Who is due is only read (`planning.due_of`), and each batch is composed in a transaction of its own that is rolled back,
so the real planning, writing and sending go on beside it (decision 25).
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.urls import reverse

from cities.models import Team
from engagement.choices import DigestState
from engagement.digests import planning, tick
from engagement.digests.drafts import Draft
from engagement.digests.limits import DailyCap, Pace, pace_of
from engagement.digests.looking import reason_not_to
from engagement.digests.operating import open_holds
from engagement.digests.preferences import preferences_of
from engagement.digests.streams import STREAMS
from engagement.models import Digest, DigestItem, Question, Suggestion
from engagement.reach import suppressed
from projects.models import Project

logger = logging.getLogger(__name__)

Told = Callable[[int, int], None]

# What would become of a digest.
SENT, HELD, LATER, EMPTY, SKIPPED, FAILED = "sent", "held", "later", "empty", "skipped", "failed"


@dataclass
class StreamForecast:
    """What would become of how many (`ends`, the skipped and those put off by reason), in which languages, how many
    people would be shown which city, and how many mails would go to which mail domain."""

    stream: str
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    people_of_city: Counter[int] = field(default_factory=Counter)
    mails_to: Counter[str] = field(default_factory=Counter)

    def number(self, end: str) -> int:
        return sum(number for (found, _why), number in self.ends.items() if found == end)


@dataclass
class _Due:
    """Of one stream: unsaved and saved rows to compose, and keys of those that are written already."""

    to_compose: list[Digest]
    built: list[Digest]
    superseded: int
    is_held: bool


def forecast(
    now: dt.datetime, streams: Collection[str] = tick.ALL_STREAMS, told: Told | None = None
) -> list[StreamForecast]:
    """For each stream. `told` hears how many of how many people are done, after each batch."""
    held = {hold.stream for hold in open_holds()}
    due = {stream: _due(stream, now, is_held=stream in held) for stream in streams}
    most = sum(len(one.to_compose) + len(one.built) for one in due.values())
    done, cap = 0, DailyCap(now)
    found = []
    for stream, one in due.items():
        result = StreamForecast(stream)
        if one.superseded:
            result.ends[SKIPPED, "superseded"] += one.superseded
        for batch in _batches(one.built):
            _count_built(result, batch, cap, is_held=one.is_held)
            done += len(batch)
            _tell(told, done, most)
        for batch in _batches(one.to_compose):
            _count_composed(result, batch, cap, is_held=one.is_held)
            done += len(batch)
            _tell(told, done, most)
        found.append(result)
    _tell(told, most, most)
    return found


def _tell(told: Told | None, done: int, most: int) -> None:
    if told:
        told(done, most)


def _batches(digests: list[Digest]) -> Iterable[list[Digest]]:
    for start in range(0, len(digests), tick.BATCH):
        yield digests[start : start + tick.BATCH]


# --- Who is due ----------------------------------------------------------------------------------------------------


def _due(stream: str, now: dt.datetime, *, is_held: bool) -> _Due:
    fresh = [row for people in planning.people_of(stream) for row in planning.due_of(people, now, stream)]
    newly = {row.person_id for row in fresh}
    turn = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    states = (DigestState.PLANNED, DigestState.BUILT)
    rows = Digest.objects.filter(turn, stream=stream, due_at__lte=now, state__in=states)
    waiting = list(rows.defer("html_body", "text_body", "trail").select_related("person").order_by("pk"))
    going = [row for row in waiting if row.person_id not in newly]
    # What `people_of` read of a person is not enough to write to them.
    people = {row.person_id: row.person for row in going}
    for row in _with_people(fresh):
        people.setdefault(row.person_id, row.person)
    return _Due(
        to_compose=[*(row for row in going if row.state == DigestState.PLANNED), *fresh],
        built=[row for row in going if row.state == DigestState.BUILT],
        superseded=len(waiting) - len(going),
        is_held=is_held,
    )


def _with_people(rows: list[Digest]) -> list[Digest]:
    """Each with its person as a whole, read in portions."""
    for batch in _batches(rows):
        model = type(batch[0].person)
        whole = model.objects.in_bulk([row.person_id for row in batch])
        for row in batch:
            row.person = whole.get(row.person_id, row.person)
    return rows


# --- What would become of them -------------------------------------------------------------------------------------


def pace(found: Iterable[StreamForecast]) -> Pace | None:
    """How long the streams together would take; None where no pace is set."""
    return pace_of(sum((one.mails_to for one in found), Counter()))


def _count_built(result: StreamForecast, batch: Sequence[Digest], cap: DailyCap, *, is_held: bool) -> None:
    items: dict[int, list[DigestItem]] = {}
    for item in DigestItem.objects.filter(digest__in=batch):
        items.setdefault(item.digest_id, []).append(item)
    drafts = [(digest, items.get(digest.pk, [])) for digest in batch]
    _count_sent(result, drafts, cap, is_held=is_held)


def _count_composed(result: StreamForecast, batch: list[Digest], cap: DailyCap, *, is_held: bool) -> None:
    wanted = _wanted(result, batch, cap.now)
    drafts = _composed(wanted, result)
    result.ends[EMPTY, ""] += sum(draft.rendered is None for draft in drafts)
    written = [(draft.digest, draft.items) for draft in drafts if draft.rendered is not None]
    _count_sent(result, written, cap, is_held=is_held)


def _wanted(result: StreamForecast, batch: list[Digest], now: dt.datetime) -> list[Digest]:
    """Those whose reader still wants it and is reached; the others are counted with the reason."""
    preferences = preferences_of([digest.person_id for digest in batch], result.stream)
    unreached = suppressed(digest.person.email for digest in batch)
    wanted = []
    for digest in batch:
        why_not = reason_not_to(digest, preferences[digest.person_id], unreached, now)
        if why_not:
            result.ends[SKIPPED, why_not] += 1
        else:
            wanted.append(digest)
    return wanted


def _composed(digests: list[Digest], result: StreamForecast) -> list[Draft]:
    """What cannot be written must not hide what can: the batch is halved until it stands alone, as in earnest."""
    if not digests:
        return []
    people = [digest.person_id for digest in digests]
    # The footer of what nobody gets stops nothing.
    nowhere = f"{settings.SITE_URL}{reverse('digest_list')}"
    try:
        with transaction.atomic():
            drafts = STREAMS[result.stream].compose(
                digests, preferences_of(people, result.stream), dict.fromkeys(people, nowhere)
            )
            transaction.set_rollback(True)
            return drafts
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # whatever one person's data provoked
        if len(digests) > 1:
            middle = len(digests) // 2
            return _composed(digests[:middle], result) + _composed(digests[middle:], result)
        logger.exception("The digest of person %s could not be written in a dry run", digests[0].person_id)
        result.ends[FAILED, "cannot_be_written"] += 1
        return []


def _count_sent(
    result: StreamForecast, drafts: Sequence[tuple[Digest, list[DigestItem]]], cap: DailyCap, *, is_held: bool
) -> None:
    city_of = _cities([item for _digest, items in drafts for item in items])
    cap.hear_of(digest.person for digest, _items in drafts)
    for digest, items in drafts:
        if is_held or digest.held_at:
            result.ends[HELD, ""] += 1
        elif cap.take(digest.person_id):
            result.ends[SENT, ""] += 1
            result.mails_to[digest.person.email.rpartition("@")[2].lower()] += 1
        else:
            result.ends[LATER, "enough_for_a_day"] += 1
        result.languages[digest.language] += 1
        shown = {city for item in items if (city := city_of(item))}
        result.people_of_city.update(shown)


def _cities(items: list[DigestItem]) -> Callable[[DigestItem], int | None]:
    """The city that an item shows; four queries for all items, however many."""
    projects = _pairs(Project.objects, "team__city_id", {item.project_id for item in items})
    questions = _pairs(Question.objects, "team__city_id", {item.question_id for item in items})
    teams = _pairs(Team.objects, "city_id", {item.team_id for item in items})
    suggestions = _pairs(Suggestion.objects, "with_team__city_id", {item.suggestion_id for item in items})

    def city_of(item: DigestItem) -> int | None:
        return (
            item.city_id
            or projects.get(item.project_id)
            or questions.get(item.question_id)
            or teams.get(item.team_id)
            or suggestions.get(item.suggestion_id)
        )

    return city_of


def _pairs(rows: "object", column: str, keys: set[int | None]) -> dict[int | None, int | None]:
    wanted = [key for key in keys if key]
    found = rows.filter(pk__in=wanted).order_by().values_list("pk", column)  # type: ignore[attr-defined]  # a manager
    return dict(found)
