"""The page of a project costs the same few queries whatever the project holds, for everybody."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.choices import Visibility
from projects.models import (
    Adaptation,
    Attachment,
    Consultation,
    Ending,
    Indicator,
    JournalEntry,
    PhaseMove,
    Pilot,
    Project,
    PublishedResult,
    Reading,
)
from tests.access.table import client_of
from tests.cast import Cast, make_person, make_project, make_team, make_topic

DAY = dt.date(2026, 5, 1)
# Session, person and standing are asked for on every page; the project with all its parts, who learned from whom and
# what is documented of it, similar ones. Whoever may be offered its lesson is asked what they said of it (two more).
# A page that needs one more says here what it is for.
MOST = {"visitor": 4, "mulhouse_lead": 9, "coordinator": 7, "coach": 7, "tel_aviv_observer": 7, "tel_aviv_lead": 8}
# Whether the person belongs to the team, and the project before it is seen with other eyes.
MOST_WITH_OTHER_EYES = 9
EYES = ("partner", "coordinator", "visitor")


def fill(cast: Cast, project: Project, many: int) -> None:
    """`many` of each part, every third of them narrower than the project."""
    author = make_person("Somebody of the team")
    for number in range(many):
        level = Visibility.TEAM if number % 3 == 2 else ""
        common = {"project": project, "visibility": level}
        pilot = Pilot.objects.create(title=f"Pilot {number}", hypothesis="h", **common)
        entry = JournalEntry.objects.create(happened_on=DAY, text="t", author=author, **common)
        Consultation.objects.create(held_on=DAY, method="m", heard="h", said="s", **common)
        indicator = Indicator.objects.create(name=f"Figure {number}", unit="u", target=Decimal(9), **common)
        Reading.objects.bulk_create(
            Reading(indicator=indicator, value=Decimal(value), read_on=DAY + dt.timedelta(value), source="s")
            for value in range(many)
        )
        Ending.objects.create(project=project, pilot=pilot, advice="a", ended_at=timezone.now())
        PhaseMove.objects.create(project=project, from_phase="prepare", to_phase="generate", note="n", by=author)
        PublishedResult.objects.create(project=project, what=f"w{number}", value="v", kind="claimed")
        for of in ({}, {"journal_entry": entry}, {"reading": indicator.readings.first()}):
            Attachment.objects.create(
                name="a.pdf", content_type="application/pdf", size=1, consent="nobody", **of, **common
            )
        other = make_project(make_team(), topics=(cast.topic,))
        Adaptation.objects.create(project=other, source=project, kept="k")
        Adaptation.objects.create(project=project, source=make_project(make_team()), kept="k")


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def filled(cast: Cast, level: str, many: int) -> Project:
    project = make_project(cast.tel_aviv, visibility=level, topics=(cast.topic, make_topic()))
    fill(cast, project, many)
    return project


@pytest.mark.parametrize(
    ("level", "kinds"), [("public", tuple(MOST)), ("team", ("tel_aviv_lead", "tel_aviv_observer"))]
)
def test_the_page_costs_the_same_with_one_and_with_thirty_of_everything(
    cast: Cast, level: str, kinds: tuple[str, ...]
) -> None:
    clients = {kind: client_of(cast, kind) for kind in kinds}
    few = filled(cast, level, 1).get_absolute_url()
    for client in clients.values():
        client.get(few)  # what is made once for a process or a session is not counted
    with_few = {kind: queries(client, few) for kind, client in clients.items()}
    full = filled(cast, level, 30).get_absolute_url()
    with_many = {kind: queries(client, full) for kind, client in clients.items()}
    assert with_few == with_many
    # Two more count who would see what the team keeps to itself so far.
    most = MOST if level == "public" else {**MOST, "tel_aviv_lead": MOST["tel_aviv_lead"] + 2}
    assert all(found <= most[kind] for kind, found in with_many.items()), with_many


def test_looking_with_the_eyes_of_others_costs_the_same_too(cast: Cast) -> None:
    client = client_of(cast, "tel_aviv_member")
    few = filled(cast, "public", 1).get_absolute_url()
    for eyes in EYES:
        client.get(f"{few}?as={eyes}")
    with_few = {eyes: queries(client, f"{few}?as={eyes}") for eyes in EYES}
    full = filled(cast, "public", 30).get_absolute_url()
    with_many = {eyes: queries(client, f"{full}?as={eyes}") for eyes in EYES}
    assert with_few == with_many
    assert max(with_many.values()) <= MOST_WITH_OTHER_EYES


def test_a_page_with_thirty_of_everything_holds_them_all(cast: Cast) -> None:
    project = make_project(cast.tel_aviv, visibility="network")
    fill(cast, project, 30)
    client = Client()
    client.force_login(cast.tel_aviv_lead)
    shown = client.get(project.get_absolute_url()).context["project"]
    assert [pilot.title for pilot in shown.pilots.all()] == [f"Pilot {number}" for number in range(30)]
    assert all(len(indicator.readings.all()) == 30 for indicator in shown.indicators.all())
    assert shown.indicators.all()[0].readings.all()[7].value == Decimal(7)
    assert {entry.author.name for entry in shown.journal.all()} == {"Somebody of the team"}

    client.force_login(cast.mulhouse_lead)
    shown = client.get(project.get_absolute_url()).context["project"]
    assert len(shown.pilots.all()) == len(shown.indicators.all()) == len(shown.journal.all()) == 20
    assert len(shown.endings.all()) == 20
    assert len(shown.attachments.all()) == 60


def test_rows_that_come_along_are_the_rows_of_the_database(cast: Cast) -> None:
    """Every column of every part, decimals to the last digit among them."""
    project = make_project(cast.tel_aviv, visibility="network")
    fill(cast, project, 2)
    exact = Decimal("123456789012.3456")
    Reading.objects.filter(indicator__project=project).update(value=exact)
    client = Client()
    client.force_login(cast.tel_aviv_lead)
    shown = client.get(project.get_absolute_url()).context["project"]
    lists = [shown.pilots, shown.indicators, shown.consultations, shown.endings, shown.journal, shown.attachments]
    lists += [indicator.readings for indicator in shown.indicators.all()]
    for rows in lists:
        for row in rows.all():
            stored = type(row).objects.get(pk=row.pk)
            for column in row._meta.concrete_fields:
                assert getattr(row, column.attname) == getattr(stored, column.attname), column
