"""Who learned from whom, and the questions on a project's page."""

from django.urls import reverse

from engagement import questions
from engagement.models import Question
from projects.adaptations import adapt_from_outside
from projects.models import Adaptation
from tests.access.rows_projects import PROGRAMME, TEAM, WRITING, adaptation, shared
from tests.access.table import Canary, Row, signed_in
from tests.cast import KINDS, Cast, make_city, make_project, make_team

EVERYBODY_SIGNED_IN = tuple(kind for kind in KINDS if kind != "visitor")
# People of a team, coaches, coordinators and administrators: whom the network knows.
KNOWN = tuple(kind for kind in EVERYBODY_SIGNED_IN if kind not in ("stranger", "former_member"))


def question(cast: Cast, level: str = "network") -> Question:
    found = Question.objects.filter(text=f"zzasked{level}").first()
    return found or questions.ask(
        by=cast.tel_aviv_lead, text=f"zzasked{level}", language="en", project=cast.projects[level]
    )


def of_question(name: str, cast: Cast, level: str = "network") -> str:
    one = question(cast, level)
    return reverse(name, args=[cast.projects[level].slug, one.pk])


def own(cast: Cast) -> Adaptation:
    return adaptation(cast)


ROWS = [
    Row("project_origin", lambda cast: reverse("project_origin", args=[shared(cast).slug]), WRITING),
    Row("project_origin", lambda cast: reverse("project_origin", args=[shared(cast).slug]) + "?q=tel", WRITING),
    Row(
        "project_origin",
        lambda cast: reverse("project_origin", args=[cast.projects["team"].slug]),
        {"tel_aviv_lead": 200, "tel_aviv_member": 200, "tel_aviv_observer": 403},
    ),
    Row(
        "adaptation_forget",
        lambda cast: reverse("adaptation_forget", args=[own(cast).project.slug, own(cast).pk]),
        WRITING,
    ),
    Row("project_questions", lambda cast: reverse("project_questions", args=[shared(cast).slug]), signed_in()),
    Row(
        "project_questions",
        lambda cast: reverse("project_questions", args=[cast.projects["programme"].slug]),
        dict.fromkeys(PROGRAMME, 200),
    ),
    Row(
        "project_questions",
        lambda cast: reverse("project_questions", args=[cast.projects["team"].slug]),
        dict.fromkeys(TEAM, 200),
    ),
    Row(
        "project_questions",
        lambda cast: reverse("project_questions", args=[shared(cast).slug]),
        {**signed_in(403), **dict.fromkeys(KNOWN, 422)},
        method="post",
    ),
    Row(
        "project_question_answer",
        lambda cast: of_question("project_question_answer", cast),
        signed_in(422),
        method="post",
    ),
    Row(
        "project_question_answer",
        lambda cast: of_question("project_question_answer", cast, "programme"),
        dict.fromkeys(PROGRAMME, 422),
        method="post",
    ),
    Row(
        "project_question_close",
        lambda cast: of_question("project_question_close", cast),
        {**signed_in(403), "tel_aviv_lead": 302, "tel_aviv_member": 302},
        method="post",
    ),
    Row(
        "project_question_close",
        lambda cast: of_question("project_question_close", cast, "programme"),
        {**dict.fromkeys(PROGRAMME, 403), "tel_aviv_lead": 302, "tel_aviv_member": 302},
        method="post",
    ),
]


def plant(cast: Cast) -> list[Canary]:
    """A hidden middle generation between two that everybody sees, work from outside on a hidden project, and questions
    about projects at two levels."""
    hidden_city = make_city("zzhiddencity")
    first = cast.projects["public"]
    middle = make_project(make_team(hidden_city), title="zzmiddle", visibility="team")
    last = make_project(make_team(), title="Last of three", visibility="public")
    for source, project in ((first, middle), (middle, last)):
        Adaptation.objects.create(project=project, source=source, kept="zzmiddlekept", came_of_it="zzmiddlecame")
    adapt_from_outside(
        by=cast.tel_aviv_lead, project=cast.projects["team"], outside_name="zzoutside", kept="k", changed=""
    )
    for level in ("team", "programme"):
        one = question(cast, level)
        questions.answer(by=cast.tel_aviv_lead, question=one, text=f"zzanswered{level}", language="en")
    nobody: frozenset[str] = frozenset()
    return [
        Canary("zzmiddle", nobody),
        Canary("zzoutside", frozenset(TEAM)),
        *(Canary(f"{word}team", frozenset(TEAM)) for word in ("zzasked", "zzanswered")),
        *(Canary(f"{word}programme", frozenset(PROGRAMME)) for word in ("zzasked", "zzanswered")),
    ]
