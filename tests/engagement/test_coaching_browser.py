"""Coaching in a real browser: a session is planned on two clocks, and logged with the editor."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from engagement.models import CoachingSession
from innoteams.accounts.models import User
from tests.browser import SignIn
from tests.cast import Cast
from tests.engagement.accompany_scenes import engagement, session

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_session_is_planned_while_both_clocks_follow(cast: Cast, page_of: SignIn) -> None:
    opened = engagement(cast)
    User.objects.filter(pk=cast.coach.pk).update(timezone="Europe/Paris")
    # Summer in both places: Jerusalem is an hour ahead.
    day = dt.date(timezone.now().year + 1, 7, 7)
    page = page_of(cast.coach)
    page.goto(opened.get_absolute_url())
    page.get_by_role("link", name="Plan a session").click()
    page.get_by_label("Day").fill(day.isoformat())
    page.get_by_label("Hour").fill("14:30")
    clocks = page.locator("#clocks")
    expect(clocks).to_contain_text("2:30 p.m.")
    expect(clocks).to_contain_text("3:30 p.m.")
    page.get_by_label("By which clock").select_option(label="Tel Aviv Yafo (Jerusalem)")
    expect(clocks).to_contain_text("1:30 p.m.")
    page.get_by_label("Aim").fill("Choose the first question")
    page.get_by_role("button", name="Plan it").click()
    card = page.locator(".next-session")
    expect(card).to_contain_text("Choose the first question")
    expect(card).to_contain_text("1:30 p.m.")
    expect(page.locator(".strip__mark[data-kind=planned]").first).to_be_visible()


def test_a_session_is_logged_with_the_editor(cast: Cast, page_of: SignIn) -> None:
    held = session(engagement(cast), days=-1)
    page = page_of(cast.coach)
    page.goto(held.engagement.get_absolute_url())
    page.get_by_role("link", name="Log it").click()
    page.get_by_label("Tel Aviv member").check()
    page.get_by_label("And who else").fill("Dana")
    text = page.locator('[data-rich-for="happened"]')
    text.click()
    page.locator(".rich").filter(has=text).get_by_role("button", name="List", exact=True).click()
    page.keyboard.type("We walked")
    page.keyboard.press("Enter")
    page.keyboard.type("We knocked")
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_text("Logged. The team and its coaches read it here.")).to_be_visible()
    held = CoachingSession.objects.get(pk=held.pk)
    assert held.happened == "<ul><li><p>We walked</p></li><li><p>We knocked</p></li></ul>"
    assert {person.name for person in held.attended.all()} == {"Coach", "Tel Aviv member"}
    page.goto(held.get_absolute_url())
    expect(page.locator(".session-log").get_by_role("listitem")).to_have_text(["We walked", "We knocked"])
