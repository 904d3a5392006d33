from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class CheckInState(TextChoices):
    DRAFTED = "drafted", _("drafted")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("returned")
    ACCEPTED = "accepted", _("accepted")


class Rhythm(TextChoices):
    MONTHLY = "monthly", _("monthly")
    QUARTERLY = "quarterly", _("quarterly")


class Drawer(TextChoices):
    """Who reads a coaching note."""

    PRIVATE = "private", _("only me")
    TEAM = "team", _("the team and its coaches")
    COORDINATORS = "coordinators", _("the team, its coaches and the coordinators")


class IntroductionReason(TextChoices):
    SAME_PROBLEM = "same_problem", _("works on the same problem")
    DONE_IT = "done_it", _("has done what we are about to try")
    NEIGHBOURS = "neighbours", _("is a neighbour")
    QUESTION = "question", _("can answer a question")
    OTHER = "other", _("another reason")


class IntroductionState(TextChoices):
    ASKED = "asked", _("asked")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Stream(TextChoices):
    NETWORK = "network", _("Network digest")


class Cadence(TextChoices):
    OFF = "off", _("off")
    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("every week")
    FORTNIGHTLY = "fortnightly", _("every two weeks")
    MONTHLY = "monthly", _("every month")


class Weekday(IntegerChoices):
    """As datetime.date.weekday()."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class DigestState(TextChoices):
    PLANNED = "planned", _("planned")
    BUILT = "built", _("built")
    CLAIMED = "claimed", _("being sent")
    SENT = "sent", _("sent")
    EMPTY = "empty", _("nothing to say")
    SKIPPED = "skipped", _("skipped")
    FAILED = "failed", _("failed")
    UNKNOWN = "unknown", _("unknown whether sent")


# The window of the next digest starts where the last one in these states ended. An unknown or failed one does not
# settle its window: what it held is offered again.
SETTLED = (DigestState.SENT, DigestState.EMPTY)
OPEN = (DigestState.PLANNED, DigestState.BUILT, DigestState.CLAIMED)


class ItemKind(TextChoices):
    PROJECT = "project", _("project")
    QUESTION = "question", _("question")
    CITY = "city", _("city to meet")
