"""What was mended by eye on the page of a project, held."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from innoteams.accounts.models import User
from projects.charts import chart_of
from projects.choices import Direction, Measure
from projects.models import Indicator, Project, PublishedResult, Reading
from tests.browser import SignIn
from tests.cast import Cast, make_project

DAY = dt.date(2026, 5, 1)


def with_figures(project: Project) -> Indicator:
    indicator = Indicator.objects.create(
        project=project, name="Stops", measure=Measure.COUNT, baseline=Decimal(2), target=Decimal(25)
    )
    Reading.objects.bulk_create(
        Reading(indicator=indicator, value=Decimal(4 * step), read_on=DAY + dt.timedelta(30 * step), source="s")
        for step in range(1, 6)
    )
    return indicator


@pytest.mark.parametrize("kind", ["visitor", "stranger", "tel_aviv_lead"])
def test_the_contents_name_every_part_of_the_page_and_lead_to_each(cast: Cast, kind: str) -> None:
    project = make_project(cast.tel_aviv, visibility="public", lesson="Begin with one bench.")
    with_figures(project)
    client, person = Client(), cast.person(kind)
    if isinstance(person, User):
        client.force_login(person)
    page = client.get(project.get_absolute_url()).content.decode()
    contents = page[page.index('<nav class="contents"') : page.index("</nav>", page.index('<nav class="contents"'))]

    assert re.findall(r'href="#([\w-]+)"', contents) == re.findall(r'<section class="part" id="([\w-]+)"', page)


def test_a_source_that_all_results_share_is_named_once(client: Client, cast: Cast) -> None:
    project = make_project(cast.tel_aviv, visibility="public", source_line="Gazette of 3 May")
    told = {"project": project, "kind": "claimed"}
    PublishedResult.objects.create(what="Visits", value="12", source="Gazette of 3 May", **told)
    assert client.get(project.get_absolute_url()).content.decode().count("Gazette of 3 May") == 1

    PublishedResult.objects.create(what="Cost", value="3", source="Courier", **told)
    page = client.get(project.get_absolute_url()).content.decode()
    assert "Courier" in page
    assert page.count("Gazette of 3 May") == 2


@pytest.mark.parametrize("baseline", [0, 1, 2, 3, 5])
def test_no_word_of_the_picture_is_crossed_by_its_axis(cast: Cast, baseline: int) -> None:
    indicator = Indicator(
        project=cast.projects["public"], name="Stops", better=Direction.UP, measure=Measure.COUNT, baseline=baseline
    )
    chart = chart_of(indicator, [Reading(value=Decimal(30), read_on=DAY), Reading(value=Decimal(9), read_on=DAY)])

    assert chart is not None
    crossed = [label.text for label in chart.labels if label.box[1] < chart.floor < label.box[3]]
    assert crossed == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_nothing_of_the_page_leaves_a_small_window(
    page_of: SignIn, live_portal: str, cast: Cast, direction: str
) -> None:
    project = make_project(cast.tel_aviv, visibility="public")
    with_figures(project)
    page: Page = page_of(cast.tel_aviv_lead)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(live_portal + project.get_absolute_url())
    page.evaluate("direction => { document.documentElement.dir = direction }", direction)
    page.locator(".page-header__actions .menu > summary").click()
    expect(page.locator(".page-header__actions .menu__sheet a").first).to_be_visible()

    outside = page.evaluate(
        """[...document.querySelectorAll('.menu__sheet, .chart text, .page-header__actions .button')]
        .filter(e => e.checkVisibility())
        .map(e => [e.textContent.trim().slice(0, 30), e.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.left < 0 || box.right > document.documentElement.clientWidth))
        .map(([text]) => text)"""
    )
    assert outside == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
