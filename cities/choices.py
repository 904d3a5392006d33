from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CityKind(TextChoices):
    CITY = "city", _("city")
    REGION = "region", _("region")
    METROPOLITAN_AUTHORITY = "metropolitan_authority", _("metropolitan authority")
    INTERMUNICIPAL_CLUSTER = "intermunicipal_cluster", _("intermunicipal cluster")
    # Of neighbours outside the network only: where a member borders a country rather than a town.
    COUNTRY = "country", _("country")


class PeriodStatus(TextChoices):
    INVITED = "invited", _("to be confirmed")
    CONFIRMED = "confirmed", _("confirmed")
    ACTIVE = "active", _("active")
    ALUMNI = "alumni", _("alumni")


# A programme accompanies (and its coordinators see) the cities in one of these.
ACCOMPANIED = (PeriodStatus.CONFIRMED, PeriodStatus.ACTIVE)


class Function(TextChoices):
    DIRECTOR = "director", _("director")
    PROJECT_MANAGER = "project_manager", _("project manager")
    DESIGNER = "designer", _("designer")
    DATA_SCIENTIST = "data_scientist", _("data scientist")
    RESEARCHER = "researcher", _("researcher")
    RESIDENT = "resident", _("professional in residence")
    AMBASSADOR = "ambassador", _("ambassador")
    RELAY = "relay", _("relay")
    COACH = "coach", _("coach")
    OTHER = "other", _("other")


class Right(TextChoices):
    LEAD = "lead", _("lead")
    MEMBER = "member", _("member")
    COACH = "coach", _("coach")
    OBSERVER = "observer", _("observer")


# Who belongs to the team itself; a coach accompanies it.
BELONGING = (Right.LEAD, Right.MEMBER, Right.OBSERVER)
WRITING = (Right.LEAD, Right.MEMBER)


class MembershipEvent(TextChoices):
    """What the history of a team's people says happened."""

    JOINED = "joined", _("joined")
    CHANGED = "changed", _("changed part")
    LEFT = "left", _("left")
    ENDED = "ended", _("was taken off the team")


class InvitationState(TextChoices):
    """Read from the dates of an invitation, never stored."""

    OPEN = "open", _("waiting")
    EXPIRED = "expired", _("expired")
    ACCEPTED = "accepted", _("accepted")
    WITHDRAWN = "withdrawn", _("withdrawn")
