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
    CUSTOM = "custom", _("on dates of its own")


class MeetingRhythm(TextChoices):
    """How often a team and its coaches mean to meet."""

    WEEKLY = "weekly", _("every week")
    FORTNIGHTLY = "fortnightly", _("every two weeks")
    MONTHLY = "monthly", _("every month")
    FREE = "free", _("when it is useful")


class Act(TextChoices):
    """What in the portal completes a commitment by itself."""

    ADD_READING = "add_reading", _("a reading is added")
    LOG_CONSULTATION = "log_consultation", _("a consultation is logged")
    SHARE_LESSON = "share_lesson", _("a lesson is shared")
    WRITE_JOURNAL = "write_journal", _("the journal is written")
    MOVE_PHASE = "move_phase", _("the project moves to another phase")
    START_PILOT = "start_pilot", _("a pilot is started")
    DECIDE_PILOT = "decide_pilot", _("a pilot is decided about")
    SHARE_PROJECT = "share_project", _("the project is shared")
    REPORT_ADAPTATION = "report_adaptation", _("it is told what came of an adaptation")


COMPLETED_BY: dict[Act, tuple[Verb, ...]] = {
    Act.ADD_READING: (Verb.READING_ADDED, Verb.READINGS_IMPORTED),
    Act.LOG_CONSULTATION: (Verb.CONSULTATION_ADDED,),
    Act.SHARE_LESSON: (Verb.ENDED_WITH_LESSON,),
    Act.WRITE_JOURNAL: (Verb.JOURNAL_ADDED,),
    Act.MOVE_PHASE: (Verb.PHASE_MOVED,),
    Act.START_PILOT: (Verb.PILOT_ADDED,),
    Act.DECIDE_PILOT: (Verb.PILOT_DECIDED,),
    Act.SHARE_PROJECT: (Verb.PROJECT_SHARED,),
    Act.REPORT_ADAPTATION: (Verb.ADAPTATION_REPORTED,),
}


class Moment(TextChoices):
    """When a team looks back on itself."""

    START = "start", _("at the start")
    MIDDLE = "middle", _("in the middle")
    END = "end", _("at the end")


class Statement(TextChoices):
    """Each is answered in five steps, from “not at all” to “entirely”. The first four are about culture change, the
    others about residents' part."""

    TRY_SMALL = "try_small", _("We try something small before we decide something big.")
    SAY_FAILED = "say_failed", _("We can say openly what did not work.")
    ACROSS_DEPARTMENTS = "across_departments", _("Departments work on it together, not one after the other.")
    ON_ITS_OWN = "on_its_own", _("It would go on if our team were not there.")
    HEARD_FIRST = "heard_first", _("Residents are heard before a solution is on the table.")
    HARD_TO_REACH = "hard_to_reach", _("We hear those who do not come by themselves.")
    SEE_WHAT_CHANGED = "see_what_changed", _("Residents can see what changed because of them.")


ABOUT_CULTURE = (Statement.TRY_SMALL, Statement.SAY_FAILED, Statement.ACROSS_DEPARTMENTS, Statement.ON_ITS_OWN)
ABOUT_RESIDENTS = (Statement.HEARD_FIRST, Statement.HARD_TO_REACH, Statement.SEE_WHAT_CHANGED)


class Sharing(TextChoices):
    """Who reads a reflection."""

    TEAM = "team", _("our team alone")
    COACHES = "coaches", _("our team and its coaches")
    COORDINATORS = "coordinators", _("our team, its coaches and the coordinators")


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
    # Not now: it waits again from a day that the side that let it rest has chosen.
    RESTING = "resting", _("resting")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


# Neither introduced nor over.
OPEN_INTRODUCTION = (IntroductionState.ASKED, IntroductionState.RESTING)


class Help(TextChoices):
    """What a side says of an introduction, a month later."""

    YES = "yes", _("Yes, it helped")
    NOT_YET = "not_yet", _("Not yet")
    NO = "no", _("No, it did not")


class LetterKind(TextChoices):
    CHECK_IN_OPENED = "checkin_opened", _("a check-in is drafted")
    CHECK_IN_SUBMITTED = "checkin_submitted", _("a check-in waits for an answer")
    CHECK_IN_RETURNED = "checkin_returned", _("a check-in came back")
    CHECK_IN_ACCEPTED = "checkin_accepted", _("a check-in is accepted")
    INTRODUCTION_ASKED = "introduction_asked", _("a team asks to meet")
    INTRODUCTION_ACCEPTED = "introduction_accepted", _("two people are introduced")
    INTRODUCTION_DECLINED = "introduction_declined", _("an introduction is declined")
    INTRODUCTION_BROKERED = "introduction_brokered", _("a coordinator proposes that two teams meet")
    INTRODUCTION_RESTS = "introduction_rests", _("an introduction rests")
    INTRODUCTION_HELPED = "introduction_helped", _("did an introduction help?")
    SESSION_PLANNED = "session_planned", _("a session is planned")
    SESSION_MOVED = "session_moved", _("a session is moved")
    SESSION_CALLED_OFF = "session_called_off", _("a session is called off")
    SESSION_SOON = "session_soon", _("a session is near")
    SESSION_TO_LOG = "session_to_log", _("a session waits to be logged")
    CHECK_IN_DATES = "checkin_dates", _("the days of a check-in changed")
    QUESTION_ASKED = "question_asked", _("a project is asked a question")
    QUESTION_ANSWERED = "question_answered", _("a question is answered")
    PROJECT_ADAPTED = "project_adapted", _("another city adapts a project")
    ADAPTATION_REPORTED = "adaptation_reported", _("another city tells what came of an adaptation")


class Stream(TextChoices):
    NETWORK = "network", _("Network digest")
    ACTIONS = "actions", _("What waits for me")
    COORDINATION = "coordination", _("Coordination digest")


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
# These ask somebody to look.
TROUBLE = (DigestState.UNKNOWN, DigestState.FAILED)


class ItemKind(TextChoices):
    PROJECT = "project", _("project")
    QUESTION = "question", _("question")
    CITY = "city", _("city to meet")
    SUGGESTION = "suggestion", _("team to be introduced to")
    CHECK_IN = "check_in", _("check-in")
    SESSION = "session", _("session")
    COMMITMENT = "commitment", _("commitment")
    INTRODUCTION = "introduction", _("introduction")
    TEAM = "team", _("team")


class FeedbackWish(TextChoices):
    """What a person says of an item of a digest."""

    MORE = "more", _("more like this")
    LESS = "less", _("less like this")
    HIDE_CITY = "hide_city", _("nothing of this city")


class SuppressionCause(TextChoices):
    """Why mail is not sent to an address any more."""

    BOUNCE = "bounce", _("it came back")
    COMPLAINT = "complaint", _("it was marked as spam")
    MANUAL = "manual", _("set by hand")


class MailReport(TextChoices):
    """What a mail provider reports of a mail, as far as anything follows from it."""

    BOUNCED = "bounced", _("it came back for good")
    DELAYED = "delayed", _("it could not be delivered this time")
    COMPLAINED = "complained", _("it was marked as spam")
    DELIVERED = "delivered", _("the other server took it")
