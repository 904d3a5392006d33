from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from projects.choices import Verb


class CheckInState(TextChoices):
    DRAFTED = "drafted", _("drafted")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("returned")
    ACCEPTED = "accepted", _("accepted")


# The team writes on it; nobody else reads the sheet itself.
WITH_THE_TEAM = (CheckInState.DRAFTED, CheckInState.RETURNED)
ANSWERED = (CheckInState.RETURNED, CheckInState.ACCEPTED)

# What of a period's activity is drafted into a check-in: things done, not the keeping of records.
REPORTED = (
    Verb.PROJECT_LOGGED,
    Verb.PHASE_MOVED,
    Verb.OUTCOME_CHANGED,
    Verb.PILOT_ADDED,
    Verb.PILOT_CHANGED,
    Verb.PILOT_DECIDED,
    Verb.ENDED_WITH_LESSON,
    Verb.JOURNAL_ADDED,
    Verb.CONSULTATION_ADDED,
    Verb.INDICATOR_ADDED,
    Verb.READING_ADDED,
    Verb.READINGS_IMPORTED,
    Verb.ADAPTATION_STARTED,
    Verb.ADAPTATION_REPORTED,
)


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


class LetterKind(TextChoices):
    CHECK_IN_OPENED = "checkin_opened", _("a check-in is drafted")
    CHECK_IN_SUBMITTED = "checkin_submitted", _("a check-in waits for an answer")
    CHECK_IN_RETURNED = "checkin_returned", _("a check-in came back")
    CHECK_IN_ACCEPTED = "checkin_accepted", _("a check-in is accepted")
    INTRODUCTION_ASKED = "introduction_asked", _("a team asks to meet")
    INTRODUCTION_ACCEPTED = "introduction_accepted", _("two people are introduced")
    INTRODUCTION_DECLINED = "introduction_declined", _("an introduction is declined")
    QUESTION_ASKED = "question_asked", _("a project is asked a question")
    QUESTION_ANSWERED = "question_answered", _("a question is answered")
    PROJECT_ADAPTED = "project_adapted", _("another city adapts a project")
    ADAPTATION_REPORTED = "adaptation_reported", _("another city tells what came of an adaptation")


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
