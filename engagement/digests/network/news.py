"""What happened to a project, in words: the newest state first, several of one kind as one line with a number."""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from innoteams.lib.languages import isolated
from projects.choices import Decision, Outcome, Phase, Verb
from projects.figures import figure_text, unit_words
from projects.models import Activity, Project

MOST_NEWS = 3


def news_lines(rows: Sequence[Activity], project: Project) -> list[str]:
    """At most MOST_NEWS, in the active language and time zone."""
    by_verb: dict[str, list[Activity]] = {}
    for row in rows:
        by_verb.setdefault(row.verb, []).append(row)
    lines = [_LINES[Verb(verb)](same, project) for verb, same in by_verb.items() if verb in _LINES]
    return lines[:MOST_NEWS]


def _shared(rows: Sequence[Activity], project: Project) -> str:
    if project.is_from_public_source:
        return _("Told from a public source")
    day = timezone.localtime(rows[0].at).date()
    return _("New: shared on %(date)s") % {"date": _day_in_words(day, get_language())}


@lru_cache(maxsize=1_000)
def _day_in_words(day: dt.date, _language: str | None) -> str:
    """In the active language. Most of a batch's news is of the same few days."""
    return date_format(day, "DATE_FORMAT")


def _moved(rows: Sequence[Activity], _project: Project) -> str:
    move = rows[0].phase_move
    return _("Moved on to “%(phase)s”") % {"phase": Phase(move.to_phase).label} if move else _("Moved on")


def _pilot_added(rows: Sequence[Activity], project: Project) -> str:
    titles = ", ".join(isolated(row.pilot.title, project.language) for row in rows if row.pilot)
    return _("Started a pilot: %(titles)s") % {"titles": titles}


def _pilot_decided(rows: Sequence[Activity], project: Project) -> str:
    pilot = rows[0].pilot
    if pilot is None:
        return _("Decided about a pilot")
    values = {"title": isolated(pilot.title, project.language), "decision": Decision(pilot.decision).label}
    return _("Decided about the pilot %(title)s: %(decision)s") % values


def _journal(rows: Sequence[Activity], _project: Project) -> str:
    count = len(rows)
    return ngettext("%(count)s new journal entry", "%(count)s new journal entries", count) % {"count": count}


def _heard(rows: Sequence[Activity], project: Project) -> str:
    held = rows[0].consultation
    if held is None or not held.heard_count:
        return _("Heard residents: %(who)s") % {"who": isolated(held.heard, project.language) if held else ""}
    values = {
        "who": isolated(held.heard, project.language),
        "count": number_format(held.heard_count, force_grouping=True),
    }
    return _("Heard residents: %(who)s (%(count)s)") % values


def _read(rows: Sequence[Activity], project: Project) -> str:
    reading = rows[0].reading
    if reading is None:
        return _("Added a reading")
    values = {
        "name": isolated(reading.indicator.name, project.language),
        "value": figure_text(reading.value, reading.indicator),
        "unit": isolated(unit_words(reading.indicator), project.language),
        "kind": reading.get_kind_display(),
    }
    if not unit_words(reading.indicator):
        return _("%(name)s: %(value)s (%(kind)s)") % values
    return _("%(name)s: %(value)s %(unit)s (%(kind)s)") % values


def _read_many(rows: Sequence[Activity], _project: Project) -> str:
    count = sum(int(row.facts.get("count", 0)) for row in rows)
    return ngettext("%(count)s new reading", "%(count)s new readings", count) % {"count": count}


def _adapting(_rows: Sequence[Activity], _project: Project) -> str:
    # Of which project is not said: the reader might not see that one.
    return _("Began to adapt what another team tried")


def _ended(_rows: Sequence[Activity], project: Project) -> str:
    return _("Where it stands: %(outcome)s") % {"outcome": Outcome(project.outcome).label}


def _ended_with_lesson(rows: Sequence[Activity], project: Project) -> str:
    titles = ", ".join(isolated(row.pilot.title, project.language) for row in rows if row.pilot)
    if titles and all(row.pilot for row in rows):
        return _("Stopped a pilot, and told what was learned: %(titles)s") % {"titles": titles}
    return _("Stopped, and told what was learned")


def _reported(_rows: Sequence[Activity], _project: Project) -> str:
    return _("Told what came of adapting another team's work")


_LINES: dict[Verb, Any] = {
    Verb.OUTCOME_CHANGED: _ended,
    Verb.ENDED_WITH_LESSON: _ended_with_lesson,
    Verb.ADAPTATION_REPORTED: _reported,
    Verb.PROJECT_SHARED: _shared,
    Verb.PHASE_MOVED: _moved,
    Verb.PILOT_ADDED: _pilot_added,
    Verb.PILOT_DECIDED: _pilot_decided,
    Verb.JOURNAL_ADDED: _journal,
    Verb.CONSULTATION_ADDED: _heard,
    Verb.READING_ADDED: _read,
    Verb.READINGS_IMPORTED: _read_many,
    Verb.ADAPTATION_STARTED: _adapting,
}
