"""One city learns from another in a browser: adapted, told by letter, asked, answered, and told what came of it."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from engagement.posting import post_waiting
from engagement.project_letters import write_due
from innoteams.accounts.models import User
from projects.models import Adaptation, Project
from tests.browser import SignIn
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    cast = make_cast()
    User.objects.filter(pk=cast.mulhouse_lead.pk).update(language="en")
    Project.objects.filter(pk=cast.projects["network"].pk).update(title="Stairwells", contact=cast.tel_aviv_lead)
    return cast


def letters_to(person: User) -> list[str]:
    """The worker's rounds; answers with the subjects that arrived in the person's mailbox."""
    mail.outbox = []
    write_due(timezone.now())
    post_waiting(timezone.now())
    return [str(message.subject) for message in mail.outbox if any(person.email in address for address in message.to)]


def adapt_and_share(page: Page, source: Project) -> None:
    page.goto(source.get_absolute_url())
    page.get_by_role("link", name="Adapt this").click()
    expect(page.get_by_text("Taken along into your project")).to_be_visible()
    page.get_by_label("Title of your project").fill("Voisins de palier")
    page.get_by_label("The problem where you are").fill("On se croise sans se parler.")
    page.get_by_label("For whom").fill("Locataires")
    page.get_by_label("What you keep").fill("Le banc et l'heure fixe.")
    page.get_by_role("button", name="Start my project").click()
    page.get_by_role("button", name="Share with the network").click()
    expect(page.get_by_text("Now the whole network sees it.")).to_be_visible()


def test_from_one_city_to_the_other_and_back(people: Cast, page_of: SignIn) -> None:
    source = people.projects["network"]
    page = page_of(people.mulhouse_lead)
    # Four people's pages in one test, on a machine that may be busy.
    page.set_default_timeout(30_000)
    adapt_and_share(page, source)
    assert letters_to(people.tel_aviv_lead) == ["Mulhouse adapts your project “Stairwells”"]
    own = Project.objects.get(team=people.mulhouse)

    page = page_of(people.tel_aviv_lead)
    page.goto(source.get_absolute_url())
    expect(page.locator("#adapted")).to_contain_text("Le banc et l'heure fixe.")
    page.goto(own.get_absolute_url())
    page.locator("#questions").get_by_label("Your question").fill("Who carries the bench in the evening?")
    page.get_by_role("button", name="Ask the team").click()
    expect(page.locator("#questions")).to_contain_text("The team hears of it")
    assert letters_to(people.mulhouse_lead) == ["Tel Aviv Yafo asks about “Voisins de palier”"]

    page = page_of(people.mulhouse_lead)
    page.goto("/my-work/")
    page.locator(".waiting", has_text="Who carries the bench").get_by_role("link", name="Answer").click()
    page.get_by_text("Answer in your team's name").click()
    page.get_by_label("Your answer").fill("The baker does.")
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(".question__answers")).to_contain_text("The baker does.")
    expect(page.locator(".question__answers")).to_contain_text("from the team")
    assert letters_to(people.tel_aviv_lead) == ["Mulhouse answered your question about “Voisins de palier”"]

    three_months_ago = timezone.now() - dt.timedelta(days=91)
    Project.objects.filter(pk=own.pk).update(shared_at=three_months_ago)
    Adaptation.objects.update(created_at=three_months_ago)
    page.goto("/my-work/")
    page.locator(".waiting", has_text="What came of “Voisins de palier”?").get_by_role("link", name="Tell").click()
    form = page.locator(".waiting__form form")
    form.get_by_label("What came of it").fill("Eight people sit down every Tuesday.")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("#adapted")).to_contain_text("Eight people sit down every Tuesday.", timeout=30_000)
    assert letters_to(people.tel_aviv_lead) == ["Mulhouse tells what came of “Stairwells”"]

    page = page_of(people.tel_aviv_lead)
    page.goto(source.get_absolute_url())
    expect(page.locator("#adapted")).to_contain_text("Eight people sit down every Tuesday.")


def test_work_from_outside_is_named_without_a_script(people: Cast, page_of: SignIn) -> None:
    page = page_of(people.tel_aviv_lead)
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    source = people.projects["network"]
    page.goto(source.get_absolute_url())
    expect(page.get_by_role("link", name="Read the questions and ask your own")).to_be_visible()
    page.get_by_role("link", name="This came from elsewhere").click()
    page.locator("[name=outside_name]").fill("Barcelona, Radars")
    page.locator("[name=outside_url]").fill("https://radars.example/")
    page.locator("[name=kept]").fill("The shopkeepers")
    page.locator("section[aria-labelledby=from-outside]").get_by_role("button", name="It came from there").click()
    expect(page.locator("#adapted")).to_contain_text("Barcelona, Radars")
