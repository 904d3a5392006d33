"""A programme's check-ins, the lists and files of the portfolio, stuck projects: who gets which, and what must not
leak."""

import datetime as dt

from django.urls import reverse

from cities.querysets import today
from engagement.models import CheckInPeriod, CheckInSchedule, ScheduledPeriod
from projects.models import Consultation, Project
from projects.stuck import say_stuck
from tests.access.rows_projects import POSTING, READERS, WRITING
from tests.access.table import Canary, Expected, Row
from tests.cast import KINDS, Cast

TEAM = ("tel_aviv_lead", "tel_aviv_member", "tel_aviv_observer")
PROGRAMME = (*TEAM, "coach", "coordinator", "funder_coordinator")
COORDINATORS = ("coordinator", "funder_coordinator", "other_coordinator")
READING: dict[str, Expected] = {"coordinator": 200, "funder_coordinator": 200}
DECIDING: dict[str, Expected] = {"coordinator": 200, "funder_coordinator": 403}
# Without anything typed the page comes again.
TYPING: dict[str, Expected] = {"coordinator": 422, "funder_coordinator": 403}
LISTS = ("teams", "projects", "check-ins", "turns", "consultations", "adaptations")


def of(kinds: tuple[str, ...], status: Expected = 200) -> dict[str, Expected]:
    return dict.fromkeys(kinds, status)


def opened(cast: Cast) -> CheckInPeriod:
    ends_on = today() - dt.timedelta(days=100)
    found, _ = CheckInPeriod.objects.get_or_create(
        programme=cast.programme,
        key="2020-Q1",
        defaults={"starts_on": ends_on - dt.timedelta(days=20), "ends_on": ends_on, "due_on": ends_on},
    )
    return found


def dates(cast: Cast) -> ScheduledPeriod:
    schedule, _ = CheckInSchedule.objects.get_or_create(
        programme=cast.programme, defaults={"rhythm": "custom", "starts_on": today()}
    )
    first = today() + dt.timedelta(days=10)
    found, _ = ScheduledPeriod.objects.get_or_create(
        schedule=schedule,
        starts_on=first,
        defaults={"title": "canary-planned-dates", "ends_on": first, "due_on": first},
    )
    return found


def stuck(cast: Cast, level: str) -> Project:
    project = cast.projects[level]
    if not Project.objects.get(pk=project.pk).is_stuck:
        say_stuck(by=cast.tel_aviv_lead, project=project, why=f"canary-stuck-{level}")
    return project


def _row(name: str, who: dict[str, Expected], method: str = "get", **keys: object) -> Row:
    def url(cast: Cast) -> str:
        more = [one(cast).pk for one in keys.values()]  # type: ignore[operator]  # each makes a row
        return reverse(name, args=[cast.programme.slug, *more])

    return Row(name, url, who, method=method)


ROWS = [
    _row("programme_check_ins", READING),
    _row("rhythm_set", TYPING, "post"),
    _row("dates_add", TYPING, "post"),
    _row("dates_change", DECIDING, pk=dates),
    _row("dates_change", TYPING, "post", pk=dates),
    _row("period_change", DECIDING, pk=opened),
    _row("period_change", TYPING, "post", pk=opened),
    _row("dates_remove", {"coordinator": 302, "funder_coordinator": 403}, "post", pk=dates),
    *(
        Row(name, lambda cast, name=name, what=what: reverse(name, args=[what]), of(COORDINATORS))  # type: ignore[misc]  # bound now
        for what in LISTS
        for name in ("portfolio_rows", "portfolio_export")
    ),
    # The bytes of a spreadsheet are compressed: what is in it is compared with the list by a test of its own.
    *(
        Row("portfolio_sheet", lambda cast, what=what: reverse("portfolio_sheet", args=[what]), of(COORDINATORS))  # type: ignore[misc]  # bound now
        for what in LISTS
    ),
    Row("portfolio_workbook", lambda cast: reverse("portfolio_workbook"), of(COORDINATORS)),
    *(
        Row("project_stuck", lambda cast, level=level: reverse("project_stuck", args=[cast.projects[level].slug]), who)  # type: ignore[misc]  # bound now
        for level, who in (
            ("network", WRITING),
            ("team", {**of(TEAM[:2]), "tel_aviv_observer": 403}),
        )
    ),
    Row(
        "project_goes_on",
        lambda cast: reverse("project_goes_on", args=[stuck(cast, "network").slug]),
        POSTING,
        method="post",
    ),
]


def plant(cast: Cast) -> list[Canary]:
    """What is stuck, at every level: read by the team and those who accompany it, by no other city. Voices that the
    team keeps to itself are in no list of the portfolio."""
    dates(cast)
    for level in READERS:
        stuck(cast, level)
    common = {"project": cast.projects["public"], "held_on": today(), "heard": "Elders", "said": "Benches."}
    Consultation.objects.create(method="canary-heard-by-team", visibility="team", **common)
    Consultation.objects.create(method="canary-heard-by-all", **common)
    return [
        Canary("canary-planned-dates", frozenset(("coordinator", "funder_coordinator"))),
        *(Canary(f"canary-stuck-{level}", frozenset(TEAM if level == "team" else PROGRAMME)) for level in READERS),
        Canary("canary-heard-by-team", frozenset(TEAM)),
        Canary("canary-heard-by-all", frozenset(KINDS)),
    ]
