"""Sessions as an engagement's page and a session's own pages show them: what is next, what waits, on which clocks."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from engagement.coaching.agenda import held_moments
from engagement.coaching.carrying import Carried, carried_over
from engagement.coaching.clocks import Clock, clock_notes, clocks_of
from engagement.forms.sessions import WhenForm
from engagement.models import CoachingEngagement
from innoteams.accounts.models import User

RECENT = 3


@dataclass(frozen=True)
class Shown:
    """A moment on one clock."""

    clock: Clock
    at: dt.datetime


def shown_on(moment: dt.datetime, engagement: CoachingEngagement, reader: User) -> dict[str, object]:
    """What `_clocks.html` shows."""
    clocks = clocks_of(engagement, reader)
    return {
        "shown": [Shown(clock, moment) for clock in clocks],
        "clock_notes": clock_notes(moment, clocks, timezone.now()),
    }


def clocks_typed(typed: Mapping[str, str], engagement: CoachingEngagement, reader: User) -> dict[str, object]:
    """The hour that is being typed, on every clock; or what is wrong with it. Nothing while it is half typed."""
    clocks = clocks_of(engagement, reader)
    form = WhenForm(typed, clocks=clocks, also_zone=_known_zone(typed.get("zone", ""), engagement))
    if form.is_valid():
        return shown_on(form.cleaned_data["starts_at"], engagement, reader)
    wrong = [str(error) for name in ("day", "hour") if typed.get(name) for error in form.errors.get(name, [])]
    return {"clock_errors": wrong}


def _known_zone(zone: str, engagement: CoachingEngagement) -> str:
    """A zone by which a session here was planned before, though nobody of today lives in it."""
    return zone if zone and engagement.sessions.filter(planned_zone=zone).exists() else ""


def sessions_part(engagement: CoachingEngagement, reader: User) -> dict[str, object]:
    """The next one, others ahead, those that wait to be logged, and the last few. One query."""
    sessions, now = list(engagement.sessions.select_related("logged_by").order_by("-starts_at")), timezone.now()
    planned = [one for one in sessions if not one.logged_at and not one.called_off_at]
    upcoming = sorted((one for one in planned if one.starts_at > now), key=lambda one: one.starts_at)
    logged = [one for one in sessions if one.logged_at]
    return {
        "upcoming": upcoming,
        "next_session": upcoming[0] if upcoming else None,
        "later_sessions": upcoming[1:],
        "to_log": [one for one in planned if one.starts_at <= now],
        "recent": logged[:RECENT],
        "session_count": len(sessions),
        **(shown_on(upcoming[0].starts_at, engagement, reader) if upcoming else {}),
    }


def carried_part(engagement: CoachingEngagement, until: dt.datetime | None = None) -> list[Carried]:
    """Open commitments with how often they came up, the longest carried first."""
    held = held_moments(engagement)
    rows = engagement.commitments.open().select_related("owner", "session")
    return carried_over(rows, [moment for moment in held if until is None or moment <= until])
