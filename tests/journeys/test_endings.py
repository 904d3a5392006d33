"""A graceful ending in a real browser: a pilot stops with five answers, and another city says that it helps."""

import pytest
from playwright.sync_api import expect

from projects.models import Ending, LessonAnswer, Pilot
from projects.pilots import start_pilot
from tests.browser import SignIn, Watch
from tests.cast import Cast, make_cast, make_project

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return make_cast()


@pytest.fixture
def pilot(people: Cast) -> Pilot:
    project = make_project(people.tel_aviv, topics=(people.topic,), slug="sails", title="Shade", phase="deliver_adapt")
    make_project(people.mulhouse, topics=(people.topic,), title="Rues fraîches", phase="prepare")
    by = people.tel_aviv_lead
    return start_pilot(
        by=by, project=project, title="Sails", hypothesis="People stay longer.", observations="Two tore in the wind."
    )


def test_a_pilot_stops_with_five_answers_and_another_city_finds_them_useful(
    people: Cast, pilot: Pilot, page_of: SignIn
) -> None:
    page = page_of(people.tel_aviv_lead)
    page.goto("/projects/sails/")
    page.locator("article.pilot").get_by_role("link", name="Decide").click()
    page.get_by_label("Stop: and keep what was learned").check()
    page.get_by_label("Why").fill("Repairs cost more than the shade is worth.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("heading", name="The pilot stops")).to_be_visible()
    expect(page.get_by_label("Why does it stop now?")).to_have_value("Repairs cost more than the shade is worth.")
    expect(page.get_by_label("What happened instead?")).to_have_value("Two tore in the wind.")
    page.get_by_label("What stays, or is worth keeping?").fill("A map of the hot corners.")

    # Closed before it was sent: what was typed is still there.
    page.goto("/projects/sails/")
    page.goto(f"/projects/sails/pilots/{pilot.pk}/ending/")
    expect(page.get_by_label("What stays, or is worth keeping?")).to_have_value("A map of the hot corners.")
    page.get_by_label("What would you tell a city that starts tomorrow?").fill("Plant trees.")
    page.get_by_role("button", name="Stop it, and keep what was learned").click()
    expect(page.locator(f"#pilot-{pilot.pk}")).to_contain_text("Plant trees.")
    assert Ending.objects.get().stays == "A map of the hot corners."

    page = page_of(people.mulhouse_lead)
    page.goto("/my-work/")
    offer = page.locator(".offer")
    expect(offer).to_contain_text("Plant trees.")
    offer.locator("button[value=useful]").click()
    expect(offer.locator(".lesson-answer__said")).to_be_focused()
    assert LessonAnswer.objects.get().team == people.mulhouse
    offer.locator("button[name=usefulness]").click()
    expect(offer.locator("button[value=useful]")).to_be_visible()
    assert not LessonAnswer.objects.exists()
    offer.locator("button[value=useful]").click()
    expect(offer.locator(".lesson-answer__said")).to_be_visible()

    page = page_of(people.tel_aviv_lead)
    page.goto("/projects/sails/")
    expect(page.locator("article.pilot")).to_contain_text("Useful to 1 team")


def test_without_a_script_it_stops_and_is_answered_as_well(
    people: Cast, pilot: Pilot, page_of: SignIn, watch: Watch
) -> None:
    page = page_of(people.tel_aviv_lead)
    watch.tolerate("ERR_FAILED")
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/projects/sails/outcome/")
    page.get_by_label("Stopped: and what was learned is kept").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_label("What would you tell a city that starts tomorrow?").fill("Plant trees.")
    page.get_by_role("button", name="Stop it, and keep what was learned").click()
    expect(page.locator("#learned")).to_contain_text("Plant trees.")

    page = page_of(people.mulhouse_lead)
    page.goto("/my-work/")
    page.locator(".offer button[value=not_for_us]").click()
    expect(page.locator(".offer")).to_have_count(0)
    assert LessonAnswer.objects.get().usefulness == "not_for_us"
