"""From one city's first words to another city's mail: what the portal is for, in one browser."""

import datetime as dt
import re
import time

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from innoteams.accounts.models import User
from projects.choices import Phase
from projects.models import Project
from tests.browser import SignIn
from tests.cast import Cast, make_cast, make_topic
from tests.engagement.accompany_scenes import drafted

TITLE = "Neighbours who open the stairwell"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def log_the_project(page: Page) -> float:
    """The short form, filled in by keyboard and mouse as a person would; answers how many seconds it took."""
    started = time.monotonic()
    page.goto("/my-work/")
    page.get_by_role("link", name="Log a project").first.click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("The problem").fill("Older residents of one street see nobody for days.")
    page.get_by_label("For whom").fill("Residents over 75 who live alone")
    page.get_by_role("combobox").fill("lonel")
    page.get_by_role("option", name=re.compile("Loneliness")).first.click()
    page.get_by_role("button", name="Log the project").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    return time.monotonic() - started


def test_a_project_travels_from_a_team_to_another_citys_mailbox(cast: Cast, page_of: SignIn) -> None:
    make_topic("loneliness-ageing")
    check_in = drafted(cast)

    # The lead logs a project in five fields and shares it.
    page = page_of(cast.tel_aviv_lead)
    assert log_the_project(page) < 60
    project = Project.objects.get(title=TITLE)
    assert project.phase == Phase.INVESTIGATE
    assert project.is_draft
    page.get_by_role("button", name="Share with the network").click()
    expect(page.get_by_text("Only your team sees this")).to_have_count(0)

    # The lead sends the check-in that waited in My work.
    page.goto(check_in.get_absolute_url())
    page.get_by_label("What is hard at the moment").fill("Nobody answers the door before noon.")
    page.get_by_role("button", name=re.compile("Send")).first.click()
    expect(page.get_by_text("What you sent last").or_(page.get_by_text("The check-in").first)).to_be_visible()

    # The coordinator finds both in the portfolio and answers in words.
    page = page_of(cast.coordinator)
    page.goto("/portfolio/projects/")
    expect(page.get_by_role("link", name=TITLE)).to_be_visible()
    page.goto(check_in.get_absolute_url())
    page.get_by_label("Your answer").fill("Ask the caretaker to come along.")
    page.get_by_role("button", name="Accept with these words").click()
    expect(page.get_by_text("Ask the caretaker to come along.")).to_be_visible()

    # A member of another city finds it in the filtered list and on the map.
    page = page_of(in_english(cast.mulhouse_lead))
    page.goto("/projects/?q=stairwell&topic=loneliness-ageing")
    expect(page.get_by_role("link", name=TITLE)).to_be_visible()
    page.goto("/map/?topic=loneliness-ageing")
    expect(page.get_by_text("Tel Aviv Yafo").first).to_be_visible()

    # At that member's own hour the digest brings it, once, in French.
    in_french(cast.mulhouse_lead)
    next_week = timezone.now() + dt.timedelta(days=8)
    for _ in range(2):
        call_command("digests", now=next_week.isoformat(), verbosity=0)
    found = [letter for letter in mail.outbox if cast.mulhouse_lead.email in letter.to[0] and TITLE in letter.body]
    assert len(found) == 1
    message = found[0]
    assert isinstance(message, mail.EmailMultiAlternatives)
    assert TITLE in message.subject
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (alternative,) = message.alternatives
    assert TITLE in str(alternative[0])
    assert 'lang="fr"' in str(alternative[0])


def in_english(person: User) -> User:
    person.language = "en"
    person.save(update_fields=["language"])
    return person


def in_french(person: User) -> None:
    person.language = "fr"
    person.save(update_fields=["language"])
