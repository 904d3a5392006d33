"""Endings: asked of those who write for the team, read by whoever sees what ended, answered by other teams."""

from django.urls import reverse

from projects.choices import Decision, Outcome
from projects.endings import Answers
from projects.models import Ending, Pilot, Project
from projects.phases import conclude
from projects.pilots import decide_pilot, start_pilot
from tests.access.rows_projects import TEAM, WRITERS, WRITING, of_readers, pilot, shared
from tests.access.table import Canary, Row, signed_in
from tests.cast import KINDS, Cast, make_project


def _pilot_of(cast: Cast, project: Project) -> Pilot:
    return project.pilots.first() or start_pilot(by=cast.tel_aviv_lead, project=project, title="t", hypothesis="h")


def _ending(cast: Cast, level: str) -> Ending:
    project = Project.objects.filter(slug=f"stopped-{level}").first()
    if project is None:
        project = make_project(cast.tel_aviv, slug=f"stopped-{level}", visibility=level)
        conclude(by=cast.tel_aviv_lead, project=project, outcome=Outcome.STOPPED, ending=Answers(advice="Plant."))
    return project.endings.get()


def _page(level: str, readers: tuple[str, ...]) -> Row:
    return Row(
        "project_detail", lambda cast: _ending(cast, level).project.get_absolute_url(), of_readers(readers), public=True
    )


SIGNED_IN = tuple(kind for kind in KINDS if kind != "visitor")
HIDDEN = {**of_readers(WRITERS), "tel_aviv_observer": 403}

ROWS = [
    _page("team", TEAM),
    _page("network", SIGNED_IN),
    Row("ending_edit", lambda cast: reverse("ending_edit", args=[shared(cast).slug]), WRITING),
    Row("ending_edit", lambda cast: reverse("ending_edit", args=[cast.projects["team"].slug]), HIDDEN),
    Row("ending_edit", lambda cast: reverse("ending_edit", args=[_ending(cast, "network").project.slug]), WRITING),
    Row("pilot_ending", lambda cast: reverse("pilot_ending", args=[shared(cast).slug, pilot(cast).pk]), WRITING),
    Row(
        "pilot_ending",
        lambda cast: reverse(
            "pilot_ending", args=[cast.projects["team"].slug, _pilot_of(cast, cast.projects["team"]).pk]
        ),
        HIDDEN,
    ),
    # People without a team of their own have nobody to answer for; the own team's answer is refused.
    Row(
        "lesson_answer",
        lambda cast: reverse("lesson_answer", args=[_ending(cast, "network").pk]),
        {**signed_in(403), "mulhouse_lead": 302},
        method="post",
        data={"usefulness": "useful"},
    ),
    Row(
        "lesson_answer",
        lambda cast: reverse("lesson_answer", args=[_ending(cast, "team").pk]),
        of_readers(TEAM, 403),
        method="post",
        data={"usefulness": "useful"},
    ),
]


def plant(cast: Cast) -> list[Canary]:
    """A word in every answer: of a project of the team alone, of a pilot narrowed within a shared project, of one that
    is not narrowed, and of projects of the programme and of the network whose topic Mulhouse works on as well."""
    make_project(cast.mulhouse, slug="similar-work", topics=(cast.topic,), phase="prepare")
    by = cast.tel_aviv_lead
    canaries: list[Canary] = []

    def answers(word: str, readers: tuple[str, ...]) -> Answers:
        found = {name: f"zzend{word}{name}" for name in ("hoped", "happened", "why", "stays", "advice")}
        canaries.extend(Canary(text, frozenset(readers)) for text in found.values())
        return Answers(**found)

    for level in ("team", "network"):
        project = make_project(cast.tel_aviv, visibility=level, topics=(cast.topic,), slug=f"stopped-{level}")
        readers = TEAM if level == "team" else SIGNED_IN
        conclude(by=by, project=project, outcome=Outcome.STOPPED, ending=answers(level, readers))
    host = shared(cast)
    for word, level, readers in (
        ("narrowed", "team", TEAM),
        ("open", "", SIGNED_IN),
    ):
        tried = start_pilot(by=by, project=host, title=f"Pilot {word}", hypothesis="h")
        Pilot.objects.filter(pk=tried.pk).update(visibility=level)
        decide_pilot(by=by, pilot=tried, decision=Decision.STOP, ending=answers(word, readers))
    return canaries
