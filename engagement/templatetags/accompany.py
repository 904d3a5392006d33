"""How the states of accompaniment look: a word, a shape, and times in two places. No rule and no query lives here."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engagement.choices import CheckInState, Drawer, IntroductionState
from engagement.coaching.clocks import Clock, clocks_of, length_words
from engagement.models import CoachingEngagement, CoachingSession
from engagement.portfolio import Cell
from innoteams.accounts.models import User
from innoteams.templatetags.look import Mark, icon

register = template.Library()

STATES: dict[str, Mark] = {
    CheckInState.DRAFTED: Mark("drafted", _("With the team"), "pencil-line"),
    CheckInState.SUBMITTED: Mark("submitted", _("Waits for an answer"), "send"),
    CheckInState.RETURNED: Mark("returned", _("Sent back"), "undo-2"),
    CheckInState.ACCEPTED: Mark("accepted", _("Accepted"), "circle-check"),
    "late": Mark("late", _("Team late"), "alarm-clock"),
    "answer_late": Mark("answer_late", _("Answer late"), "hourglass"),
    "none": Mark("none", _("No check-in"), "minus"),
}

DRAWERS: dict[str, Mark] = {
    Drawer.PRIVATE: Mark("private", _("Only you read this"), "lock"),
    Drawer.TEAM: Mark("team", _("The team and its coaches read this"), "users-round"),
    Drawer.COORDINATORS: Mark("coordinators", _("The coordinators read this too"), "shield"),
}

INTRODUCTIONS: dict[str, Mark] = {
    IntroductionState.ASKED: Mark("asked", _("Waits for an answer"), "send"),
    "one_yes": Mark("one_yes", _("One said yes"), "user-round-check"),
    IntroductionState.RESTING: Mark("resting", _("Rests"), "moon"),
    IntroductionState.ACCEPTED: Mark("accepted", _("Introduced"), "handshake"),
    IntroductionState.DECLINED: Mark("declined", _("Declined"), "circle-minus"),
    IntroductionState.WITHDRAWN: Mark("withdrawn", _("Taken back"), "undo-2"),
    "helped": Mark("helped", _("It helped"), "circle-check"),
}

ON_TIMELINE: dict[str, Mark] = {
    "begun": Mark("begun", _("Beginning"), "flag"),
    "coach": Mark("coach", _("Coaches"), "user-round"),
    "session": Mark("session", _("Session"), "circle-dot"),
    "planned": Mark("planned", _("Planned session"), "circle-dashed"),
    "called_off": Mark("called_off", _("Called off"), "circle-slash"),
    "kept": Mark("kept", _("Promise kept"), "circle-check"),
    "phase": Mark("phase", _("A project moves on"), "milestone"),
    "outcome": Mark("outcome", _("What came of a project"), "bookmark"),
    "reflection": Mark("reflection", _("Looking back"), "telescope"),
    "ended": Mark("ended", _("End"), "flag"),
}


@register.simple_tag
def timeline_mark(kind: str) -> Mark:
    """The icon and word of an entry on the timeline of an engagement."""
    return ON_TIMELINE.get(kind, ON_TIMELINE["session"])


@register.simple_tag
def timeline_marks() -> list[Mark]:
    """All of them, for the key beside the picture."""
    return list(ON_TIMELINE.values())


@register.simple_tag
def session_clocks(session: CoachingSession, engagement: CoachingEngagement, reader: User) -> list[tuple[Clock, str]]:
    """When a session is, as each clock of the engagement shows it. No query after `with_coaches()`."""
    return [(clock, moment_in(session.starts_at, clock.zone)) for clock in clocks_of(engagement, reader)]


@register.filter
def duration(minutes: int) -> str:
    """How long a session is."""
    return length_words(minutes)


@register.simple_tag
def state_mark(state: str) -> Mark:
    """The icon and words of a check-in's state, or of a cell of the heat map."""
    return STATES.get(state, STATES["none"])


@register.simple_tag
def state_shapes() -> SafeString:
    """The shapes of the states once for a page, for cells to refer to: a heat map draws a thousand of them."""
    shapes = format_html_join(
        "", '<defs><g id="state-{}">{}</g></defs>', ((mark.key, icon(mark.icon, 16)) for mark in STATES.values())
    )
    return format_html(
        '<svg class="state-shapes" width="0" height="0" aria-hidden="true"><defs>{}</defs></svg>', shapes
    )


@register.simple_tag
def state_cell(cell: Cell) -> SafeString:
    """One team in one period. Written here and not in a template for its thousand calls on a page."""
    mark = STATES.get(cell.state, STATES["none"])
    inside = _inside_cell(mark.key, str(mark.word))
    if not cell.readable:
        return format_html('<span class="state-cell" data-state="{}">{}</span>', mark.key, inside)
    return format_html(
        '<a class="state-cell" data-state="{}"{} href="{}">{}</a>',
        mark.key,
        _WAITING if cell.waits_for_reader else "",
        reverse("check_in_detail", args=[cell.pk]),
        inside,
    )


# A whole attribute, written here and holding nothing from anybody: there is nothing in it to escape.
_WAITING = mark_safe(' data-mark="waiting"')


@lru_cache(maxsize=64)
def _inside_cell(key: str, word: str) -> SafeString:
    shape = '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><use href="#state-{}"/></svg><span>{}</span>'
    return format_html(shape, key, word)


@register.simple_tag
def drawer_mark(drawer: str) -> Mark:
    """The icon and words that say who reads a note; an unknown drawer reads as the narrowest."""
    return DRAWERS.get(drawer, DRAWERS[Drawer.PRIVATE])


@register.simple_tag
def drawers() -> list[tuple[str, str, str]]:
    """Each drawer with its name in a list of notes and the button that writes into it, which names the readers."""
    return [
        (Drawer.PRIVATE, gettext("Only me"), gettext("Keep in my private drawer")),
        (Drawer.TEAM, gettext("The team"), gettext("Share with the team")),
        (Drawer.COORDINATORS, gettext("The coordinators"), gettext("Share with the coordinators too")),
    ]


@register.simple_tag
def introduction_mark(state: str) -> Mark:
    return INTRODUCTIONS.get(state, INTRODUCTIONS[IntroductionState.ASKED])


@register.filter
def moment_in(moment: datetime, zone: str) -> str:
    """Day and hour as a clock in the zone shows them, in the reader's habit."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{formats.date_format(there, 'D j M Y')}, {formats.date_format(there, 'TIME_FORMAT')}"
