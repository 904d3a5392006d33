"""A quarter of accompaniment in one browser: two sessions, a promise that keeps itself, a check-in that goes round."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from engagement import reminders
from engagement.checkins.opening import open_due_periods
from engagement.choices import CheckInState, Stream
from engagement.models import CheckIn, CheckInSchedule, Commitment
from engagement.posting import post_waiting
from innoteams.accounts.models import User
from tests.browser import SignIn
from tests.cast import Cast, make_cast
from tests.engagement.accompany_scenes import engagement
from tests.engagement.digest_scenes import run

JERUSALEM = ZoneInfo("Asia/Jerusalem")


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    found = make_cast()
    User.objects.update(language="en", timezone="Asia/Jerusalem")
    return found


def next_quarter() -> tuple[dt.date, dt.date]:
    """Its first and its last day; it lies ahead, so that no cookie of the browser is out of date."""
    today = timezone.now().date()
    months = today.year * 12 + (today.month - 1) // 3 * 3 + 3
    first = dt.date(months // 12, months % 12 + 1, 1)
    after = dt.date((months + 3) // 12, (months + 3) % 12 + 1, 1)
    return first, after - dt.timedelta(days=1)


def wednesday_after(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=(2 - day.weekday()) % 7 + 7)


@contextmanager
def at(day: dt.date, hour: int = 10) -> Iterator[None]:
    """The portal's clock, not the browser's; whoever is written to by then has the mail when it is left."""
    moment = dt.datetime.combine(day, dt.time(hour), JERUSALEM)
    with time_machine.travel(moment, tick=True):
        yield
        reminders.write_due(timezone.now())
        post_waiting(timezone.now())
        run(timezone.now(), Stream.ACTIONS)


def subjects_to(person: User) -> list[str]:
    return [str(message.subject) for message in mail.outbox if any(person.email in line for line in message.to)]


def heard(person: User, words: str) -> bool:
    return any(re.search(words, subject) for subject in subjects_to(person))


def plan(page: Page, address: str, day: dt.date, aim: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Plan a session").first.click()
    page.get_by_label("Day").fill(day.isoformat())
    page.get_by_label("Hour").fill("14:30")
    page.get_by_label("Aim").fill(aim)
    page.get_by_role("button", name="Plan it").click()
    expect(page.locator(".next-session")).to_contain_text(aim)


def log(page: Page, address: str, words: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Log it").first.click()
    page.locator('[data-rich-for="happened"]').fill(words)
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_text("Logged. The team and its coaches read it here.")).to_be_visible()


def promise(page: Page, address: str, due: dt.date) -> None:
    page.goto(address)
    page.get_by_text("Promise something").click()
    page.get_by_label("What", exact=True).fill("Tell of the walk")
    page.get_by_label("Who", exact=True).select_option(label="Tel Aviv lead")
    page.get_by_label("Until").fill(due.isoformat())
    page.get_by_label(re.compile("^Done when")).select_option(label="the journal is written")
    page.locator("select[name=project]").select_option(label="Tel Aviv at level network")
    page.get_by_role("button", name="Promise it").click()
    expect(page.locator("#commitments")).to_contain_text("Tell of the walk")


def open_what_waits(page: Page, name: str) -> None:
    page.goto("/my-work/")
    page.get_by_role("link", name=re.compile(name)).first.click()


def hold_the_first_session(cast: Cast, page_of: SignIn, coaching: str, first: dt.date) -> None:
    # The coach plans the first session; the lead has the invitation, and a reminder the day before.
    with at(first - dt.timedelta(days=6)):
        page = page_of(cast.coach)
        plan(page, coaching, first, "Choose the first question")
    assert heard(cast.tel_aviv_lead, "Coaching session on")
    [invitation] = [message for message in mail.outbox if "Coaching session on" in message.subject][:1]
    assert "text/calendar" in invitation.message().as_string()
    with at(first - dt.timedelta(days=1), hour=15):
        pass
    assert heard(cast.tel_aviv_lead, "Coming up on")

    # It was held: the coach is asked to log it, and does; the lead promises something that can be seen to be done.
    with at(first, hour=18):
        pass
    assert heard(cast.coach, "How was the session")
    with at(first + dt.timedelta(days=1)):
        page = page_of(cast.coach)
        log(page, coaching, "We walked through the courtyard.")
        promise(page, coaching, first + dt.timedelta(days=20))


def keep_the_promise(cast: Cast, page_of: SignIn, first: dt.date) -> None:
    # The lead does it where it is done, and the promise is kept by itself.
    with at(first + dt.timedelta(days=12)):
        page = page_of(cast.tel_aviv_lead)
        open_what_waits(page, "Write in the journal")
        page.locator("[contenteditable=true]").fill("We walked with the caretakers.")
        page.locator("form[data-keep]").get_by_role("button", name="Save").click()
        expect(page.locator(".notice", has_text="This also keeps a promise")).to_contain_text("Tell of the walk")
    assert Commitment.objects.get().done_activity is not None


def draft_and_send(cast: Cast, page_of: SignIn, last_day: dt.date) -> CheckIn:
    # The quarter is over: the check-in is drafted from what was logged, and the lead hears of it.
    with at(last_day + dt.timedelta(days=2)):
        open_due_periods(timezone.now())
    check_in = CheckIn.objects.get(team=cast.tel_aviv)
    assert heard(cast.tel_aviv_lead, "is drafted")
    # Nobody sent it: seven days before it is due, or on the next working day, the lead is reminded.
    with at(check_in.period.due_on - dt.timedelta(days=5), hour=9):
        pass
    assert heard(cast.tel_aviv_lead, "[Cc]heck-in")

    with at(check_in.period.due_on - dt.timedelta(days=4)):
        page = page_of(cast.tel_aviv_lead)
        open_what_waits(page, "Send the check-in of Tel Aviv Yafo")
        expect(page.get_by_text("We walked with the caretakers.").first).to_be_visible()
        expect(page.get_by_text("Tell of the walk").first).to_be_visible()
        page.get_by_label("What is hard at the moment?").fill("Nobody has time on Thursdays.")
        page.get_by_role("button", name="Send to Hazira").click()
        expect(page.get_by_text("Sent. Hazira answers in words")).to_be_visible()
    assert heard(cast.coordinator, "sent its check-in")
    return check_in


def send_back_and_mend(cast: Cast, page_of: SignIn, check_in: CheckIn) -> None:
    # Returned for one part, mended there, sent again.
    with at(check_in.period.due_on - dt.timedelta(days=3)):
        page = page_of(cast.coordinator)
        open_what_waits(page, "Answer the check-in of Tel Aviv Yafo")
        expect(page.get_by_text("We walked with the caretakers.").first).to_be_visible()
        # What was promised in the coaching was not switched on, so it is not told.
        expect(page.get_by_text("Tell of the walk")).to_have_count(0)
        hard = page.locator("#part-hard")
        hard.get_by_text("Comment or ask").click()
        hard.get_by_role("textbox").fill("Which evenings would work?")
        hard.get_by_label("Ask the team about this").check()
        page.get_by_role("button", name="Send back").click()
        expect(page.get_by_text("Sent back to Tel Aviv Yafo.")).to_be_visible()
    assert heard(cast.tel_aviv_lead, "came back with a question")
    with at(check_in.period.due_on - dt.timedelta(days=2)):
        page = page_of(cast.tel_aviv_lead)
        open_what_waits(page, "came back with a question")
        page.locator("#id_hard").fill("Nobody has time on Thursdays. Mondays work.")
        page.get_by_role("button", name="Send to Hazira").click()
        expect(page.get_by_text("Sent. Hazira answers in words")).to_be_visible()


def accept(cast: Cast, page_of: SignIn, check_in: CheckIn) -> None:
    # The coordinator sees what changed in that part, and accepts with a word.
    with at(check_in.period.due_on - dt.timedelta(days=1)):
        page = page_of(cast.coordinator)
        open_what_waits(page, "Answer the check-in of Tel Aviv Yafo")
        asked = page.get_by_role("region", name="Since the questions")
        expect(asked.locator("ins")).to_have_text("Mondays work.")
        asked.get_by_role("button", name="Settled").click()
        page.get_by_label("Your answer").fill("Understood. I ask Dunkirk for you.")
        page.get_by_role("button", name="Accept with these words").click()
        expect(page.get_by_text("Nothing else waits for your answer.")).to_be_visible()
    assert heard(cast.tel_aviv_lead, "is accepted")
    check_in.refresh_from_db()
    assert check_in.state == CheckInState.ACCEPTED
    states = ["submitted", "returned", "submitted", "accepted"]
    assert [move.to_state for move in check_in.moves.all()] == states


@pytest.mark.browser
def test_a_quarter_is_coached_reported_and_answered(cast: Cast, page_of: SignIn) -> None:
    first_day, last_day = next_quarter()
    with time_machine.travel(dt.datetime.combine(first_day, dt.time(8), dt.UTC), tick=True):
        CheckInSchedule.objects.create(programme=cast.programme, starts_on=first_day, days_to_submit=14)
        coaching = engagement(cast).get_absolute_url()
    first = wednesday_after(first_day)
    second = first + dt.timedelta(days=28)
    hold_the_first_session(cast, page_of, coaching, first)
    keep_the_promise(cast, page_of, first)

    # The second session.
    with at(second - dt.timedelta(days=8)):
        plan(page_of(cast.coach), coaching, second, "What is left when we stop?")
    with at(second + dt.timedelta(days=1)):
        log(page_of(cast.coach), coaching, "The caretakers go on with it.")

    check_in = draft_and_send(cast, page_of, last_day)
    send_back_and_mend(cast, page_of, check_in)
    accept(cast, page_of, check_in)

    # And it stays quiet afterwards: what is answered is not reminded of.
    before = len(mail.outbox)
    with at(check_in.period.due_on + dt.timedelta(days=8)):
        pass
    late = [str(message.subject) for message in mail.outbox[before:] if "check-in" in str(message.subject).lower()]
    assert late == []
