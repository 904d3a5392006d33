"""What was promised until when, on both sides: one place for every deadline that pages, lists and mails tell of."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cities.querysets import today
from engagement.choices import WITH_THE_TEAM, CheckInState
from engagement.digests.periods import zone_of
from engagement.models import CheckIn, CheckInPeriod, CoachingSession

DAYS_TO_ANSWER = 14
DAYS_TO_RESUBMIT = 7
DAYS_TO_ANSWER_INTRODUCTION = 14
DAYS_TO_ANSWER_QUESTION = 14
DAYS_TO_LOG_SESSION = 3
# Commitments are shown as waiting from this long before they are due.
DAYS_AHEAD = 14
STALE_AFTER = dt.timedelta(days=90)
CONFIRM_AFTER = dt.timedelta(days=365)
HELPED_AFTER = dt.timedelta(days=30)
# So long after an adaptation was shared its team is asked what came of it.
TELL_AFTER = dt.timedelta(days=90)


class Promise(StrEnum):
    """What somebody is reminded of."""

    CHECK_IN = "check_in"  # a team sends it
    ANSWER = "answer"  # a coordinator answers it
    COMMITMENT = "commitment"  # somebody of a coaching pair keeps it
    SESSION_LOG = "session_log"  # a coach writes down what happened


class Whom(StrEnum):
    """What a person has to do with a promise: it is theirs, or they are told that it is late."""

    WRITERS = "writers"  # members of the team who write
    LEADS = "leads"
    COORDINATORS = "coordinators"  # of the operator, who answer
    OWNER = "owner"
    COACHES = "coaches"


@dataclass(frozen=True)
class Step:
    """So many days after the promised one (before it where negative) these people are reminded."""

    days: int
    told: tuple[Whom, ...]


_TEAM = (Whom.WRITERS, Whom.LEADS)
_ALL = (*_TEAM, Whom.COORDINATORS)
# From three days late on the leads are told in so many words that nobody has sent it; from seven the coordinators hear
# of it too, as the team hears of an answer that is seven days late.
STEPS: dict[Promise, tuple[Step, ...]] = {
    Promise.CHECK_IN: (Step(-7, _TEAM), Step(0, _TEAM), Step(3, _TEAM), Step(7, _ALL), Step(14, _ALL)),
    Promise.ANSWER: (
        Step(0, (Whom.COORDINATORS,)),
        Step(3, (Whom.COORDINATORS,)),
        Step(7, _ALL),
        Step(14, _ALL),
    ),
    Promise.COMMITMENT: (Step(-1, (Whom.OWNER,)), Step(0, (Whom.OWNER,)), Step(3, (Whom.OWNER,))),
    Promise.SESSION_LOG: (Step(0, (Whom.COACHES,)),),
}
LEAD_IS_TOLD_AFTER = 3


class Promised(Protocol):
    """What of a check-in its deadline follows from: a page of thousands reads no more of them."""

    @property
    def state(self) -> str: ...
    @property
    def submitted_at(self) -> dt.datetime | None: ...
    @property
    def answered_at(self) -> dt.datetime | None: ...
    @property
    def period(self) -> CheckInPeriod: ...


def check_in_due(check_in: Promised) -> dt.date | None:
    """The day until which the next move was promised: by the team while it is with the team, by the coordinator
    while it waits for an answer. An accepted one promises nothing more. Needs `period`."""
    if check_in.state == CheckInState.ACCEPTED:
        return None
    if check_in.state == CheckInState.SUBMITTED and check_in.submitted_at:
        return check_in.submitted_at.date() + dt.timedelta(days=DAYS_TO_ANSWER)
    due: dt.date = check_in.period.due_on
    if check_in.state == CheckInState.RETURNED and check_in.answered_at:
        return max(due, check_in.answered_at.date() + dt.timedelta(days=DAYS_TO_RESUBMIT))
    return due


def is_late(due: dt.date | None) -> bool:
    """The due day itself is still in time."""
    return due is not None and due < today()


def is_team_late(check_in: CheckIn) -> bool:
    return check_in.state in WITH_THE_TEAM and is_late(check_in_due(check_in))


def is_answer_late(check_in: CheckIn) -> bool:
    return check_in.state == CheckInState.SUBMITTED and is_late(check_in_due(check_in))


def session_log_due(session: CoachingSession) -> dt.date:
    """The day until which a session is to be logged, by the clock that it was planned by."""
    ended: dt.date = session.ends_at.astimezone(zone_of(session.planned_zone)).date()
    return ended + dt.timedelta(days=DAYS_TO_LOG_SESSION)
