"""What a person reads of a check-in: the team its own sheet, everybody else what was sent, and only lines about
projects, and parts of them, that they see themselves."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from engagement.checkins.periods import is_outside
from engagement.models import CheckIn, CheckInVersion
from innoteams.accounts.models import User
from innoteams.lib.rich_text import plain
from projects.choices import Outcome, Phase
from projects.differences import Change, between
from projects.figures import full_text
from projects.models import Activity

# An anchor names a line in versions and comments: "activity-12".
ACTIVITY = "activity-"


@dataclass(frozen=True)
class Line:
    """One thing that was logged, as this reader may see it."""

    activity: Activity
    note: str
    pk: int = 0
    included: bool = True
    # Logged on a day that the period does not have any more: its days were changed after it was opened.
    outside: bool = False

    @property
    def is_team_only(self) -> bool:
        """Only the team sees the project or the part, so nobody else is shown this line, included or not."""
        return bool(getattr(self.activity, "is_team_only", False))

    @property
    def text(self) -> str:
        """What was written down, in a few words; "" where the verb and the project say it all."""
        one = self.activity
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
        own = self.activity.journal_entry or self.activity.ending
        return str(own.language if own else self.activity.project.language)


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


def sheet_lines(check_in: CheckIn, reader: User) -> list[Line]:
    """The team's own working lines, in order."""
    rows = list(check_in.lines.values_list("pk", "activity", "note", "included"))
    seen = _seen_by(reader, (activity for _, activity, _, _ in rows))
    return [
        Line(seen[activity], note, pk, included, outside=is_outside(check_in, seen[activity].at))
        for pk, activity, note, included in rows
        if activity in seen
    ]


def sent_lines(version: CheckInVersion, reader: User) -> list[Line]:
    """The lines of what was sent, without those about projects that the reader does not see (any more)."""
    return _lines(version, _seen_by(reader, _ids(version)))


def latest_two(check_in: CheckIn) -> tuple[CheckInVersion | None, CheckInVersion | None]:
    """The version that was sent last and the one before it."""
    versions = list(check_in.versions.select_related("submitted_by").order_by("-number")[:2])
    return (versions[0] if versions else None, versions[1] if len(versions) > 1 else None)


def compare(before: CheckInVersion, after: CheckInVersion, reader: User) -> Comparison:
    """What changed from one version to another, as far as the reader sees both."""
    seen = _seen_by(reader, [*_ids(before), *_ids(after)])
    old, new = _lines(before, seen), _lines(after, seen)
    return Comparison(
        hard=compare_texts(before.hard, after.hard),
        help_wanted=compare_texts(before.help_wanted, after.help_wanted),
        lines_added=_without(new, old),
        lines_removed=_without(old, new),
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
    )


def _what_came_of_it(one: Activity) -> str:
    """The lesson, after the name of the pilot where it was one; otherwise the outcome and why."""
    if one.ending:
        return f"{one.pilot} – {one.ending.advice}" if one.pilot else str(one.ending.advice)
    move = one.outcome_move
    return f"{Outcome(move.to_outcome).label}. {move.note}" if move else ""


def _ids(version: CheckInVersion) -> list[int]:
    """Of the activities whose lines were sent."""
    return [int(anchor.partition("-")[2]) for anchor, _note in version.lines if anchor.startswith(ACTIVITY)]


def _lines(version: CheckInVersion, seen: dict[int, Activity]) -> list[Line]:
    by_anchor = {f"{ACTIVITY}{pk}": activity for pk, activity in seen.items()}
    told = [(by_anchor[anchor], note) for anchor, note in version.lines if anchor in by_anchor]
    return [Line(one, note, outside=is_outside(version.check_in, one.at)) for one, note in told]


def _seen_by(reader: User, ids: Iterable[int]) -> dict[int, Activity]:
    rows = with_parts(Activity.objects.visible_to(reader).filter(pk__in=set(ids)).with_team_alone())
    return {row.pk: row for row in rows}


def _without(lines: list[Line], others: list[Line]) -> list[Line]:
    known = {(line.activity.pk, line.note) for line in others}
    return [line for line in lines if (line.activity.pk, line.note) not in known]
