"""How the sending goes, run by run (a stream's digests of one period), for whoever answers for it.

Everything here starts from rows that are already `overseen_by` the reader. The words of a digest are shown under the
conditions of `words_of` alone.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cities.models import City, Coordination
from engagement.choices import OPEN, DigestState, Stream
from engagement.digests.archive import kept_items
from engagement.digests.operating import SHELL
from engagement.models import Digest, DigestHold, DigestItem, PreviewLeave
from engagement.querysets import DigestQuerySet
from innoteams.accounts.models import User
from innoteams.lib.verdicts import YES, Verdict, no

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# In the order in which a digest passes through them; a bar shows them so.
STATES = (
    DigestState.SENT,
    DigestState.EMPTY,
    DigestState.SKIPPED,
    DigestState.PLANNED,
    DigestState.BUILT,
    DigestState.CLAIMED,
    DigestState.UNKNOWN,
    DigestState.FAILED,
)
# These ask somebody to look.
TROUBLE = (DigestState.UNKNOWN, DigestState.FAILED)

_CITY_SHOWN = Coalesce(
    "project__team__city", "question__team__city", "city", "team__city", "suggestion__with_team__city"
)


# --- Runs ----------------------------------------------------------------------------------------------------------


@dataclass
class Run:
    """The digests of one stream and period, as far as the reader oversees them."""

    stream: str
    period_key: str
    first_due: dt.datetime
    last_due: dt.datetime
    states: Counter[str] = field(default_factory=Counter)
    # Of the skipped, and of those that found nothing to say or failed: why.
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.states.total()

    @property
    def trouble(self) -> int:
        return sum(self.states[state] for state in TROUBLE)

    @property
    def waiting(self) -> int:
        return sum(self.states[state] for state in OPEN)

    @property
    def parts(self) -> list[tuple[DigestState, str, int]]:
        """State, its word and how many, of the states that occur."""
        return [(state, str(state.label), self.states[state]) for state in STATES if self.states[state]]

    @property
    def segments(self) -> list[tuple[str, str, str]]:
        """State, start and width in hundredths of a bar: as text, for a drawing knows no decimal comma."""
        found: list[tuple[str, str, str]] = []
        start = 0.0
        for state, _word, number in self.parts:
            width = 100 * number / self.total
            found.append((state, f"{start:.2f}", f"{width:.2f}"))
            start += width
        return found

    @property
    def skipped(self) -> list[tuple[str, int]]:
        """Why, in words, the most frequent first."""
        found = [(why, number) for (state, why), number in self.reasons.items() if state == DigestState.SKIPPED]
        return [(reason_words(why), number) for why, number in sorted(found, key=lambda one: (-one[1], one[0]))]

    @property
    def by_language(self) -> list[tuple[str, int]]:
        """The most frequent first."""
        return sorted(self.languages.items(), key=lambda one: (-one[1], one[0]))

    @property
    def period(self) -> str:
        return period_words(self.period_key)

    @property
    def stream_word(self) -> str:
        return str(Stream(self.stream).label)


def runs_of(rows: DigestQuerySet, *, stream: str = "", state: str = "") -> "QuerySet[Any, dict[str, Any]]":
    """Stream, period and first and last slot of every run that holds such a row, the newest first: a few hundred a
    year, to be handed to `told` page by page."""
    if stream:
        rows = rows.filter(stream=stream)
    if state:
        rows = rows.filter(state=state)
    groups = rows.order_by().values("stream", "period_key").annotate(first=Min("due_at"), last=Max("due_at"))
    found: QuerySet[Any, dict[str, Any]] = groups.order_by("-last", "stream", "period_key")
    return found


def told(page: Iterable[Mapping[str, Any]], rows: DigestQuerySet) -> list[Run]:
    """The runs with their figures, one query for all of them."""
    runs = {
        (one["stream"], one["period_key"]): Run(one["stream"], one["period_key"], one["first"], one["last"])
        for one in page
    }
    wanted = rows.filter(
        stream__in={stream for stream, _key in runs},
        period_key__in={key for _stream, key in runs},
    )
    groups = wanted.order_by().values_list("stream", "period_key", "state", "reason", "language")
    figures = groups.annotate(Count("pk"), Min("due_at"), Max("due_at")) if runs else ()
    for stream, key, state, reason, language, number, first, last in figures:
        if run := runs.get((stream, key)):
            run.first_due, run.last_due = min(run.first_due, first), max(run.last_due, last)
            run.states[state] += number
            run.languages[language] += number
            if reason:
                run.reasons[state, reason] += number
    return list(runs.values())


# --- What waits ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """Of one stream: how many are due and not settled, since when; how many of them somebody holds back."""

    stream: str
    number: int
    since: dt.datetime | None
    held: int
    # Within a month.
    unknown: int
    failed: int
    hold: DigestHold | None

    @property
    def stream_word(self) -> str:
        return str(Stream(self.stream).label)


def overdue(now: dt.datetime) -> Q:
    """Due, and not settled. One that was put off on purpose (the minute was full, the person had enough for a day)
    waits for its turn and is not overdue; one that waits because of an error is."""
    put_off = Q(next_attempt_at__gt=now, error="")
    return Q(state__in=OPEN, due_at__lte=now) & ~put_off


def waiting_of(rows: DigestQuerySet, holds: Iterable[DigestHold], now: dt.datetime) -> list[Waiting]:
    """For every stream, in two queries that look at open and at troubled rows alone."""
    open_of = {hold.stream: hold for hold in holds}
    late, lately = overdue(now), now - dt.timedelta(days=30)
    waits = rows.filter(state__in=OPEN).order_by().values("stream")
    figures = waits.annotate(
        number=Count("pk", filter=late),
        since=Min("due_at", filter=late),
        held=Count("pk", filter=Q(held_at__isnull=False)),
    )
    found = {one["stream"]: (one["number"], one["since"], one["held"]) for one in figures}
    trouble: Counter[tuple[str, str]] = Counter()
    troubled = rows.filter(state__in=TROUBLE, due_at__gte=lately).order_by().values_list("stream", "state")
    for stream, state, number in troubled.annotate(Count("pk")):
        trouble[stream, state] = number
    nothing: tuple[int, dt.datetime | None, int] = (0, None, 0)
    return [
        Waiting(
            stream,
            *found.get(stream, nothing),
            unknown=trouble[stream, DigestState.UNKNOWN],
            failed=trouble[stream, DigestState.FAILED],
            hold=open_of.get(stream),
        )
        for stream in Stream.values
    ]


def oldest_due_seconds(now: dt.datetime) -> float | None:
    """How long the oldest digest that should be on its way has been due; None if none waits. What somebody holds back
    does not count. One query."""
    held = DigestHold.objects.filter(released_at=None).values("stream")
    late = Digest.objects.filter(overdue(now), held_at=None).exclude(stream__in=held)
    since = late.aggregate(since=Min("due_at"))["since"]
    return max(0.0, (now - since).total_seconds()) if since else None


# --- Who was shown -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A city, and how many people were shown it, or will be."""

    city: City
    people: int


