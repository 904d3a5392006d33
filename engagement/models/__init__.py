from engagement.models.checkins import (
    CheckIn,
    CheckInComment,
    CheckInLine,
    CheckInMove,
    CheckInPeriod,
    CheckInSchedule,
    CheckInVersion,
    PeriodChange,
    ScheduledPeriod,
)
from engagement.models.coaching import (
    CalendarFeed,
    CoachingEngagement,
    CoachingNote,
    CoachingSession,
    Commitment,
    EngagementCoach,
    Reflection,
    ReflectionStep,
)
from engagement.models.digests import Digest, DigestItem, DigestPreference, UnsubscribeKey
from engagement.models.introductions import Introduction
from engagement.models.letters import Letter, ReminderPreference
from engagement.models.questions import Answer, Question

__all__ = [
    "Answer",
    "CalendarFeed",
    "CheckIn",
    "CheckInComment",
    "CheckInLine",
    "CheckInMove",
    "CheckInPeriod",
    "CheckInSchedule",
    "CheckInVersion",
    "CoachingEngagement",
    "CoachingNote",
    "CoachingSession",
    "Commitment",
    "Digest",
    "DigestItem",
    "DigestPreference",
    "EngagementCoach",
    "Introduction",
    "Letter",
    "PeriodChange",
    "Question",
    "Reflection",
    "ReflectionStep",
    "ReminderPreference",
    "ScheduledPeriod",
    "UnsubscribeKey",
]
