"""A project's life in a real browser: logged in a minute, shared, found, adapted, kept alive, and a pilot stopped."""

import time

import pytest
from playwright.sync_api import Page, expect

from projects.models import Project
from tests.browser import SignIn, Watch
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return make_cast()


def log_in_five_answers(page: Page) -> None:
    page.goto("/projects/new/")
    page.get_by_label("Title").fill("Shade on the way to school")
    page.get_by_label("The problem").fill("Children walk in the sun at noon. Parents drive them instead.")
    page.get_by_label("For whom").fill("Children under twelve")
    page.get_by_role("combobox").fill("lonel")
    page.keyboard.press("Enter")
    page.get_by_label("Generate ideas").check()


def test_a_project_is_logged_within_a_minute_and_found_by_another_city(people: Cast, page_of: SignIn) -> None:
    begun = time.monotonic()
    page = page_of(people.tel_aviv_lead)
    log_in_five_answers(page)
    page.get_by_role("button", name="Log the project").click()
    expect(page.get_by_role("heading", name="Only your team sees this draft")).to_be_visible()
    page.get_by_role("button", name="Share with the network").click()
    expect(page.get_by_text("Now the whole network sees it.")).to_be_visible()
    assert time.monotonic() - begun < 60
    page.goto("/projects/new/")
    expect(page.get_by_label("Title")).to_have_value("")

    page = page_of(people.mulhouse_lead)
    page.goto("/projects/")
    page.locator("#explore-words").fill("shade")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Shade on the way to school").click()
    page.locator(".page-header__actions a").first.click()
    page.locator("[name=problem]").fill("Les enfants marchent au soleil.")
    page.locator("[name=for_whom]").fill("Enfants")
    page.locator("[name=kept]").fill("L'ombre.")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#adapted")).to_be_visible()
    own = Project.objects.get(team=people.mulhouse)
    source = own.adapted_from.get().source
    assert source is not None
    assert source.team == people.tel_aviv


def test_a_project_is_kept_alive_in_place(people: Cast, page_of: SignIn) -> None:
    page = page_of(people.tel_aviv_member)
    page.goto(people.projects["network"].get_absolute_url())

    page.locator("#journal .part__head a").click()
    page.locator('#journal [data-rich-for="text"]').fill("Forty children came.")
    page.locator("#journal form").get_by_role("button", name="Save").click()
    expect(page.locator("#journal .timeline")).to_contain_text("Forty children came.")

    page.get_by_role("link", name="Move on").click()
    page.locator("#phase form").get_by_label("Generate ideas").check()
    page.locator("#phase form").get_by_label("Why").fill("We have heard enough.")
    page.get_by_role("button", name="Move").click()
    expect(page.locator("#journal .timeline")).to_contain_text("We have heard enough.")

    page.locator("#pilots .part__head a").click()
    page.locator("#pilots form [name=title]").fill("Sails over the street")
    page.locator('#pilots form [data-rich-for="hypothesis"]').fill("More children walk.")
    page.get_by_role("button", name="Start").click()
    pilot = page.locator("article.pilot")
    expect(pilot).to_contain_text("Sails over the street")

    pilot.get_by_role("link", name="Decide").click()
    page.get_by_label("Stop: and keep what was learned").check()
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("heading", name="The pilot stops")).to_be_visible()
    page.get_by_label("What would you tell a city that starts tomorrow?").fill("Trees beat sails.")
    page.get_by_role("button", name="Stop it, and keep what was learned").click()
    expect(page.locator("article.pilot")).to_contain_text("Stopped, with what was learned")


def test_what_is_typed_is_saved_and_survives_a_lost_connection(people: Cast, page_of: SignIn, watch: Watch) -> None:
    page = page_of(people.tel_aviv_lead)
    watch.tolerate("ERR_INTERNET_DISCONNECTED")
    log_in_five_answers(page)
    expect(page.locator("[data-draft-state]")).to_contain_text("Saved at")
    page.context.set_offline(True)
    page.get_by_label("The problem").fill("Written in the underground.")
    expect(page.locator("[data-draft-state]")).to_contain_text("No connection")
    page.context.set_offline(False)
    expect(page.locator("[data-draft-state]")).to_contain_text("Saved at")
    assert Project.objects.get(title="Shade on the way to school").problem == "Written in the underground."


def test_without_a_script_the_same_form_works(people: Cast, page_of: SignIn, watch: Watch) -> None:
    page = page_of(people.tel_aviv_lead)
    watch.tolerate("ERR_FAILED")
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/projects/new/")
    page.locator("[name=title]").fill("Plain")
    page.locator("[name=problem]").fill("p")
    page.locator("[name=for_whom]").fill("w")
    page.locator("[name=topics_1]").select_option("loneliness-ageing")
    page.get_by_role("button", name="Log the project").click()
    expect(page.get_by_role("heading", name="Plain")).to_be_visible()


def test_a_list_is_narrowed_and_its_address_can_be_shared(people: Cast, page_of: SignIn) -> None:
    page = page_of(people.mulhouse_lead)
    page.goto("/projects/")
    page.locator("#phase-investigate").check()
    page.wait_for_url("**/projects/?phase=investigate")
    expect(page.locator(".chip")).to_have_count(1)
    page.goto(page.url)
    expect(page.locator("#phase-investigate")).to_be_checked()
