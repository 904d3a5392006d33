"""The shell and the components in a real browser. The `page` fixture fails a test whose page broke the CSP."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.urls("tests.look.urls"), pytest.mark.django_db(transaction=True)]


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_page_is_wider_than_its_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/design/")

    assert overflow(page) <= 0


def test_targets_are_large_enough_for_a_thumb(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/design/")
    small = page.evaluate(
        """[...document.querySelectorAll('.button, .thumb-bar__item, summary, .choice-card, input[type=text], select')]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
        .map(e => e.outerHTML.slice(0, 80))"""
    )

    assert small == []


def test_the_colours_follow_the_device_until_somebody_chooses(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/design/")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(23, 22, 19)"

    page.get_by_role("button", name="Light").click()
    assert page.evaluate(ground) == "rgb(247, 242, 232)"

    page.reload()
    assert page.evaluate(ground) == "rgb(247, 242, 232)"
    expect(page.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")


def test_a_menu_closes_on_escape_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/design/")
    menu = page.locator(".masthead details[data-menu]")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")

    page.keyboard.press("Escape")

    expect(menu).not_to_have_attribute("open", "")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_count_of_characters_follows_what_is_typed(page: Page) -> None:
    page.goto("/design/")
    field = page.locator("textarea[name=problem]").first
    field.fill("x" * 200)

    expect(page.locator("[data-counter-for=id_problem]").first).to_have_text("1,000 characters left")


def test_a_dialog_opens_over_the_page_and_closes_again(page: Page) -> None:
    page.goto("/design/")
    page.get_by_role("link", name="Open a dialog").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()

    dialog.get_by_role("button", name="Close").click()

    expect(dialog).to_be_hidden()


def test_the_first_stop_of_the_tab_key_skips_to_the_content(page: Page) -> None:
    page.goto("/design/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/"])
def test_the_sign_in_pages_stand_in_the_same_dress(page: Page, address: str) -> None:
    page.goto(address)

    expect(page.locator(".wordmark").first).to_be_visible()
    expect(page.locator(".entrance__sheet h1")).to_be_visible()
    assert overflow(page) <= 0