@dataclass(frozen=True)
class Exposure:
    shown: list[Shown]
    nobody: list[City]

    @property
    def most(self) -> int:
        return max((one.people for one in self.shown), default=1)


def exposure_of(rows: DigestQuerySet) -> Exposure:
    """Per city how many of these digests show it: those that went out or are written and will. Two queries."""
    items = DigestItem.objects.filter(
        digest__in=rows.filter(state__in=(DigestState.SENT, DigestState.BUILT, DigestState.CLAIMED)).order_by()
    )
    groups = items.order_by().annotate(shown=_CITY_SHOWN).values_list("shown").exclude(shown=None)
    return exposure_in(dict(groups.annotate(Count("digest", distinct=True))))


def exposure_in(people_of: Mapping[int, int]) -> Exposure:
    """From the number of people by city. Member cities that are shown to nobody are told too."""
    cities = {city.pk: city for city in City.objects.filter(Q(in_network=True) | Q(pk__in=people_of))}
    shown = [Shown(cities[pk], number) for pk, number in people_of.items() if pk in cities and number]
    nobody = [city for pk, city in cities.items() if city.in_network and not people_of.get(pk)]
    return Exposure(
        sorted(shown, key=lambda one: (-one.people, one.city.name)), sorted(nobody, key=lambda city: city.name)
    )


# --- The words of one ----------------------------------------------------------------------------------------------


def words_of(digest: Digest, reader: User) -> Verdict:
    """Whether the reader may read what this digest says.

    Its recipient, as far as everything in it is still shared with them. An administrator and a coordinator only what
    they may see anyway; a coordinator besides only with the person's leave; what waits for somebody never.
    """
    if digest.person_id != reader.pk:
        verdict = _words_of_another(digest, reader)
        if not verdict:
            return verdict
    if not kept_items(digest, reader).is_whole:
        return no(gettext_lazy("It holds something that is not shared with you, or is not shared any more."))
    return YES


def _words_of_another(digest: Digest, reader: User) -> Verdict:
    if digest.stream == Stream.ACTIONS:
        return no(gettext_lazy("What waits for somebody is read by that person alone."))
    if not reader.is_staff and not PreviewLeave.objects.filter(person=digest.person_id).exists():
        return no(gettext_lazy("This person has not given coordinators leave to read along."))
    if digest.stream == Stream.COORDINATION and not _coordinates_the_same(digest, reader):
        return no(gettext_lazy("What coordinators are told is read by coordinators of the same organisation."))
    return YES


def _coordinates_the_same(digest: Digest, reader: User) -> bool:
    rows = Coordination.objects.current().filter(person__in=(digest.person_id, reader.pk))
    operators: dict[int, set[int]] = {digest.person_id: set(), reader.pk: set()}
    for person, operator in rows.values_list("person_id", "operator_id"):
        operators[person].add(operator)
    return bool(operators[digest.person_id]) and operators[digest.person_id] <= operators[reader.pk]


