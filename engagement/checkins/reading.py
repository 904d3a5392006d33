"""What a person reads of a check-in: the team its own sheet, everybody else what was sent, and only lines about
projects, and parts of them, that they see themselves."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from engagement.checkins.parts import ACTIVITY, COMMITMENT, PROJECT, keys_in, part_of
from engagement.models import CheckIn, CheckInVersion, Commitment
from innoteams.accounts.models import User
from innoteams.lib.rich_text import plain
from projects.choices import Outcome, Phase, Verb, Visibility
from projects.differences import Change, between
from projects.figures import figure_text, full_text
from projects.models import Activity, Project

# Where on its project's page a thing stands, by the field of the activity that names it; the first that is there.
_PLACES = (
    ("journal_entry_id", "entry"),
    ("phase_move_id", "move"),
    ("ending_id", "ending"),
    ("outcome_move_id", "turn"),
    ("reading_id", "reading"),
    ("consultation_id", "consultation"),
    ("adaptation_id", "adaptation"),
    ("pilot_id", "pilot"),
    ("indicator_id", "indicator"),
)


@dataclass(frozen=True)
class Line:
    """One thing that was logged, or a promise of the coaching that was kept, as this reader may see it."""

    activity: Activity | None
    note: str
    pk: int = 0
    included: bool = True
    commitment: Commitment | None = None
    # Logged on a day that the period does not have any more: its days were changed after it was opened.
    outside: bool = False

    @property
    def anchor(self) -> str:
        if self.activity:
            return part_of(ACTIVITY, self.activity.pk)
        return part_of(COMMITMENT, self.commitment.pk if self.commitment else 0)

    @property
    def project(self) -> Project | None:
        if self.activity:
            return self.activity.project
        return self.commitment.project if self.commitment else None

    @property
    def is_team_only(self) -> bool:
        """Only the team sees the project or the part, so nobody else is shown this line, included or not."""
        if self.activity:
            return bool(getattr(self.activity, "is_team_only", False))
        return self.project is not None and self.project.visibility == Visibility.TEAM

    @property
    def is_of_whole_project(self) -> bool:
        """The project itself is the team's alone, not only a part of it."""
        return self.project is not None and self.project.visibility == Visibility.TEAM

    @property
    def at(self) -> dt.datetime | None:
        return self.activity.at if self.activity else self.commitment.done_at if self.commitment else None

    @property
    def did(self) -> str:
        """What was done, in the words of the verb."""
        return str(self.activity.get_verb_display()) if self.activity else _("kept a promise of the coaching")

    @property
    def url(self) -> str:
        """Where it was logged: the very entry, reading or pilot on the page of its project."""
        one = self.activity
        if one is None:
            return self.commitment.engagement.get_absolute_url() if self.commitment else ""
        places = (f"#{name}-{key}" for column, name in _PLACES if (key := getattr(one, column)))
        return one.project.get_absolute_url() + next(places, "")

    @property
    def text(self) -> str:
        """What was written down, in a few words; "" where the verb and the project say it all."""
        one = self.activity
        if one is None:
            return self.commitment.text if self.commitment else ""
        if one.phase_move:
            moved = f"{Phase(one.phase_move.from_phase).label} → {Phase(one.phase_move.to_phase).label}"
            return f"{moved}. {one.phase_move.note}"
        if one.outcome_move or one.ending:
            return _what_came_of_it(one)
        if one.reading:
            return f"{one.reading.indicator.name} – {full_text(one.reading.value, one.reading.indicator)}"
        if one.consultation:
            return f"{one.consultation.method} – {one.consultation.heard}"
        if one.journal_entry:
            return plain(one.journal_entry.text)
        named = one.pilot or one.indicator
        return str(named) if named else ""

    @property
    def language(self) -> str:
        """Of the text; "" where nobody noted it."""
        if self.activity is None:
            return ""
        own = self.activity.journal_entry or self.activity.ending
        return str(own.language if own else self.activity.project.language)


