"""An engagement from its beginning to today and what is planned: dated entries of several kinds, merged for a reader.

Every source reads through `visible_to`, and none reads notes: a timeline is printed and handed round.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from engagement.models import CoachingEngagement, CoachingSession, Commitment, Reflection
from innoteams.accounts.models import User
from innoteams.lib.rich_text import plain
from projects.choices import Outcome, Phase, Verb
from projects.models import Activity


@dataclass(frozen=True)
class Entry:
    """One thing on the timeline. `kind` decides how its mark looks: begun, coach, session, planned, called_off, kept,
    phase, outcome, reflection, ended."""

    at: dt.datetime
    kind: str
    title: str
    key: str
    text: str = ""
    url: str = ""
    who: str = ""
    # Of title and text, where it is known.
    language: str = ""
    # Days have no hour to show.
    has_hour: bool = False


@dataclass(frozen=True)
class Month:
    first: dt.date
    entries: list[Entry]


Source = Callable[[CoachingEngagement, User], Iterator[Entry]]


def timeline_of(engagement: CoachingEngagement, reader: User) -> list[Entry]:
    """Everything the reader sees of it, the oldest first. Needs `with_coaches()`; one query for each source."""
    found = [entry for source in SOURCES for entry in source(engagement, reader)]
    return sorted(found, key=lambda entry: (entry.at, entry.key))


def by_month(entries: list[Entry], zone: dt.tzinfo) -> list[Month]:
    """Of entries in order, every month from the first to the last, also those in which nothing was."""
    there = {
        first: list(group)
        for first, group in groupby(entries, lambda entry: _first_of_month(entry.at.astimezone(zone)))
    }
    if not there:
        return []
    months, month, last = [], min(there), max(there)
    while month <= last:
        months.append(Month(month, there.get(month, [])))
        month = _first_of_month(month + dt.timedelta(days=32))
    return months


def _first_of_month(day: dt.date) -> dt.date:
    return dt.date(day.year, day.month, 1)


# --- The sources ---------------------------------------------------------------------------------------------------


def _itself(engagement: CoachingEngagement, reader: User) -> Iterator[Entry]:
    """Its beginning and end, and coaches who came later or left before."""
    yield Entry(_day(engagement.starts_on, first=True), "begun", _("The coaching begins"), "0-begun")
    for part in engagement.coaches.all():
        if part.starts_on > engagement.starts_on:
            title = _("%(name)s joins as a coach") % {"name": part.person.name}
            yield Entry(_day(part.starts_on, first=True), "coach", title, f"coach-{part.pk}")
        if part.left_early and part.ends_on:
            title = _("%(name)s leaves") % {"name": part.person.name}
            yield Entry(_day(part.ends_on), "coach", title, f"coach-left-{part.pk}")
    if engagement.ends_on:
        yield Entry(_day(engagement.ends_on), "ended", _("The coaching ends"), "z-ended")


def _sessions(engagement: CoachingEngagement, reader: User) -> Iterator[Entry]:
    rows = CoachingSession.objects.visible_to(reader).filter(engagement=engagement)
    for one in rows.only("starts_at", "aim", "lessons", "happened", "logged_at", "called_off_at", "called_off_why"):
        yield Entry(
            at=one.starts_at,
            kind=_kind_of(one),
            title=one.aim,
            key=f"session-{one.pk}",
            text=one.called_off_why or plain(one.lessons or one.happened),
            url=one.get_absolute_url(),
            has_hour=True,
        )


def _kind_of(session: CoachingSession) -> str:
    if session.called_off_at:
        return "called_off"
    return "session" if session.logged_at or session.starts_at <= timezone.now() else "planned"


def _kept(engagement: CoachingEngagement, reader: User) -> Iterator[Entry]:
    rows = Commitment.objects.visible_to(reader).filter(engagement=engagement, done_at__isnull=False)
    for one in rows.select_related("owner"):
        if one.done_at:
            yield Entry(one.done_at, "kept", one.text, f"kept-{one.pk}", who=one.owner.name)


def _reflections(engagement: CoachingEngagement, reader: User) -> Iterator[Entry]:
    """That the team looked back; what it wrote stays where it decides who reads it."""
    rows = Reflection.objects.visible_to(reader).filter(engagement=engagement)
    for one in rows.only("moment", "written_at"):
        title = _("The team looks back on itself, %(moment)s") % {"moment": one.get_moment_display()}
        yield Entry(one.written_at, "reflection", title, f"reflection-{one.pk}")


_MOVES = (Verb.PHASE_MOVED, Verb.OUTCOME_CHANGED, Verb.ENDED_WITH_LESSON)


def _moves(engagement: CoachingEngagement, reader: User) -> Iterator[Entry]:
    """How the team's projects went on while it was coached, as far as the reader sees them."""
    rows = Activity.objects.visible_to(reader).filter(
        project__team=engagement.team_id, verb__in=_MOVES, at__gte=_day(engagement.starts_on, first=True)
    )
    if engagement.ends_on:
        rows = rows.filter(at__lte=_day(engagement.ends_on))
    for one in rows.select_related("project", "phase_move", "outcome_move").defer("project__words"):
        yield Entry(
            at=one.at,
            kind="phase" if one.phase_move else "outcome",
            title=one.project.title,
            key=f"activity-{one.pk}",
            text=_moved(one),
            url=one.project.get_absolute_url(),
            language=one.project.language,
        )


def _moved(one: Activity) -> str:
    if one.phase_move:
        return f"{Phase(one.phase_move.from_phase).label} → {Phase(one.phase_move.to_phase).label}"
    if one.outcome_move:
        return str(Outcome(one.outcome_move.to_outcome).label)
    return capfirst(str(Verb(one.verb).label))


def _day(day: dt.date, *, first: bool = False) -> dt.datetime:
    """A day among moments: before all that was on it, or after."""
    return dt.datetime.combine(day, dt.time.min if first else dt.time(23, 59, 59), tzinfo=dt.UTC)


SOURCES: tuple[Source, ...] = (_itself, _sessions, _kept, _reflections, _moves)
