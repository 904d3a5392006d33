"""In a real browser: a promise keeps itself while somebody works elsewhere; steps are chosen with the keyboard."""

import pytest
from playwright.sync_api import expect

from engagement.choices import Act, Moment
from engagement.models import Reflection
from innoteams.accounts.models import User
from tests.browser import SignIn
from tests.cast import Cast, make_cast
from tests.engagement.accompany_scenes import engagement
from tests.engagement.promise_scenes import again, promise


@pytest.fixture
def people(transactional_db: None) -> Cast:
    found = make_cast()
    User.objects.update(language="en")
    return found


@pytest.mark.browser
def test_a_promise_keeps_itself_and_is_undone_with_one_click(people: Cast, page_of: SignIn) -> None:
    one = promise(
        engagement(people),
        people.tel_aviv_lead,
        Act.WRITE_JOURNAL,
        people.projects["network"],
        text="Tell of the walk",
    )
    page = page_of(people.tel_aviv_lead)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/my-work/")
    page.get_by_role("link", name="Write in the journal: Tell of the walk").click()
    page.locator("[contenteditable=true]").fill("We walked with the caretakers.")
    page.locator("form[data-keep]").get_by_role("button", name="Save").click()
    told = page.locator(".notice", has_text="This also keeps a promise")
    expect(told).to_contain_text("Tell of the walk")
    assert again(one).done_activity is not None
    told.get_by_role("button", name="Undo").click()
    expect(page.locator(".notice", has_text="Open again")).to_be_visible()
    assert again(one).is_open


@pytest.mark.browser
def test_steps_and_drawers_are_chosen_with_the_keyboard(people: Cast, page_of: SignIn) -> None:
    opened = engagement(people)
    page = page_of(people.tel_aviv_lead)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/coaching/{opened.pk}/reflections/start/")
    first = page.get_by_role("group", name="We try something small").get_by_role("radio")
    expect(first).to_have_count(5)
    first.first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # A closed window loses nothing.
    page.reload()
    expect(first.nth(3)).to_be_checked()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Kept. Your team alone reads it.")).to_be_visible()
    assert Reflection.objects.get(moment=Moment.START).steps.get().step == 4
    page.goto(f"/coaching/{opened.pk}/")
    form = page.locator(".note-form")
    expect(form.get_by_role("button", name="Keep in my private drawer")).to_be_visible()
    form.get_by_role("radio", name="Only me").focus()
    page.keyboard.press("ArrowRight")
    expect(form.get_by_role("button", name="Share with the team")).to_be_visible()
    expect(form.get_by_role("button", name="Keep in my private drawer")).to_have_count(0)
