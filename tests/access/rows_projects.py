"""Projects: seeing follows `visible_to`; writing is for leads and members of the team."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.urls import reverse

from projects.adaptations import adapt
from projects.evidence import choose_indicator, log_consultation
from projects.journal import write_journal
from projects.models import Adaptation, Consultation, Indicator, JournalEntry, Pilot, Project, Reading
from projects.pilots import start_pilot
from projects.readings import add_reading
from projects.sharing import share_project
from tests.access.table import Canary, Expected, Row, everybody, signed_in
from tests.cast import KINDS, Cast, make_project

WRITERS = ("tel_aviv_lead", "tel_aviv_member")
TEAM = (*WRITERS, "tel_aviv_observer")
PROGRAMME = (*TEAM, "coach", "coordinator", "funder_coordinator")
DAY = dt.date(2026, 5, 1)


def of_readers(readers: tuple[str, ...], status: Expected = 200) -> dict[str, Expected]:
    return dict.fromkeys(readers, status)


WRITING: dict[str, Expected] = {**signed_in(403), **of_readers(WRITERS)}
POSTING: dict[str, Expected] = {**signed_in(403), **of_readers(WRITERS, 302)}


def shared(cast: Cast) -> Project:
    return cast.projects["network"]


# --- one part of each kind, made when a row first asks for it -------------------------------------------------------


def pilot(cast: Cast) -> Pilot:
    by, project = cast.tel_aviv_lead, shared(cast)
    return project.pilots.first() or start_pilot(by=by, project=project, title="Shade", hypothesis="It helps.")


def entry(cast: Cast) -> JournalEntry:
    by, project = cast.tel_aviv_lead, shared(cast)
    return project.journal.first() or write_journal(by=by, project=project, happened_on=DAY, text="Forty came.")


def consultation(cast: Cast) -> Consultation:
    project = shared(cast)
    return project.consultations.first() or log_consultation(
        by=cast.tel_aviv_lead, project=project, held_on=DAY, method="A walk", heard="Elders", said="Benches."
    )


def indicator(cast: Cast) -> Indicator:
    by, project = cast.tel_aviv_lead, shared(cast)
    return project.indicators.first() or choose_indicator(by=by, project=project, name="Visits", unit="people")


def reading(cast: Cast) -> Reading:
    of = indicator(cast)
    return of.readings.current().first() or add_reading(
        by=cast.tel_aviv_lead, indicator=of, value=Decimal(40), read_on=DAY, source="Count at the door"
    )


def adaptation(cast: Cast) -> Adaptation:
    found = Adaptation.objects.filter(project__team=cast.tel_aviv, project__title="Shade").first()
    if found is None:
        source = make_project(cast.mulhouse, title="Rues fraîches")
        own = adapt(by=cast.tel_aviv_lead, source=source, team=cast.tel_aviv, title="Shade", kept="x", changed="y")
        Project.objects.filter(pk=own.pk).update(problem="p", for_whom="w", visibility="network")
        found = own.adapted_from.get()
    return found


def entry_from_source(cast: Cast) -> Project:
    found = Project.objects.filter(slug="from-a-source").first()
    return found or make_project(
        cast.tel_aviv, slug="from-a-source", title="Told elsewhere", source_line="A newspaper", visibility="public"
    )


def page(name: str, part: Callable[[Cast], Pilot | JournalEntry | Consultation | Indicator | Reading]) -> Row:
    return Row(name, lambda cast: reverse(name, args=[shared(cast).slug, part(cast).pk]), WRITING)


def form(name: str) -> Row:
    return Row(name, lambda cast: reverse(name, args=[shared(cast).slug]), WRITING)


def detail(level: str, readers: tuple[str, ...]) -> Row:
    url = lambda cast: reverse("project_detail", args=[cast.projects[level].slug])  # noqa: E731 - a row is one expression
    return Row("project_detail", url, of_readers(readers), public=True)


def hidden(name: str) -> Row:
    """Of a project at level team: the observer is told why not, everybody else finds nothing."""
    url = lambda cast: reverse(name, args=[cast.projects["team"].slug])  # noqa: E731
    return Row(name, url, {**of_readers(WRITERS), "tel_aviv_observer": 403})


FORMS = (
    "project_edit", "project_share", "project_phase", "project_outcome",
    "pilot_add", "journal_add", "consultation_add", "indicator_add",
)  # fmt: skip

ROWS = [
    Row("project_list", lambda cast: reverse("project_list"), everybody(), public=True),
    Row("project_list", lambda cast: reverse("project_list") + "?view=board", everybody(), public=True),
    Row("project_list", lambda cast: reverse("project_list") + "?q=tel&order=title", everybody(), public=True),
    Row(
        "project_create",
        lambda cast: reverse("project_create"),
        {**signed_in(403), **of_readers((*WRITERS, "mulhouse_lead"))},
    ),
    Row(
        "draft_keep",
        lambda cast: reverse("draft_keep"),
        {**signed_in(403), **of_readers((*WRITERS, "mulhouse_lead"), 422)},
        method="post",
    ),
    detail("team", TEAM),
    detail("programme", PROGRAMME),
    detail("network", tuple(kind for kind in KINDS if kind != "visitor")),
    detail("public", KINDS),
    *(form(name) for name in FORMS),
    *(hidden(name) for name in FORMS),
    page("pilot_change", pilot),
    page("pilot_decide", pilot),
    page("journal_change", entry),
    page("consultation_change", consultation),
    page("indicator_change", indicator),
    page("reading_add", indicator),
    page("reading_remove", reading),
    Row(
        "adaptation_report",
        lambda cast: reverse("adaptation_report", args=[adaptation(cast).project.slug, adaptation(cast).pk]),
        WRITING,
    ),
    Row("project_confirm", lambda cast: reverse("project_confirm", args=[shared(cast).slug]), POSTING, method="post"),
    Row(
        "project_share",
        lambda cast: reverse("project_share", args=[shared(cast).slug]),
        POSTING,
        method="post",
        data={"visibility": "network"},
    ),
    Row(
        "project_claim",
        lambda cast: reverse("project_claim", args=[entry_from_source(cast).slug]),
        WRITING,
    ),
    Row(
        "project_adapt",
        lambda cast: reverse("project_adapt", args=[shared(cast).slug]),
        {**signed_in(403), "mulhouse_lead": 200},
    ),
    Row(
        "follow_toggle",
        lambda cast: reverse("follow_toggle", args=["project", shared(cast).slug]),
        signed_in(302),
        method="post",
    ),
    Row(
        "follow_toggle",
        lambda cast: reverse("follow_toggle", args=["project", cast.projects["team"].slug]),
        of_readers(TEAM, 302),
        method="post",
    ),
    Row("follow_toggle", lambda cast: reverse("follow_toggle", args=["nonsense", "x"]), method="post"),
]


# --- words that must stay where they were written -------------------------------------------------------------------

READERS = {
    "team": TEAM,
    "programme": PROGRAMME,
    "network": tuple(kind for kind in KINDS if kind != "visitor"),
    "public": KINDS,
}


def plant(cast: Cast) -> list[Canary]:
    """A word in the title and in every part of a project at each level."""
    canaries = []
    for level, readers in READERS.items():
        project, by = cast.projects[level], cast.tel_aviv_lead
        words = {part: f"zz{level}{part}" for part in ("title", "pilot", "journal", "heard", "figure", "note")}
        Project.objects.filter(pk=project.pk).update(title=words["title"])
        start_pilot(by=by, project=project, title=words["pilot"], hypothesis="h")
        write_journal(by=by, project=project, happened_on=DAY, text=words["journal"])
        log_consultation(by=by, project=project, held_on=DAY, method="m", heard="h", said=words["heard"])
        of = choose_indicator(by=by, project=project, name=words["figure"], unit="u")
        add_reading(by=by, indicator=of, value=Decimal(1), read_on=DAY, source=words["note"])
        canaries += [Canary(word, frozenset(readers)) for word in words.values()]
    # A draft that came from a project which others see must not be told of there.
    draft = adapt(
        by=cast.tel_aviv_lead,
        source=make_project(cast.mulhouse),
        team=cast.tel_aviv,
        title="zzdraftadapted",
        kept="k",
        changed="c",
    )
    share_project(by=cast.tel_aviv_lead, project=draft, visibility="team")
    canaries.append(Canary("zzdraftadapted", frozenset(TEAM)))
    return canaries
