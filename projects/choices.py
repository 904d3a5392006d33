from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Phase(TextChoices):
    INVESTIGATE = "investigate", _("Investigate")
    GENERATE = "generate", _("Generate ideas")
    PREPARE = "prepare", _("Prepare to deliver")
    DELIVER_ADAPT = "deliver_adapt", _("Deliver and adapt")


PHASES = list(Phase)


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
    ADAPTATION_STARTED = "adaptation_started", _("started an adaptation")
    ADAPTATION_REPORTED = "adaptation_reported", _("told what came of an adaptation")


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
    Verb.ADAPTATION_STARTED,
    Verb.ADAPTATION_REPORTED,
)
