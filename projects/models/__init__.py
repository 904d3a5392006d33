from projects.models.activity import Activity
from projects.models.adaptations import Adaptation, CityLink
from projects.models.evidence import Consultation, Indicator, PublishedResult, Reading
from projects.models.follows import Follow
from projects.models.journal import JournalEntry
from projects.models.pilots import Pilot
from projects.models.projects import PhaseMove, Project, ProjectTopic

__all__ = [
    "Activity",
    "Adaptation",
    "CityLink",
    "Consultation",
    "Follow",
    "Indicator",
    "JournalEntry",
    "PhaseMove",
    "Pilot",
    "Project",
    "ProjectTopic",
    "PublishedResult",
    "Reading",
]
