from engagement.models.checkins import CheckIn, CheckInLine, CheckInMove, CheckInPeriod, CheckInSchedule, CheckInVersion
from engagement.models.coaching import CoachingEngagement, CoachingNote, CoachingSession, Commitment
from engagement.models.digests import Digest, DigestItem, DigestPreference, UnsubscribeKey
from engagement.models.introductions import Introduction
from engagement.models.letters import Letter
from engagement.models.questions import Answer, Question

__all__ = [
    "Answer",
    "CheckIn",
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
    "Introduction",
    "Letter",
    "Question",
    "UnsubscribeKey",
]
