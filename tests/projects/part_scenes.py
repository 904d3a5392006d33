"""A project with one part of each kind, each at a level of its own, and what happened to it."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from projects.choices import VISIBILITIES, Verb, Visibility
from projects.models import (
    Activity,
    Attachment,
    Consultation,
    Ending,
    Indicator,
    JournalEntry,
    Pilot,
    Project,
    Reading,
)
from tests.cast import Cast, make_project

DAY = dt.date(2026, 5, 1)
KINDS_OF_PART = ("pilot", "journal", "consultation", "indicator", "attachment")
# What each kind of person of the cast sees of Tel Aviv's, written down here by hand, apart from the program's rule.
_TEAM = {"tel_aviv_lead", "tel_aviv_member", "tel_aviv_observer"}
_PROGRAMME = {"coach", "coordinator", "funder_coordinator"}


def levels_of(kind: str) -> set[str]:
    if kind in _TEAM:
        return {"team", "programme", "network", "public"}
    if kind in _PROGRAMME:
        return {"programme", "network", "public"}
    return {"public"} if kind == "visitor" else {"network", "public"}


def wider(level: str) -> list[Visibility]:
    return VISIBILITIES[VISIBILITIES.index(Visibility(level)) + 1 :]


@dataclass
class Parts:
    project: Project
    word: str
    own: dict[str, str]
    rows: dict[str, Any] = field(default_factory=dict)
    news: dict[str, Activity] = field(default_factory=dict)

    def seen_with(self, levels: set[str]) -> set[str]:
        """The rows that somebody who sees these levels of the team may see."""
        if self.project.visibility not in levels:
            return set()
        return {name for name in self.rows if all(self.own[kind] in ("", *levels) for kind in _NEEDS[name])}


# The levels that each row depends on.
_NEEDS: dict[str, tuple[str, ...]] = {
    "pilot": ("pilot",),
    "journal": ("journal",),
    "consultation": ("consultation",),
    "indicator": ("indicator",),
    "reading": ("indicator",),
    "ending": ("pilot",),
    "attachment": ("attachment",),
    "attachment of journal": ("attachment", "journal"),
    "attachment of reading": ("attachment", "indicator"),
}


def make_parts(cast: Cast, level: str, own: dict[str, str], word: str) -> Parts:
    project = make_project(
        cast.tel_aviv, title=f"{word} project", visibility=level, topics=(cast.topic,), created_by=cast.tel_aviv_lead
    )
    parts = Parts(project, word, own)
    rows = parts.rows
    author = cast.tel_aviv_lead

    def text(name: str) -> str:
        return f"{word}-{name}"

    rows["pilot"] = Pilot.objects.create(
        project=project, title=text("pilot"), hypothesis="h", visibility=own["pilot"], lessons="l", decision="stop"
    )
    rows["journal"] = JournalEntry.objects.create(
        project=project, happened_on=DAY, text=text("journal"), author=author, visibility=own["journal"]
    )
    rows["consultation"] = Consultation.objects.create(
        project=project, held_on=DAY, method="m", heard=text("consultation"), said="s", visibility=own["consultation"]
    )
    rows["indicator"] = Indicator.objects.create(
        project=project, name=text("indicator"), unit="u", visibility=own["indicator"]
    )
    rows["reading"] = Reading.objects.create(
        indicator=rows["indicator"], value=Decimal(4), read_on=DAY, source=text("reading")
    )
    rows["ending"] = Ending.objects.create(
        project=project, pilot=rows["pilot"], advice=text("ending"), ended_at=timezone.now()
    )
    for name, of in (
        ("attachment", {}),
        ("attachment of journal", {"journal_entry": rows["journal"]}),
        ("attachment of reading", {"reading": rows["reading"]}),
    ):
        rows[name] = Attachment.objects.create(
            project=project, name=text(name), content_type="text/plain", size=1, visibility=own["attachment"], **of
        )
    for name, row in rows.items():
        verb, fields = _NEWS[name]
        about = {part: rows[of] for part, of in fields.items()} or {"attachment": row}
        parts.news[name] = Activity.objects.create(project=project, verb=verb, actor=author, **about)
    return parts


_NEWS: dict[str, tuple[Verb, dict[str, str]]] = {
    "pilot": (Verb.PILOT_ADDED, {"pilot": "pilot"}),
    "journal": (Verb.JOURNAL_ADDED, {"journal_entry": "journal"}),
    "consultation": (Verb.CONSULTATION_ADDED, {"consultation": "consultation"}),
    "indicator": (Verb.READINGS_IMPORTED, {"indicator": "indicator"}),
    "reading": (Verb.READING_ADDED, {"indicator": "indicator", "reading": "reading"}),
    "ending": (Verb.ENDED_WITH_LESSON, {"ending": "ending"}),
    "attachment": (Verb.FILE_ADDED, {}),
    "attachment of journal": (Verb.FILE_ADDED, {}),
    "attachment of reading": (Verb.FILE_ADDED, {}),
}
