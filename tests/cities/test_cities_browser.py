"""The list and the map in a real browser: filters change both without leaving the page, and the address says which."""

import re

import pytest
from playwright.sync_api import Page, expect

from projects.choices import Visibility
from tests.browser import SignIn
from tests.cast import Cast, make_project

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_choice_narrows_the_list_and_its_address_shows_the_same_again(cast: Cast, page: Page) -> None:
    page.goto("/cities/")
    page.get_by_role("checkbox", name="Israel").check()
    expect(page.get_by_text("1 member", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/cities/\?country=IL$"))
    page.reload()
    expect(page.get_by_role("link", name="Tel Aviv Yafo")).to_be_visible()
    page.get_by_role("link", name="Remove: Israel").click()
    expect(page.get_by_role("link", name="Boston")).to_be_visible()


def test_the_map_is_redrawn_with_its_list_when_a_topic_is_chosen(cast: Cast, page: Page) -> None:
    make_project(cast.boston, visibility=Visibility.PUBLIC, topics=(cast.topic,))
    page.goto("/map/")
    dots = page.locator("path.world__dot.leaflet-interactive")
    expect(dots).to_have_count(3)
    page.get_by_label("Projects about").select_option("loneliness-ageing")
    expect(page.locator("[data-network-map] [data-city]")).to_have_count(2)
    expect(dots).to_have_count(2)
    expect(page).to_have_url(re.compile("topic=loneliness-ageing"))


def test_following_a_city_takes_one_press_and_keeps_the_place(cast: Cast, page_of: SignIn) -> None:
    page = page_of(cast.stranger)
    page.goto("/cities/boston/")
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Following")).to_be_visible()
