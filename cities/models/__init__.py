from cities.models.invitations import Invitation
from cities.models.places import City, Department, Priority, Tie
from cities.models.programmes import Coordination, MembershipPeriod, Operator, Programme
from cities.models.teams import Membership, MembershipChange, Team
from cities.models.topics import Topic, TopicGroup

__all__ = [
    "City",
    "Coordination",
    "Department",
    "Invitation",
    "Membership",
    "MembershipChange",
    "MembershipPeriod",
    "Operator",
    "Priority",
    "Programme",
    "Team",
    "Tie",
    "Topic",
    "TopicGroup",
]