@dataclass(frozen=True)
class Entry:
    """One row of a check-in: a line, or several readings of one indicator told as one."""

    lines: list[Line]

    @property
    def line(self) -> Line:
        """The newest: it stands for the row."""
        return self.lines[-1]

    @property
    def part(self) -> str:
        return self.line.anchor

    @property
    def parts(self) -> set[str]:
        return {line.anchor for line in self.lines}

    @property
    def is_several(self) -> bool:
        return len(self.lines) > 1

    @property
    def text(self) -> str:
        if not self.is_several:
            return self.line.text
        first, last = (line.activity.reading for line in (self.lines[0], self.line) if line.activity)
        if first is None or last is None:
            return self.line.text
        of = last.indicator
        return f"{of.name} – {figure_text(first.value, of)} → {full_text(last.value, of)}"


@dataclass(frozen=True)
class Group:
    """The rows about one project; without a project, what the coaching brought about."""

    project: Project | None
    entries: list[Entry]

    @property
    def part(self) -> str:
        return part_of(PROJECT, self.project.pk) if self.project else ""

    @property
    def lines(self) -> list[Line]:
        return [line for entry in self.entries for line in entry.lines]

    @property
    def moved_from(self) -> str:
        """The phase it was in before the moves that these lines tell of; "" where none does."""
        moves = [line.activity.phase_move for line in self.lines if line.activity and line.activity.phase_move]
        return min(moves, key=lambda move: (move.at, move.pk)).from_phase if moves else ""


@dataclass(frozen=True)
class Comparison:
    hard: list[Change]
    help_wanted: list[Change]
    lines_added: list[Line]
    lines_removed: list[Line]

    @property
    def differs(self) -> bool:
        words = any(change.kind for change in [*self.hard, *self.help_wanted])
        return words or bool(self.lines_added or self.lines_removed)


@dataclass(frozen=True)
class Seen:
    """What of all that a check-in tells of one reader sees, fetched once for a page."""

    activities: dict[int, Activity] = field(default_factory=dict)
    commitments: dict[int, Commitment] = field(default_factory=dict)

    def lines(self, version: CheckInVersion) -> list[Line]:
        """Those of the version that are seen, in its order."""
        found = (self.line(anchor, note) for anchor, note in version.lines)
        return [line for line in found if line]

    def line(self, anchor: str, note: str = "", pk: int = 0, included: bool = True) -> Line | None:
        for key in keys_in([anchor], ACTIVITY):
            return Line(self.activities[key], note, pk, included) if key in self.activities else None
        for key in keys_in([anchor], COMMITMENT):
            promise = self.commitments.get(key)
            return Line(None, note, pk, included, promise) if promise else None
        return None

    @cached_property
    def projects(self) -> dict[int, Project]:
        """Of the lines that are seen."""
        found = {one.project_id: one.project for one in self.activities.values()}
        return {**{one.project.pk: one.project for one in self.commitments.values() if one.project}, **found}


def seen_by(reader: User, anchors: Iterable[str]) -> Seen:
    """At most two queries, one where no promise of the coaching is told."""
    wanted = set(anchors)
    rows = Activity.objects.visible_to(reader).filter(pk__in=keys_in(wanted, ACTIVITY))
    found = Seen({row.pk: row for row in with_parts(rows.with_team_alone())})
    if promises := keys_in(wanted, COMMITMENT):
        # What was opened again is no kept promise any more.
        shown = Q(project=None) | Q(project__in=Project.objects.visible_to(reader))
        kept = Commitment.objects.filter(shown, pk__in=promises, done_at__isnull=False)
        found.commitments.update({row.pk: row for row in kept.select_related("project", "engagement", "owner")})
    return found


def sheet_lines(check_in: CheckIn, reader: User, seen: Seen | None = None) -> list[Line]:
    """The team's own working lines, in order."""
    rows = list(check_in.lines.all())
    seen = seen or seen_by(reader, (row.anchor for row in rows))
    found = (seen.line(row.anchor, row.note, row.pk, row.included) for row in rows)
    return marked([line for line in found if line], check_in)


def sent_lines(version: CheckInVersion, reader: User) -> list[Line]:
    """The lines of what was sent, without those about projects that the reader does not see (any more)."""
    return marked(seen_by(reader, anchors_of([version])).lines(version), version.check_in)


def marked(lines: Iterable[Line], check_in: CheckIn) -> list[Line]:
    """Each knows whether it lies outside the period: neither logged in it, by the city's calendar, nor dated in it."""
    return [replace(line, outside=_is_outside(line.activity, check_in)) for line in lines]


