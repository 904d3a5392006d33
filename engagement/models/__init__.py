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
from engagement.models.digest_runs import DigestHold, DigestPin
from engagement.models.digest_wishes import DigestFeedback, DigestPreference, PreviewLeave, UnsubscribeKey
from engagement.models.digests import Digest, DigestItem, DigestPicture
from engagement.models.introductions import Introduction, IntroductionHelp, IntroductionMove, Suggestion
from engagement.models.letters import Letter, ReminderPreference
from engagement.models.questions import Answer, Question
from engagement.models.reach import ProviderEvent, Suppression

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
    "DigestFeedback",
    "DigestHold",
    "DigestItem",
    "DigestPicture",
    "DigestPin",
    "DigestPreference",
    "EngagementCoach",
    "Introduction",
    "IntroductionHelp",
    "IntroductionMove",
    "Letter",
    "PeriodChange",
    "PreviewLeave",
    "ProviderEvent",
    "Question",
    "Reflection",
    "ReflectionStep",
    "ReminderPreference",
    "ScheduledPeriod",
    "Suggestion",
    "Suppression",
    "UnsubscribeKey",
]