# Whoever holds the key in a footer may stop the stream: it is the recipient's, not the operator's.
_KEY_IN_A_LINK = re.compile(r"(/digests/(?:[a-z_-]+/)+)[^\s\"'<>/?&]{12,}")
_KEY_IN_A_SUBJECT = re.compile(r"((?:subject=)?stop(?:%20|\s))[\w-]{16,64}")
_LOCAL_PART = re.compile(r"[^\s<>@:;,\"'(]+(?=@)")


def without_keys(text: str) -> str:
    """The mail without what in its links lets whoever holds it act as the recipient."""
    return _KEY_IN_A_SUBJECT.sub(r"\1…", _KEY_IN_A_LINK.sub(r"\1…", text))


def without_addresses(text: str) -> str:
    """What a mail server said, with the domain of an address and not the address."""
    return _LOCAL_PART.sub("…", text)


# --- In words ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One line of a trail."""

    at: dt.datetime | None
    who: str
    was: str
    to: str
    why: str
    words: str

    @property
    def is_move(self) -> bool:
        return self.was != self.to


def trails_of(digests: Sequence[Digest]) -> list[list[Step]]:
    """The trail of each in words; whoever acted by name. One query for all."""
    acted = {
        int(step["by"].removeprefix("person:"))
        for digest in digests
        for step in digest.trail
        if re.fullmatch(r"person:\d+", str(step.get("by", "")))
    }
    names = {f"person:{person.pk}": str(person) for person in User.objects.filter(pk__in=acted)} if acted else {}
    return [[_step(step, names) for step in digest.trail] for digest in digests]


def _step(step: Mapping[str, str], names: Mapping[str, str]) -> Step:
    return Step(
        at=_moment(step.get("at", "")),
        who=_who(step.get("by", ""), names),
        was=_state(step.get("from", "")),
        to=_state(step.get("to", "")),
        why=reason_words(step.get("why", "")),
        words=step.get("words", ""),
    )


def _moment(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _state(code: str) -> str:
    return str(DigestState(code).label) if code in DigestState.values else code


def _who(code: str, names: Mapping[str, str]) -> str:
    if code.startswith("person:"):
        return names.get(code) or _("somebody who has left")
    return str(_ACTORS.get(code, code))


_ACTORS: dict[str, "StrOrPromise"] = {
    "planner": gettext_lazy("the planner"),
    "builder": gettext_lazy("the writer"),
    "courier": gettext_lazy("the courier"),
    "sweeper": gettext_lazy("the sweeper"),
    "provider": gettext_lazy("the mail provider"),
    SHELL: gettext_lazy("the command line"),
}

_REASONS: dict[str, "StrOrPromise"] = {
    "stopped": gettext_lazy("the person wants none"),
    "paused": gettext_lazy("the person has paused"),
    "inactive": gettext_lazy("the account is closed"),
    "suppressed": gettext_lazy("mail does not reach the address"),
    "superseded": gettext_lazy("a newer one took its place"),
    "nothing_new": gettext_lazy("nothing new for this person"),
    "refused": gettext_lazy("the mail server refused it"),
    "no_answer": gettext_lazy("the mail server did not answer"),
    "cannot_be_sent": gettext_lazy("it could not be made a mail"),
    "cannot_be_written": gettext_lazy("it could not be written"),
    "died": gettext_lazy("the worker stopped while sending"),
    "by_hand": gettext_lazy("sent again by hand"),
    "key_replaced": gettext_lazy("the links in it were replaced"),
    "narrowed": gettext_lazy("something in it was narrowed"),
    "settled_meanwhile": gettext_lazy("what it asks for was done meanwhile"),
    "written_long_ago": gettext_lazy("it was written too long ago"),
    "not_for_them": gettext_lazy("it is not for this person any more"),
    "held": gettext_lazy("held back"),
    "released": gettext_lazy("released"),
    "enough_for_a_day": gettext_lazy("the person had enough mail for a day"),
    "full_minute": gettext_lazy("so many mails went out that minute already"),
}


def reason_words(code: str) -> str:
    """Why, in words; a code that has none yet is shown as it is."""
    return str(_REASONS.get(code, code.replace("_", " ")))


_WEEKS = re.compile(r"(\d{4})-W(\d{2})(-2w)?")
_MONTH = re.compile(r"(\d{4})-(\d{2})")


def period_words(key: str) -> str:
    """A period by its name in the ledger, for people. A key that tells no period is shown as it is."""
    try:
        if weeks := _WEEKS.fullmatch(key):
            monday = date_format(dt.date.fromisocalendar(int(weeks[1]), int(weeks[2]), 1), "DATE_FORMAT")
            words = _("Two weeks from %(day)s") if weeks[3] else _("Week of %(day)s")
            return words % {"day": monday}
        if month := _MONTH.fullmatch(key):
            return date_format(dt.date(int(month[1]), int(month[2]), 1), "YEAR_MONTH_FORMAT")
        return date_format(dt.date.fromisoformat(key), "DATE_FORMAT")
    except ValueError:
        return key