def _is_outside(one: Activity | None, check_in: CheckIn) -> bool:
    if one is None:
        return False
    days = [timezone.localtime(one.at, ZoneInfo(check_in.team.city.timezone)).date()]
    days += [one.journal_entry.happened_on] if one.journal_entry else []
    days += [one.consultation.held_on] if one.consultation else []
    days += [one.reading.read_on] if one.reading else []
    return not any(check_in.period.starts_on <= day <= check_in.period.ends_on for day in days)


def grouped(lines: Iterable[Line]) -> list[Group]:
    """By project, in the order in which the projects first come; what belongs to no project last. Several readings
    of one indicator are one row."""
    by_project: dict[int, list[Line]] = {}
    for line in lines:
        by_project.setdefault(line.project.pk if line.project else 0, []).append(line)
    loose = by_project.pop(0, [])
    groups = [Group(of[0].project, _entries(of)) for of in by_project.values()]
    return [*groups, Group(None, _entries(loose))] if loose else groups


def versions_sent(check_in: CheckIn) -> list[CheckInVersion]:
    """Oldest first, without those that the team took back."""
    return list(check_in.versions.filter(taken_back_at=None).select_related("submitted_by").order_by("number"))


def latest_two(check_in: CheckIn) -> tuple[CheckInVersion | None, CheckInVersion | None]:
    """The version that was sent last and the one before it."""
    return newest_two(versions_sent(check_in))


def newest_two(versions: Sequence[CheckInVersion]) -> tuple[CheckInVersion | None, CheckInVersion | None]:
    """Of versions that stand oldest first."""
    return (versions[-1] if versions else None, versions[-2] if len(versions) > 1 else None)


def compare(before: CheckInVersion, after: CheckInVersion, reader: User, seen: Seen | None = None) -> Comparison:
    """What changed from one version to another, as far as the reader sees both."""
    seen = seen or seen_by(reader, anchors_of([before, after]))
    old, new = seen.lines(before), seen.lines(after)
    return Comparison(
        hard=compare_texts(before.hard, after.hard),
        help_wanted=compare_texts(before.help_wanted, after.help_wanted),
        lines_added=without(new, old),
        lines_removed=without(old, new),
    )


def compare_texts(before: str, after: str) -> list[Change]:
    """Sentence by sentence."""
    return between(sentences(before), sentences(after))


def sentences(text: str) -> list[str]:
    parts = re.split(r"(?<=[.!?…])\s+|\n+", text)
    return [part.strip() for part in parts if part.strip()]


def with_parts(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """With all that telling about it needs, in one query."""
    return rows.select_related(
        "project",
        "phase_move",
        "outcome_move",
        "ending",
        "pilot",
        "journal_entry",
        "consultation",
        "indicator",
        "reading__indicator",
    ).defer("project__words")


def anchors_of(versions: Iterable[CheckInVersion]) -> set[str]:
    return {anchor for version in versions for anchor, _note in version.lines}


def without(lines: list[Line], others: list[Line]) -> list[Line]:
    """The lines that are not among the others, or stand there with another note."""
    known = {(line.anchor, line.note) for line in others}
    return [line for line in lines if (line.anchor, line.note) not in known]


def _entries(lines: list[Line]) -> list[Entry]:
    """In order; readings of one indicator stand together where the last of them stands, oldest value first."""
    rows: dict[object, list[Line]] = {}
    for line in lines:
        key = _told_as_one(line)
        rows[key] = [*rows.pop(key, []), line]
    return [Entry(sorted(row, key=_day_of_reading)) for row in rows.values()]


def _told_as_one(line: Line) -> object:
    reading = line.activity.reading if line.activity else None
    if line.activity is None or reading is None or line.activity.verb != Verb.READING_ADDED:
        return line.anchor
    return reading.indicator_id, reading.is_comparison, line.is_team_only


def _day_of_reading(line: Line) -> tuple[dt.date, int]:
    reading = line.activity.reading if line.activity else None
    return (reading.read_on, reading.pk) if reading else (dt.date.min, 0)


def _what_came_of_it(one: Activity) -> str:
    """The lesson, after the name of the pilot where it was one; otherwise the outcome and why."""
    if one.ending:
        return f"{one.pilot} – {one.ending.advice}" if one.pilot else str(one.ending.advice)
    move = one.outcome_move
    return f"{Outcome(move.to_outcome).label}. {move.note}" if move else ""
