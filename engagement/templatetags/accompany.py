"""How the states of accompaniment look: a word, a shape, and times in two places. No rule and no query lives here."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from engagement.choices import CheckInState, Drawer, IntroductionState
from innoteams.templatetags.look import Mark

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
    IntroductionState.ACCEPTED: Mark("accepted", _("Introduced"), "handshake"),
    IntroductionState.DECLINED: Mark("declined", _("Declined"), "circle-minus"),
    IntroductionState.WITHDRAWN: Mark("withdrawn", _("Taken back"), "undo-2"),
}


@register.simple_tag
def state_mark(state: str) -> Mark:
    """The icon and words of a check-in's state, or of a cell of the heat map."""
    return STATES.get(state, STATES["none"])


@register.simple_tag
def drawer_mark(drawer: str) -> Mark:
    """The icon and words that say who reads a note; an unknown drawer reads as the narrowest."""
    return DRAWERS.get(drawer, DRAWERS[Drawer.PRIVATE])


@register.simple_tag
def introduction_mark(state: str) -> Mark:
    return INTRODUCTIONS.get(state, INTRODUCTIONS[IntroductionState.ASKED])


@register.filter
def moment_in(moment: datetime, zone: str) -> str:
    """Day and hour as a clock in the zone shows them, in the reader's habit."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{formats.date_format(there, 'D j M Y')}, {formats.date_format(there, 'TIME_FORMAT')}"
