"""What people wish, looked at in a real browser: nothing is cut off, what does not matter is not asked."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from engagement.choices import Stream, SuppressionCause
from engagement.digests.unsubscribe import keys_for
from engagement.models import Suppression
from engagement.reach import hash_of
from innoteams.accounts.models import User
from projects.models import SavedSearch
from tests.browser import SignIn
from tests.cast import Cast

pytestmark = pytest.mark.django_db

# Where pictures of the pages are kept for somebody to look at; nowhere unless it is said.
PICTURES = os.environ.get("INNOTEAMS_PICTURES", "")


def test_the_pages_hold_together_from_phone_to_desk(cast: Cast, page_of: SignIn) -> None:
    me = cast.coordinator
    Suppression.objects.create(
        address_hash=hash_of(me.email), cause=SuppressionCause.BOUNCE, detail="550 5.1.1 …: Recipient address rejected"
    )
    for name in ("“loneliness” · Investigate · France", "שכונות מוצלות בעיר"):
        SavedSearch.objects.create(person=me, name=name, query=f"country=FR&phase=investigate&q={name[:4]}")
    key = keys_for([me.pk], Stream.ACTIONS)[me.pk]
    page = page_of(me)
    pages = {
        "digests": "/digests/",
        "stop": f"/digests/stop/{key}/",
        "searches": "/searches/",
        "save": "/searches/new/?country=FR&phase=investigate&q=shade",
        "list": "/projects/?country=FR&q=shade",
    }
    for language, scheme in (("en", "light"), ("fr", "dark")):
        User.objects.filter(pk=me.pk).update(language=language)
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two it knows
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            for name, address in pages.items():
                page.goto(address)
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                if PICTURES:
                    page.screenshot(path=Path(PICTURES) / f"{name}-{language}-{width}.png", full_page=True)
                assert wide <= 0, (name, language, width)


def test_what_does_not_matter_at_a_pace_is_not_asked(cast: Cast, page_of: SignIn) -> None:
    page = page_of(cast.stranger)
    page.goto("/digests/")
    card = page.locator("#network")
    day, hour = card.get_by_label("On", exact=True), card.get_by_label("At", exact=True)

    expect(day).to_be_visible()
    card.get_by_label("How often").select_option("daily")
    expect(day).to_be_hidden()
    expect(hour).to_be_visible()
    card.get_by_label("How often").select_option("off")
    expect(hour).to_be_hidden()
    card.get_by_label("How often").select_option("monthly")
    expect(card.get_by_text("The first of them in each month.")).to_be_visible()
    card.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Network digest” follows this from now on.")).to_be_visible()
    expect(page.locator("#network")).to_contain_text("Default: every week, on Tuesday at 08:00 (UTC).")
