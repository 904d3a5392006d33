"""Acts in the portal that promises may wait for: what each is called, where it is done, where it was done."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from engagement.choices import Act
from engagement.models import Commitment
from engagement.querysets import CommitmentQuerySet
from projects.choices import Decision
from projects.models import Activity, Adaptation, Indicator, Pilot, Project

# What the button says that leads to it.
DO: Mapping[str, Any] = {
    Act.ADD_READING: gettext_lazy("Add a reading"),
    Act.LOG_CONSULTATION: gettext_lazy("Log a consultation"),
    Act.SHARE_LESSON: gettext_lazy("Share a lesson"),
    Act.WRITE_JOURNAL: gettext_lazy("Write in the journal"),
    Act.MOVE_PHASE: gettext_lazy("Move the project on"),
    Act.START_PILOT: gettext_lazy("Start a pilot"),
    Act.DECIDE_PILOT: gettext_lazy("Decide about a pilot"),
    Act.SHARE_PROJECT: gettext_lazy("Share the project"),
    Act.REPORT_ADAPTATION: gettext_lazy("Tell what came of it"),
}

# What is said of a promise that was kept by it.
KEPT: Mapping[str, Any] = {
    Act.ADD_READING: gettext_lazy("Kept by itself: a reading was added on %(day)s"),
    Act.LOG_CONSULTATION: gettext_lazy("Kept by itself: a consultation was logged on %(day)s"),
    Act.SHARE_LESSON: gettext_lazy("Kept by itself: a lesson was shared on %(day)s"),
    Act.WRITE_JOURNAL: gettext_lazy("Kept by itself: the journal was written on %(day)s"),
    Act.MOVE_PHASE: gettext_lazy("Kept by itself: the project moved on, on %(day)s"),
    Act.START_PILOT: gettext_lazy("Kept by itself: a pilot was started on %(day)s"),
    Act.DECIDE_PILOT: gettext_lazy("Kept by itself: a pilot was decided about on %(day)s"),
    Act.SHARE_PROJECT: gettext_lazy("Kept by itself: the project was shared on %(day)s"),
    Act.REPORT_ADAPTATION: gettext_lazy("Kept by itself: it was told what came of an adaptation, on %(day)s"),
}

# The pages on which an act is done, whatever else the project has.
_PAGES = {
    Act.LOG_CONSULTATION: "consultation_add",
    Act.WRITE_JOURNAL: "journal_add",
    Act.MOVE_PHASE: "project_phase",
    Act.START_PILOT: "pilot_add",
    Act.SHARE_PROJECT: "project_share",
}
# The pages of one part of it, and where to choose among several.
_PAGES_OF_PARTS = {
    Act.ADD_READING: ("reading_add", "indicators", "#figures"),
    Act.DECIDE_PILOT: ("pilot_decide", "pilots", "#pilots"),
    Act.REPORT_ADAPTATION: ("adaptation_report", "untold", "#adapted"),
}


def with_parts(rows: CommitmentQuerySet) -> CommitmentQuerySet:
    """With what `where_to_act` needs to know of the named project, in the same query."""
    of_project: Any = {"project": OuterRef("project")}
    undecided = Pilot.objects.filter(**of_project, decision=Decision.UNDECIDED)
    untold = Adaptation.objects.filter(**of_project, came_of_it="")
    found: CommitmentQuerySet = rows.select_related("project").annotate(
        indicators=ArraySubquery(Indicator.objects.filter(**of_project).order_by("pk").values("pk")),
        pilots=ArraySubquery(undecided.order_by("pk").values("pk")),
        untold=ArraySubquery(untold.order_by("pk").values("pk")),
    )
    return found


def where_to_act(commitment: Commitment) -> str:
    """The form that keeps it where there is one, else the part of the page where to choose; without a named project,
    the team's projects. For rows of `with_parts`, and people who see the project."""
    project = commitment.project
    if project is None:
        return f"{reverse('project_list')}?mine=team"
    act = Act(commitment.act)
    if act in _PAGES:
        return reverse(_PAGES[act], args=[project.slug])
    if act in _PAGES_OF_PARTS:
        page, parts, place = _PAGES_OF_PARTS[act]
        keys = getattr(commitment, parts)
        if len(keys) == 1:
            return reverse(page, args=[project.slug, keys[0]])
        return _at(project, place)
    return project.get_absolute_url()


def place_of(activity: Activity) -> str:
    """Where on the project's page what happened is to be read."""
    places = {
        "indicator": f"#indicator-{activity.indicator_id}",
        "consultation": f"#consultation-{activity.consultation_id}",
        "pilot": f"#pilot-{activity.pilot_id}",
        "ending": f"#ending-{activity.ending_id}",
        "journal_entry": "#journal",
        "adaptation": "#adapted",
    }
    for part, place in places.items():
        if getattr(activity, f"{part}_id"):
            return _at(activity.project, place)
    return activity.project.get_absolute_url()


def kept_words(act: str, day: str) -> str:
    """ "Kept by itself: a reading was added on 3 May 2026"."""
    sentence = KEPT.get(act) or gettext("Kept by itself on %(day)s")
    return str(sentence) % {"day": day}


def _at(project: Project, place: str) -> str:
    return f"{project.get_absolute_url()}{place}"
