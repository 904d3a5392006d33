"""The journeys of accompaniment in a real browser: a check-in goes round, and two people meet."""

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from engagement.choices import CheckInState
from engagement.models import CheckIn, Introduction
from engagement.posting import post_waiting
from innoteams.accounts.models import User
from tests.browser import SignIn
from tests.cast import Cast
from tests.engagement.accompany_scenes import drafted, introduction, with_line

pytestmark = pytest.mark.django_db(transaction=True)


def mails_to(person: User) -> list[str]:
    post_waiting(timezone.now())
    return [str(message.subject) for message in mail.outbox if any(person.email in line for line in message.to)]


def open_what_waits(page: Page, name: str) -> None:
    page.goto("/my-work/")
    page.get_by_role("link", name=name).first.click()


def test_a_check_in_goes_round_by_parts(cast: Cast, page_of: SignIn) -> None:
    check_in = drafted(cast)
    line = with_line(check_in, cast.projects["network"])

    page = page_of(cast.tel_aviv_lead)
    open_what_waits(page, "Send the check-in of Tel Aviv Yafo")
    page.get_by_label("What is hard at the moment?").fill("Nobody has time on Thursdays.")
    page.get_by_role("button", name="Send to Hazira").click()
    expect(page.get_by_text("Sent. Hazira answers in words")).to_be_visible()

    # Returned in part: a question at one text, a remark at a line, no word about the whole.
    page = page_of(cast.coordinator)
    assert any("sent its check-in" in subject for subject in mails_to(cast.coordinator))
    open_what_waits(page, "Answer the check-in of Tel Aviv Yafo")
    expect(page.get_by_text("Nobody has time on Thursdays.")).to_be_visible()
    hard = page.locator("#part-hard")
    hard.get_by_text("Comment or ask").click()
    hard.get_by_role("textbox").fill("Which evenings would work?")
    hard.get_by_label("Ask the team about this").check()
    of_line = page.locator(f"#part-{line.anchor}")
    of_line.get_by_text("Comment or ask").click()
    of_line.get_by_role("textbox").fill("A lovely entry.")
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_text("Sent back to Tel Aviv Yafo.")).to_be_visible()

    page = page_of(cast.tel_aviv_lead)
    assert any("came back with a question" in subject for subject in mails_to(cast.tel_aviv_lead))
    open_what_waits(page, "came back with a question")
    expect(page.get_by_role("heading", name="1 part is asked about")).to_be_visible()
    expect(page.get_by_text("Which evenings would work?").first).to_be_visible()
    expect(page.get_by_label("What help do you want?")).to_be_hidden()
    page.locator("#id_hard").fill("Nobody has time on Thursdays. Mondays work.")
    page.get_by_label("Answer in words: What is hard at the moment?").fill("We asked around.")
    page.get_by_role("button", name="Send to Hazira").click()
    expect(page.get_by_text("Sent. Hazira answers in words")).to_be_visible()

    # Sent again: what changed in that part, settled by hand, accepted with a word.
    page = page_of(cast.coordinator)
    assert any("sent its check-in" in subject for subject in mails_to(cast.coordinator))
    open_what_waits(page, "Answer the check-in of Tel Aviv Yafo")
    asked = page.get_by_role("region", name="Since the questions")
    expect(asked.locator("ins")).to_have_text("Mondays work.")
    expect(asked.get_by_text("We asked around.")).to_be_visible()
    asked.get_by_role("button", name="Settled").click()
    expect(page.get_by_text("not settled. Sent back")).to_have_count(0)
    page.get_by_label("Your answer").fill("Understood. I ask Dunkirk for you.")
    page.get_by_role("button", name="Accept with these words").click()
    expect(page.get_by_text("Nothing else waits for your answer.")).to_be_visible()

    check_in.refresh_from_db()
    assert check_in.state == CheckInState.ACCEPTED
    assert any("is accepted" in subject for subject in mails_to(cast.tel_aviv_lead))
    page = page_of(cast.tel_aviv_lead)
    page.goto(check_in.get_absolute_url())
    expect(page.get_by_text("Understood. I ask Dunkirk for you.").first).to_be_visible()


def test_two_people_meet(cast: Cast, page_of: SignIn) -> None:
    page = page_of(cast.mulhouse_lead)
    page.goto(f"/introductions/new/?project={cast.projects['network'].slug}")
    page.locator("input[name=reason]").first.check()
    page.locator("textarea[name=message]").fill("How did you open the stairwell?")
    page.locator("main form button").click()
    page.wait_for_url("**/introductions/*/")
    assert len(mails_to(cast.tel_aviv_lead)) == 1

    page = page_of(cast.tel_aviv_lead)
    open_what_waits(page, "asks to meet your team")
    expect(page.get_by_text("How did you open the stairwell?")).to_be_visible()
    expect(page.get_by_text(cast.mulhouse_lead.email)).to_have_count(0)
    page.get_by_role("button", name="Yes, introduce us").click()
    expect(page.get_by_role("link", name=cast.mulhouse_lead.email)).to_be_visible()

    assert len(mails_to(cast.tel_aviv_lead)) == 2
    assert len(mails_to(cast.mulhouse_lead)) == 1
    message = mail.outbox[-1]
    assert any(cast.tel_aviv_lead.email in line for line in [*message.to, *message.reply_to])
    assert Introduction.objects.get().answered_by == cast.tel_aviv_lead


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_window(cast: Cast, page_of: SignIn, width: int) -> None:
    check_in = drafted(cast)
    with_line(check_in, cast.projects["network"])
    one = introduction(cast)
    page = page_of(cast.tel_aviv_lead)
    page.set_viewport_size({"width": width, "height": 800})
    for path in (
        "/my-work/", "/check-ins/", check_in.get_absolute_url(), "/coaching/", "/introductions/",
        one.get_absolute_url(), "/questions/", "/questions/new/",
    ):  # fmt: skip
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
    page = page_of(cast.coordinator)
    page.goto("/portfolio/")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert CheckIn.objects.exists()
