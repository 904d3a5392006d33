"""A coordinator introduces two teams: both say yes, both get the mail, a month later it helped, and one adapts."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from playwright.sync_api import Page, expect

from engagement.choices import Help, IntroductionState
from engagement.introductions.helping import write_due
from engagement.models import Introduction, IntroductionHelp
from engagement.posting import post_waiting
from innoteams.accounts.models import User
from projects.models import Adaptation
from tests.browser import SignIn
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGE = "Both of you put a bench where neighbours pass each other. You count different things."


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Four people's pages in one test, on a machine that may be busy."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=None)


@pytest.fixture
def people(live_portal: str, settings: Any) -> Cast:
    settings.SITE_URL = live_portal
    cast = make_cast()
    User.objects.filter(pk=cast.mulhouse_lead.pk).update(language="fr")
    return cast


def letters() -> list[EmailMultiAlternatives]:
    """The worker's round; what arrived."""
    mail.outbox = []
    write_due(timezone.now())
    post_waiting(timezone.now())
    return list(mail.outbox)  # type: ignore[arg-type]  # the portal sends no others


def to(person: User, sent: list[EmailMultiAlternatives]) -> EmailMultiAlternatives:
    [letter] = [letter for letter in sent if any(person.email in address for address in letter.to)]
    return letter


def test_from_a_proposal_to_an_adaptation(people: Cast, page_of: SignIn) -> None:
    tel_aviv, mulhouse = people.tel_aviv_lead, people.mulhouse_lead
    broker(page_of(people.coordinator))
    proposals = letters()
    for person in (tel_aviv, mulhouse):
        text = str(to(person, proposals).body)
        assert MESSAGE in text
        assert not any(other.email in text for other in (tel_aviv, mulhouse) if other != person)

    meeting = Introduction.objects.get()
    accept(page_of(tel_aviv), meeting, "Yes, introduce us", "Sundays are good.")
    assert meeting_now().state == IntroductionState.ASKED
    # Nobody's address before both said yes.
    expect_no_address(page_of(mulhouse), meeting, tel_aviv)
    accept(page_of(mulhouse), meeting, "Oui, mettez-nous en relation", "Avec plaisir.")
    assert meeting_now().state == IntroductionState.ACCEPTED
    both_have_each_other(people, letters())

    a_month_goes_by()
    asked = letters()
    say_it_helped(page_of(mulhouse), to(tel_aviv, asked), tel_aviv)
    the_broker_sees_it(page_of(people.coordinator))

    adapt(page_of(mulhouse), people)
    assert meeting_now().adaptation == Adaptation.objects.get()


def meeting_now() -> Introduction:
    return Introduction.objects.get()


def broker(page: Page) -> None:
    page.set_default_timeout(30_000)
    page.goto("/introductions/overview/")
    page.get_by_role("link", name="Introduce two teams").first.click()
    choose(page, "from_team", "tel-aviv")
    choose(page, "to_team", "mulhouse")
    page.locator("[name=reason][value=same_problem]").check()
    page.locator("[name=message]").fill(MESSAGE)
    page.locator("select[name=language]").select_option("en")
    page.get_by_role("button", name="Propose it to both").click()
    page.wait_for_url(re.compile(r"/introductions/(overview/|\d+/)"))


def choose(page: Page, name: str, slug: str) -> None:
    found = page.locator(f"select[name={name}] option[value^='{slug}']").first.get_attribute("value")
    page.locator(f"select[name={name}]").select_option(found)


def accept(page: Page, meeting: Introduction, button: str, words: str) -> None:
    page.goto(meeting.get_absolute_url())
    page.locator("[name=words]").fill(words)
    page.get_by_role("button", name=button).click()
    expect(page.locator("main")).to_contain_text(words)


def expect_no_address(page: Page, meeting: Introduction, other: User) -> None:
    page.goto(meeting.get_absolute_url())
    expect(page.locator("main blockquote").first).to_contain_text(MESSAGE)
    expect(page.locator("main")).not_to_contain_text(other.email)


def both_have_each_other(people: Cast, sent: list[EmailMultiAlternatives]) -> None:
    """One mail to both, in both languages; an answer goes to both."""
    [letter] = [one for one in sent if len(one.to) == 2]
    for person in (people.tel_aviv_lead, people.mulhouse_lead):
        assert any(person.email in address for address in letter.to)
        assert any(person.email in address for address in letter.reply_to)
    assert "Sundays are good." in str(letter.body)
    assert letter.extra_headers["Content-Language"] in ("en, fr", "fr, en")


def a_month_goes_by() -> None:
    Introduction.objects.update(answered_at=timezone.now() - dt.timedelta(days=31))


def say_it_helped(page: Page, letter: EmailMultiAlternatives, person: User) -> None:
    """By the link in the mail, in a browser that nobody has signed in with."""
    page.context.clear_cookies()
    [url] = re.findall(r"https?://\S+/helped/\S+", str(letter.body))
    page.goto(urlsplit(url).path)
    expect(page.get_by_text("Opening this page changed nothing; one button tells.")).to_be_visible()
    assert not IntroductionHelp.objects.exists()
    page.get_by_label("In a sentence, if you like").fill("We begin with the question now.")
    page.get_by_role("button", name="Yes, it helped").click()
    expect(page.get_by_text("Kept: Yes, it helped.")).to_be_visible()
    told = IntroductionHelp.objects.get()
    assert (told.person, told.said) == (person, Help.YES)
    assert meeting_now().helped


def the_broker_sees_it(page: Page) -> None:
    """That it helped, and not a word of what they say to each other."""
    page.goto("/introductions/overview/")
    expect(page.locator("main")).to_contain_text("It helped")
    expect(page.locator("main")).not_to_contain_text("Sundays are good.")
    expect(page.locator("main")).not_to_contain_text("We begin with the question now.")


def adapt(page: Page, people: Cast) -> None:
    source = people.projects["network"]
    page.goto(source.get_absolute_url())
    page.get_by_role("link", name=re.compile("^Adapter")).first.click()
    page.locator("[name=title]").fill("Voisins de palier")
    page.locator("[name=problem]").fill("On se croise sans se parler.")
    page.locator("[name=for_whom]").fill("Locataires")
    page.locator("[name=kept]").fill("Le banc et l’heure fixe.")
    page.locator("form.form button[type=submit]").first.click()
    expect(page.get_by_role("heading", name="Voisins de palier")).to_be_visible()
