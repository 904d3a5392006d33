from projects.models.activity import Activity
from projects.models.adaptations import Adaptation, CityLink
from projects.models.attachments import Attachment
from projects.models.endings import Ending, LessonAnswer
from projects.models.evidence import Consultation, Indicator, PublishedResult, Reading
from projects.models.follows import Follow, SavedSearch
from projects.models.history import Revision
from projects.models.journal import JournalEntry
from projects.models.pilots import Pilot
from projects.models.projects import OutcomeMove, PhaseMove, Project, ProjectTopic

__all__ = [
    "Activity",
    "Adaptation",
    "Attachment",
    "CityLink",
    "Consultation",
    "Ending",
    "Follow",
    "Indicator",
    "JournalEntry",
    "LessonAnswer",
    "OutcomeMove",
    "PhaseMove",
    "Pilot",
    "Project",
    "ProjectTopic",
    "PublishedResult",
    "Reading",
    "Revision",
    "SavedSearch",
]
