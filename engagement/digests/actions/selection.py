"""What is news to whom of all that waits, and what waits besides; for a whole batch of people.

News is what reached a step of `promises.STEPS` within the digest's window, what began to wait in it without a letter
that told so, and an answer to another team whose promised day came in it. Each is told once: the next window begins
where this one ends. Old things that still wait are no reason for a mail to who reads every day.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone, translation

from engagement.choices import Cadence
from engagement.digests.actions.lines import Line, Promised, Told, oldest_promise_first
from engagement.digests.periods import zone_of
from engagement.dues import Due, promised
from engagement.local_days import at_work_before
from engagement.models import CheckIn, Digest, DigestPreference, Introduction, Letter, Question
from engagement.promises import STEPS
from engagement.waiting import Found, Waiting, rows_of
from innoteams.lib.mail import offered

# What fell into so many days without a worker, or a mail server, is made up for; older steps are no news any more.
CATCH_UP = dt.timedelta(days=7)
_DAY = dt.timedelta(days=1)
# The furthest from its promised day that a step may come: the last one, put off over a long weekend.
_LONGEST_AFTER = (max(step.days for steps in STEPS.values() for step in steps) + 3) * _DAY
# A letter is written in the transaction of what it tells.
_AT_ONCE = dt.timedelta(minutes=1)

NEW, DUE_SOON, LATE, WAITS = "new", "due_soon", "late", "waits"


@dataclass(frozen=True)
class Piece:
    """One line of a digest and why it is in it (a reason's code)."""

    line: Line
    code: str

    @property
    def is_news(self) -> bool:
        return self.code != WAITS


@dataclass(frozen=True)
class Selection:
    """News first; `wants_all`: the reader gets what waits also where nothing is new."""

    pieces: list[Piece] = field(default_factory=list)
    wants_all: bool = False

    @property
    def is_worth_a_mail(self) -> bool:
        return any(piece.is_news for piece in self.pieces) or (self.wants_all and bool(self.pieces))


@dataclass(frozen=True)
class Window:
    """(start, end], as moments and as the days of the reader's calendar; each day belongs to one window."""

    start: dt.datetime
    end: dt.datetime
    zone: dt.tzinfo

    @classmethod
    def of(cls, digest: Digest, cadence: str) -> "Window":
        start = digest.window_start
        if cadence == Cadence.DAILY:
            start = max(start, digest.window_end - CATCH_UP)
        return cls(start, digest.window_end, zone_of(digest.timezone))

    @property
    def after(self) -> dt.date:
        return self.start.astimezone(self.zone).date()

    @property
    def until(self) -> dt.date:
        return self.end.astimezone(self.zone).date()

    def holds(self, since: dt.date) -> bool:
        if isinstance(since, dt.datetime):
            return self.start < since <= self.end
        return self.after < since <= self.until


Letters = Mapping[tuple[int, str, int], dt.datetime]


def select(digests: Sequence[Digest], preferences: Mapping[int, DigestPreference]) -> list[Selection]:
    """For each digest, in their order, in nine queries at most."""
    waiting = rows_of({digest.person_id for digest in digests})
    dues = _dues_of(digests)
    letters = _letters_about(waiting)
    return [
        _select(
            digest,
            preferences[digest.person_id].cadence,
            dues.get(digest.person_id, []),
            waiting[digest.person_id],
            letters,
        )
        for digest in digests
    ]


def all_lines(digests: Sequence[Digest]) -> list[list[Line]]:
    """For each digest, in their order, everything that it could tell its reader now, new or not. In nine queries at
    most."""
    waiting = rows_of({digest.person_id for digest in digests})
    dues = _dues_of(digests)
    return [_lines(digest, dues.get(digest.person_id, []), waiting) for digest in digests]


def _lines(digest: Digest, dues: list[Due], waiting: Mapping[int, list[Found]]) -> list[Line]:
    zone = zone_of(digest.timezone)
    today = timezone.now().astimezone(zone).date()
    promises = [Promised(due, today, zone) for due in dues]
    return [*promises, *(Told(found.row, item, today) for found, item in _told(digest, waiting))]


def _select(digest: Digest, cadence: str, dues: list[Due], waiting: list[Found], letters: Letters) -> Selection:
    window = Window.of(digest, cadence)
    today = timezone.now().astimezone(window.zone).date()
    steps = [Promised(due, today, window.zone) for due in dues if due.is_news(window.zone, window.after, window.until)]
    told_of = {type(line.row)._meta.label: set[int]() for line in steps}
    for line in steps:
        if line.is_own:
            told_of[type(line.row)._meta.label].add(line.row.pk)
    news: list[Piece] = [Piece(line, LATE if line.days_late > 0 else DUE_SOON) for line in steps]
    old: list[Piece] = []
    for found, item in _told(digest, {digest.person_id: waiting}):
        if found.row.pk in told_of.get(type(found.row)._meta.label, ()):
            continue
        piece = Piece(Told(found.row, item, today), _code_of(digest, window, found, item, letters))
        (news if piece.is_news else old).append(piece)
    return Selection([*_in_order(news), *_in_order(old)], wants_all=cadence != Cadence.DAILY)


def _told(digest: Digest, waiting: Mapping[int, list[Found]]) -> list[tuple[Found, Waiting]]:
    """In the words and by the clock of who reads it."""
    with translation.override(offered(digest.language)), timezone.override(zone_of(digest.timezone)):
        return [(found, item) for found in waiting[digest.person_id] for item in found.told_to(digest.person)]


def _in_order(pieces: list[Piece]) -> list[Piece]:
    by_line = {id(piece.line): piece for piece in pieces}
    return [by_line[id(line)] for line in oldest_promise_first(piece.line for piece in pieces)]


def _code_of(digest: Digest, window: Window, found: Found, item: Waiting, letters: Letters) -> str:
    if item.since and window.holds(item.since) and not _was_told(digest, found, item.since, letters):
        return NEW
    is_answer = isinstance(found.row, Introduction | Question)
    if is_answer and item.has_due and window.holds(at_work_before(item.promised, window.zone)):
        return DUE_SOON
    return WAITS


# --- What is read --------------------------------------------------------------------------------------------------


def _dues_of(digests: Sequence[Digest]) -> dict[int, list[Due]]:
    if not digests:
        return {}
    first = min(digest.window_start for digest in digests).astimezone(dt.UTC).date()
    found = promised(due_from=first - _LONGEST_AFTER - _DAY, to={digest.person_id for digest in digests})
    return {person.pk: dues for person, dues in found.items()}


_ABOUT = {CheckIn: "check_in", Introduction: "introduction", Question: "question"}


def _letters_about(waiting: Mapping[int, list[Found]]) -> Letters:
    """When each person was last written to, or will be, about a row that waits for them."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for rows in waiting.values():
        for found in rows:
            if name := _ABOUT.get(type(found.row)):
                wanted[name].add(found.row.pk)
    if not wanted:
        return {}
    about = Q()
    for name, keys in wanted.items():
        about |= Q(**{f"{name}__in": keys})
    letters = Letter.objects.filter(about, person__in=waiting).exclude(sent_at=None, closed_at__isnull=False)
    latest: dict[tuple[int, str, int], dt.datetime] = {}
    for person, at, *keys in letters.order_by("created_at").values_list("person", "created_at", *wanted):
        for name, key in zip(wanted, keys, strict=True):
            if key:
                latest[person, name, key] = at
    return latest


def _was_told(digest: Digest, found: Found, since: dt.date, letters: Letters) -> bool:
    """By a letter of its own, when it began to wait."""
    name = _ABOUT.get(type(found.row))
    told = letters.get((digest.person_id, name, found.row.pk)) if name else None
    return bool(told and isinstance(since, dt.datetime) and told >= since - _AT_ONCE)
