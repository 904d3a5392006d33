"""What a reader does with digests in a browser: reads one as sent, says less of an item, hides a city, changes the
pace, pauses; and without signing in, by the link in a mail's footer, slows it down, pauses, stops and takes it back."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as current
from django.core import mail
from playwright.sync_api import FrameLocator, Page, expect

from cities.querysets import today
from engagement.choices import Cadence, FeedbackWish
from engagement.digests import preferences
from engagement.models import Digest, DigestFeedback, DigestPreference
from innoteams.accounts.models import User
from tests.browser import SignIn
from tests.cast import Cast, make_cast
from tests.engagement.digest_scenes import digest_of, happen, only, run

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "Tel Aviv at level network"


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """On a machine that may be busy."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=None)


@pytest.fixture
def reader(live_portal: str, settings: Any) -> User:
    """The Mulhouse lead, to whom one digest was sent, with links that lead here."""
    settings.SITE_URL = live_portal
    cast: Cast = make_cast()
    only(cast.mulhouse_lead)
    User.objects.filter(pk=cast.mulhouse_lead.pk).update(language="en")
    happen(cast.projects["network"])
    mail.outbox = []
    run()
    [_message] = mail.outbox
    cast.mulhouse_lead.refresh_from_db()
    return cast.mulhouse_lead


def path_of(url: str) -> str:
    assert url.startswith(current.SITE_URL)
    return urlsplit(url).path


def said() -> set[tuple[str, bool]]:
    """What was said: the wish, and whether of a city."""
    return {(row.wish, row.city_id is not None) for row in DigestFeedback.objects.all()}


def test_reading_saying_hiding_and_choosing_when(reader: User, page_of: SignIn) -> None:
    page = page_of(reader)
    page.set_default_timeout(30_000)
    digest = digest_of(reader)

    page.goto("/digests/")
    page.get_by_role("link", name=digest.subject).click()
    letter = page.frame_locator("iframe.letter")
    expect(letter.get_by_text(TITLE).first).to_be_visible()

    say_less_and_take_it_back(page, letter)
    hide_the_city(page, letter, digest)
    choose_when(page, reader)


def say_less_and_take_it_back(page: Page, letter: FrameLocator) -> None:
    page.goto(link(letter, "less"))
    expect(page.get_by_text("Opening this page changed nothing")).to_be_visible()
    assert not DigestFeedback.objects.exists()
    page.get_by_role("button", name="Less like this").click()
    expect(page.get_by_text("Noted: less like this.")).to_be_visible()
    assert said() == {(FeedbackWish.LESS, False)}
    page.goto("/digests/")
    expect(page.locator("section:has(#said)")).to_contain_text(TITLE)
    page.locator("section:has(#said)").get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back. Your next digest is chosen without it.")).to_be_visible()
    assert not DigestFeedback.objects.exists()


def hide_the_city(page: Page, letter: FrameLocator, digest: Digest) -> None:
    """And the next one would tell nothing of it."""
    page.goto(digest_url(digest))
    page.goto(link(letter, "hide"))
    page.get_by_role("button", name="Nothing of Tel Aviv Yafo").click()
    expect(page.get_by_text("Noted: nothing of this city any more.")).to_be_visible()
    assert said() == {(FeedbackWish.HIDE_CITY, True)}
    page.goto("/digests/")
    expect(page.locator("section:has(#said)")).to_contain_text("Tel Aviv Yafo")
    page.goto("/digests/preview/network/")
    expect(page.locator("main")).not_to_contain_text("Tel Aviv")


def choose_when(page: Page, reader: User) -> None:
    page.goto("/digests/")
    card = page.locator("#network")
    card.get_by_label("How often").select_option("monthly")
    card.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. “Network digest” follows this from now on.")).to_be_visible()
    page.reload()
    expect(card.get_by_label("How often")).to_have_value("monthly")

    until = today() + dt.timedelta(days=20)
    card.get_by_text("Pause", exact=True).click()
    card.get_by_label("Pause until").fill(until.isoformat())
    card.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("Paused until")
    page.reload()
    expect(card.get_by_label("Pause until")).to_have_value(until.isoformat())
    kept = DigestPreference.objects.get(person=reader)
    assert (kept.cadence, kept.paused_until) == (Cadence.MONTHLY, until)


def link(letter: FrameLocator, wish: str) -> str:
    """Under the first item of the mail."""
    href = letter.locator(f"a[href*='/digests/say/'][href$='#{wish}']").first.get_attribute("href")
    assert href
    return f"{path_of(href)}#{wish}"


def digest_url(digest: Digest) -> str:
    return f"/digests/{digest.pk}/"


# --- Without signing in --------------------------------------------------------------------------------------------


def test_one_click_in_a_mail_slows_it_pauses_it_stops_it_and_undoes_that(reader: User, page: Page) -> None:
    """By the link of the footer, which is that of the header List-Unsubscribe."""
    page.set_default_timeout(30_000)
    [message] = mail.outbox
    header = message.extra_headers["List-Unsubscribe"].split(",")[0].strip("<> ")
    assert header in str(message.body)

    page.goto(path_of(header))
    expect(page.get_by_text("Opening it changed nothing.")).to_be_visible()
    assert current.SESSION_COOKIE_NAME not in {cookie["name"] for cookie in page.context.cookies()}
    assert pace(reader) == (Cadence.WEEKLY, False)

    press(page, "Less often", "Done. It now comes every two weeks")
    assert pace(reader) == (Cadence.FORTNIGHTLY, False)
    press(page, "Undo the last change", "Undone: it is as it was before.")
    assert pace(reader) == (Cadence.WEEKLY, False)

    press(page, "Pause for a month", "Paused. From")
    assert pace(reader) == (Cadence.WEEKLY, True)
    press(page, "End the pause", "The pause is over.")
    assert pace(reader) == (Cadence.WEEKLY, False)

    press(page, "Stop it", "Stopped. No further mail of this kind is sent to you.")
    assert pace(reader) == (Cadence.OFF, False)
    press(page, "Undo the last change", "Undone: it is as it was before.")
    assert pace(reader) == (Cadence.WEEKLY, False)
    # One stream alone: the others were never touched.
    assert DigestPreference.objects.get().stream == digest_of(reader).stream


def press(page: Page, button: str, told: str) -> None:
    page.get_by_role("button", name=button).click()
    expect(page.locator("main")).to_contain_text(told)


def pace(reader: User) -> tuple[str, bool]:
    now = preferences.preference_of(reader)
    return now.cadence, now.paused_until is not None
