from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Phase(TextChoices):
    INVESTIGATE = "investigate", _("Investigate")
    GENERATE = "generate", _("Generate ideas")
    PREPARE = "prepare", _("Prepare to deliver")
    DELIVER_ADAPT = "deliver_adapt", _("Deliver and adapt")


PHASES = list(Phase)


class CostBand(TextChoices):
    """Roughly, in euros or dollars, staff not counted: enough to judge whether one can afford it."""

    NONE = "none", _("no money, only time")
    UNDER_10K = "under_10k", _("under 10,000")
    UNDER_50K = "under_50k", _("10,000 to 50,000")
    UNDER_250K = "under_250k", _("50,000 to 250,000")
    UNDER_1M = "under_1m", _("250,000 to a million")
    OVER_1M = "over_1m", _("over a million")


class Outcome(TextChoices):
    IN_PROGRESS = "in_progress", _("in progress")
    DELIVERED = "delivered", _("delivered")
    SUSTAINED = "sustained", _("sustained")
    SCALED = "scaled", _("scaled")
    HANDED_OVER = "handed_over", _("handed over")
    STOPPED = "stopped", _("stopped")
    UNKNOWN = "unknown", _("not known")


LIVE_OUTCOMES = (Outcome.IN_PROGRESS, Outcome.SUSTAINED, Outcome.SCALED)


class Visibility(TextChoices):
    TEAM = "team", _("Team")
    PROGRAMME = "programme", _("Programme")
    NETWORK = "network", _("Network")
    PUBLIC = "public", _("Public")


# From narrow to wide.
VISIBILITIES = list(Visibility)
# Seen by everybody signed in.
OPEN_TO_ALL = (Visibility.NETWORK, Visibility.PUBLIC)
# What a part of a project may have instead of the project's own level ("": as the project).
PART_VISIBILITIES = [("", _("as the project")), *Visibility.choices]


class Eyes(TextChoices):
    """Whose eyes the people of a team may look at their project with."""

    COORDINATOR = "coordinator", _("Coach or coordinator")
    PARTNER = "partner", _("Partner city")
    VISITOR = "visitor", _("Visitor")


class Decision(TextChoices):
    UNDECIDED = "", _("not decided yet")
    SCALE = "scale", _("scale")
    ADAPT = "adapt", _("adapt")
    HAND_OVER = "hand_over", _("hand over")
    STOP = "stop", _("stop")


class ReadingKind(TextChoices):
    MEASURED = "measured", _("measured")
    COUNTED = "counted", _("counted")
    CLAIMED = "claimed", _("claimed")


class ResultKind(TextChoices):
    """How a public source states a figure."""

    MEASURED = "measured", _("measured")
    COUNTED = "counted", _("counted")
    CLAIMED = "claimed", _("claimed")
    BASELINE = "baseline", _("baseline")
    TARGET = "target", _("target")
    GAP = "gap", _("not found")


class Direction(TextChoices):
    UP = "up", _("higher is better")
    DOWN = "down", _("lower is better")


class Measure(TextChoices):
    """What kind of figure an indicator has: it decides how a value is typed, checked and shown."""

    NUMBER = "number", _("a number")
    COUNT = "count", _("a count of people or things")
    PERCENT = "percent", _("a percentage")
    CURRENCY = "currency", _("an amount of money")
    DURATION = "duration", _("a length of time")


class Rung(TextChoices):
    """The evidence ladder, from the ground up: computed from what is logged, never typed."""

    DESCRIBED = "described", _("described")
    COUNTED = "counted", _("counted")
    FOLLOWED = "followed", _("baseline and readings")
    COMPARED = "compared", _("compared")
    REPEATED = "repeated", _("repeated elsewhere")


RUNGS = list(Rung)


class Consent(TextChoices):
    """Whether people in a picture or file agreed to be shown."""

    NOBODY = "nobody", _("nobody can be recognised")
    GIVEN = "given", _("everybody who can be recognised agreed")


class PartKind(TextChoices):
    """The parts of a project that have a history of their own."""

    PROJECT = "project", _("the project")
    PILOT = "pilot", _("a pilot")
    JOURNAL = "journal", _("the journal")
    CONSULTATION = "consultation", _("a consultation")
    INDICATOR = "indicator", _("an indicator")
    READING = "reading", _("a reading")
    ENDING = "ending", _("an ending")
    ADAPTATION = "adaptation", _("an adaptation")
    ATTACHMENT = "attachment", _("a file")


class Usefulness(TextChoices):
    """What a team says of a lesson that was offered to it."""

    USEFUL = "useful", _("useful to us")
    NOT_FOR_US = "not_for_us", _("not for us")


class LinkKind(TextChoices):
    """How one city's work came from another's."""

    ADAPTED = "adapted", _("adapted")
    STUDIED = "studied", _("studied")
    INVITED = "invited", _("invited for advice")
    OFFERED = "offered", _("offered to others")
    CONTACT = "contact", _("in contact")
    SAME_THEME = "same_theme", _("same theme only")


class Verb(TextChoices):
    """What an activity row says happened. Past tense, in the reader's language when shown."""

    PROJECT_LOGGED = "project_logged", _("logged the project")
    PROJECT_SHARED = "project_shared", _("shared the project")
    PROJECT_NARROWED = "project_narrowed", _("narrowed who sees the project")
    PROJECT_CHANGED = "project_changed", _("changed the project")
    PROJECT_CLAIMED = "project_claimed", _("took over the entry from a public source")
    PROJECT_CONFIRMED = "project_confirmed", _("confirmed the project is up to date")
    PHASE_MOVED = "phase_moved", _("moved the project on")
    OUTCOME_CHANGED = "outcome_changed", _("said what came of the project")
    PILOT_ADDED = "pilot_added", _("started a pilot")
    PILOT_CHANGED = "pilot_changed", _("wrote down what a pilot shows")
    PILOT_DECIDED = "pilot_decided", _("decided about a pilot")
    JOURNAL_ADDED = "journal_added", _("wrote in the journal")
    CONSULTATION_ADDED = "consultation_added", _("logged a consultation")
    INDICATOR_ADDED = "indicator_added", _("chose an indicator")
    READING_ADDED = "reading_added", _("added a reading")
    READINGS_IMPORTED = "readings_imported", _("imported readings")
    READING_CORRECTED = "reading_corrected", _("corrected a reading")
    ENDED_WITH_LESSON = "ended_with_lesson", _("ended it, and told what was learned")
    FILE_ADDED = "file_added", _("added a file")
    RESTORED = "restored", _("brought back an earlier text")
    STUCK = "stuck", _("said that the project is stuck")
    UNSTUCK = "unstuck", _("said that the project goes on")
    ADAPTATION_STARTED = "adaptation_started", _("started an adaptation")
    ADAPTATION_REPORTED = "adaptation_reported", _("told what came of an adaptation")


# Between the team and those who accompany it: no other city is told, whatever the project's level.
IN_CONFIDENCE = (Verb.STUCK, Verb.UNSTUCK)

# What other cities want to hear of; the rest stays on the project page.
NEWSWORTHY = (
    Verb.PROJECT_SHARED,
    Verb.PHASE_MOVED,
    Verb.OUTCOME_CHANGED,
    Verb.PILOT_ADDED,
    Verb.PILOT_DECIDED,
    Verb.JOURNAL_ADDED,
    Verb.CONSULTATION_ADDED,
    Verb.READING_ADDED,
    Verb.READINGS_IMPORTED,
    Verb.ENDED_WITH_LESSON,
    Verb.ADAPTATION_STARTED,
    Verb.ADAPTATION_REPORTED,
)
