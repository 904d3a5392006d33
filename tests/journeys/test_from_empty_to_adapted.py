"""The whole life of a project, in one browser: from an empty page to work that another city has made its own."""

import datetime as dt
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from cities.querysets import today
from engagement.posting import post_waiting
from engagement.project_letters import write_due
from projects.models import Adaptation, Attachment, Ending, Indicator, JournalEntry, Pilot, Project, Reading
from projects.models.attachments import private_storage
from tests.browser import SignIn
from tests.cast import Cast, make_cast
from tests.projects.files import SECRETS, photo_of_a_phone

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "Neighbours who open the stairwell"
APPROACH = "A bench, a lamp and one fixed hour a week."
SHORTER = "A bench."


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Two people's pages and a photo in one test, on a machine that may be busy."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=None)


@pytest.fixture
def people() -> Cast:
    cast = make_cast()
    cast.topic.names = {"en": "Loneliness and ageing", "fr": "Solitude et vieillissement", "he": "בדידות והזדקנות"}
    cast.topic.save(update_fields=["names"])
    # Nothing that a search or My work could take for the project of this story.
    Project.objects.all().delete()
    return cast


def day(days_ago: int) -> str:
    return (today() - dt.timedelta(days=days_ago)).isoformat()


def write(place: Page | Locator, name: str, text: str) -> None:
    """Into the editor of a field, once it has taken the textarea's place."""
    place.locator(f'[data-rich-for="{name}"]').fill(text)


def section(page: Page, name: str) -> Locator:
    return page.locator(f"#{name}")


def begin(page: Page, part: str) -> Locator:
    """Opens the form of a part in its place."""
    section(page, part).locator(".part__head a").click()
    form = section(page, part).locator("form.form")
    expect(form).to_be_visible()
    return form


def letters_to(address: str) -> list[str]:
    """The worker's rounds; answers with the subjects that arrived in that mailbox."""
    mail.outbox = []
    write_due(timezone.now())
    post_waiting(timezone.now())
    return [str(letter.subject) for letter in mail.outbox if any(address in to for to in letter.to)]


def test_a_project_grows_from_empty_to_adapted_elsewhere(people: Cast, page_of: SignIn, tmp_path: Path) -> None:
    lead, partner = people.tel_aviv_lead, people.mulhouse_lead
    page = page_of(lead)
    page.set_default_timeout(30_000)

    log_it(page)
    project = Project.objects.get(title=TITLE)
    share_it(page)
    tell_the_rest(page, project)
    move_it(page)
    try_two_things(page)
    hear_residents(page)
    count(page, project)
    write_the_journal(page, tmp_path)
    keep_an_entry_to_the_team(page, project)
    stop_one_pilot(page, project)
    assert letters_to(partner.email) == []

    page = page_of(partner)
    find_it(page, project)
    ask(page)
    assert letters_to(lead.email) == [f"Mulhouse asks about “{TITLE}”"]

    answer(page_of(lead))
    assert letters_to(partner.email) == [f"Tel Aviv Yafo a répondu à votre question sur « {TITLE} »"]

    own = adapt_it(page_of(partner), project)
    assert letters_to(lead.email) == [f"Mulhouse adapts your project “{TITLE}”"]
    tell_what_came_of_it(page_of(partner), own)
    assert letters_to(lead.email) == [f"Mulhouse tells what came of “{TITLE}”"]

    page = page_of(lead)
    page.goto(project.get_absolute_url())
    expect(section(page, "adapted")).to_contain_text("Huit personnes s’assoient chaque mardi.")
    expect(standing(page)).to_contain_text("repeated elsewhere")
    bring_the_earlier_text_back(page, project)


def log_it(page: Page) -> None:
    """At most five answers, within a minute."""
    begun = time.monotonic()
    page.goto("/my-work/")
    page.get_by_role("link", name="Log a project").first.click()
    asked = page.locator("form[data-draft] .field:visible, form[data-draft] fieldset.field:visible")
    expect(page.get_by_label("Title")).to_be_visible()
    assert asked.count() <= 5
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("The problem").fill("Older residents of one street see nobody for days.")
    page.get_by_label("For whom").fill("Residents over 75 who live alone")
    page.get_by_role("combobox").fill("lonel")
    page.get_by_role("option", name=re.compile("Loneliness")).first.click()
    page.get_by_role("button", name="Log the project").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    assert time.monotonic() - begun < 60


def share_it(page: Page) -> None:
    expect(page.locator(".next__meter meter")).to_be_visible()
    expect(page.locator(".next__meter")).to_contain_text(re.compile(r"\d+ of \d+ parts are told"))
    expect(page.locator(".next")).to_contain_text(re.compile(r"Visible to \d+ people in 2 cities then\."))
    page.get_by_role("button", name="Share with the network").click()
    expect(page.get_by_text("Now the whole network sees it.")).to_be_visible()


def tell_the_rest(page: Page, project: Project) -> None:
    page.get_by_role("link", name="Edit", exact=True).first.click()
    write(page, "approach", APPROACH)
    page.locator("#section-takes summary").click()
    page.get_by_label("What it costs").select_option("under_10k")
    page.get_by_label("Staff time").fill("One person, one day a week")
    write(page, "conditions", "A neighbour whom people know already.")
    page.get_by_role("button", name="Save").click()
    expect(section(page, "phase")).to_contain_text(APPROACH)
    expect(page.locator("main")).to_contain_text("A neighbour whom people know already.")
    expect(page.locator("main")).to_contain_text("under 10,000")
    project.refresh_from_db()
    assert project.cost_band == "under_10k"


def move_it(page: Page) -> None:
    page.get_by_role("link", name="Move on").click()
    form = section(page, "phase").locator("form")
    form.get_by_label("On to “Generate ideas”").check()
    form.get_by_label("Why").fill("What we heard changed the question.")
    form.get_by_role("button", name="Move").click()
    expect(page.locator("#journal .timeline")).to_contain_text("What we heard changed the question.")


def try_two_things(page: Page) -> None:
    for title, expected in (
        ("A bench and a fixed hour", "Somebody who sits draws others."),
        ("A soup evening in the lobby", "Food brings those who do not come down by themselves."),
    ):
        form = begin(page, "pilots")
        form.get_by_label("Title").fill(title)
        write(form, "hypothesis", expected)
        form.get_by_role("button", name="Start").click()
        expect(page.locator("article.pilot").filter(has_text=title)).to_contain_text(expected)


def hear_residents(page: Page) -> None:
    form = begin(page, "consultations")
    form.get_by_label("When").fill(day(40))
    form.locator("[name=method]").fill("From door to door")
    form.get_by_label("Who was heard").fill("Older residents")
    form.get_by_label("How many").fill("31")
    write(form, "said", "They want a reason to stop on the way to the lift.")
    write(form, "changed", "A bench instead of a club.")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("article.heard")).to_contain_text("A bench instead of a club.")


def standing(page: Page) -> Locator:
    """The rung on which the project stands."""
    return page.locator("#figures .ladder__rung[aria-current=step]")


def count(page: Page, project: Project) -> None:
    """An indicator with its baseline, then a table of readings: first with a wrong line, then right."""
    expect(standing(page)).to_contain_text("described")
    form = begin(page, "figures")
    form.get_by_label("What is measured").fill("Residents who stop for five minutes")
    form.get_by_label("A count of people or things").check()
    form.get_by_label("Unit").fill("people a week")
    form.get_by_text("Where it stood before", exact=True).click()
    form.locator("[name=baseline]").fill("2")
    form.locator("[name=baseline_on]").fill(day(60))
    form.get_by_text("What it is compared with", exact=True).click()
    form.locator("[name=compared_with]").fill("Two buildings without a bench")
    form.get_by_role("button", name=re.compile("Choose|Save")).click()
    expect(page.locator("article.indicator")).to_contain_text("Residents who stop for five minutes")

    page.get_by_role("link", name="Import readings").click()
    right = [
        "day,value,kind,source,comparison",
        f"{day(30)},4,counted,Tally sheet,",
        f"{day(20)},9,counted,Tally sheet,",
        f"{day(10)},15,counted,Tally sheet,",
        f"{day(10)},2,counted,Tally sheet next door,yes",
    ]
    wrong = [*right[:2], right[2].replace(",9,", ",nine,"), *right[3:]]
    page.locator("textarea[name=text]").fill("\n".join(wrong))
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("#preview-title")).to_contain_text("1 line is not right yet; nothing is imported")
    expect(page.locator("tr[data-state=wrong]")).to_have_count(1)
    assert not Reading.objects.exists()
    page.locator("textarea[name=text]").fill("\n".join(right))
    page.get_by_role("button", name="Look again").click()
    page.get_by_role("button", name="Import 4 readings").click()
    expect(page.locator("article.indicator .indicator__latest")).to_contain_text("15")
    assert Indicator.objects.get(project=project).readings.count() == 4
    expect(standing(page)).to_contain_text("compared")


def write_the_journal(page: Page, folder: Path) -> None:
    """Two entries; the first with a photo whose place and camera stay here."""
    photo = folder / "bench.jpg"
    photo.write_bytes(photo_of_a_phone())
    form = begin(page, "journal")
    write(form, "text", "The bench stands, and the lamp is lit.")
    with page.expect_file_chooser() as chooser:
        form.get_by_role("button", name="Add photos").click()
    chooser.value.set_files(photo)
    form.get_by_label("What the picture shows").fill("A bench beside the letterboxes, seen from the stairs")
    form.get_by_label("nobody can be recognised").check()
    form.get_by_role("button", name="Save").click()
    shown = page.locator("#journal").get_by_role("img", name="A bench beside the letterboxes, seen from the stairs")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("complete", value=True)
    assert shown.evaluate("picture => picture.naturalWidth") > 0
    kept = Attachment.objects.get()
    with private_storage().open(str(kept.file.name)) as file:
        body = file.read()
        file.seek(0)
        assert Image.open(file).format == "WEBP"
    assert not any(secret in body for secret in SECRETS)

    form = begin(page, "journal")
    write(form, "text", "One building thinks of taking the bench out again.")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("#journal .timeline")).to_contain_text("One building thinks of taking the bench out again.")


def keep_an_entry_to_the_team(page: Page, project: Project) -> None:
    entry = page.locator("#journal .timeline__item").filter(has_text="One building thinks")
    entry.get_by_role("link", name="Correct").click()
    entry.get_by_label("Who sees this").select_option("team")
    entry.get_by_role("button", name="Save").click()
    expect(page.locator("#journal .own-level")).to_contain_text("Only your team sees this")
    assert JournalEntry.objects.get(visibility="team").project == project

    page.get_by_text("See it as…").click()
    page.get_by_role("link", name="Partner city").click()
    expect(page.get_by_text("This is how a partner city sees it")).to_be_visible()
    expect(page.locator("#journal")).to_contain_text("The bench stands, and the lamp is lit.")
    expect(page.locator("main")).not_to_contain_text("One building thinks of taking the bench out again.")
    expect(page.get_by_role("link", name="Write in the journal")).to_have_count(0)
    page.get_by_role("link", name="Back to your own view").click()
    expect(page.locator("#journal")).to_contain_text("One building thinks of taking the bench out again.")


def stop_one_pilot(page: Page, project: Project) -> None:
    evening = page.locator("article.pilot").filter(has_text="A soup evening in the lobby")
    evening.get_by_role("link", name="Decide").click()
    page.get_by_label("Stop: and keep what was learned").check()
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("heading", name="The pilot stops")).to_be_visible()
    for question, told in (
        ("What did you hope for?", "That those come who never come down."),
        ("What happened instead?", "Three evenings, the same four people."),
        ("Why does it stop now?", "The hosts asked to stop."),
        ("What stays, or is worth keeping?", "A list of telephone numbers."),
        ("What would you tell a city that starts tomorrow?", "Begin with what needs no host."),
    ):
        page.get_by_label(question).fill(told)
    page.get_by_role("button", name="Stop it, and keep what was learned").click()
    expect(evening).to_contain_text("Stopped, with what was learned")
    expect(evening).to_contain_text("Begin with what needs no host.")
    assert Ending.objects.get().pilot == Pilot.objects.get(decision="stop")
    assert Pilot.objects.get(decision="").project == project


def find_it(page: Page, project: Project) -> None:
    """A city that works in French, by a French word for the topic of an English text."""
    page.goto("/projects/")
    page.locator("#explore-words").fill("vieillissement")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=TITLE).click()
    page.wait_for_url(f"**{project.get_absolute_url()}")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("main")).not_to_contain_text("One building thinks of taking the bench out again.")
    page.get_by_role("button", name="Suivre").click()
    expect(page.get_by_role("button", name="Vous suivez")).to_have_attribute("aria-pressed", "true")


def ask(page: Page) -> None:
    questions = section(page, "questions")
    questions.get_by_label("Votre question").fill("Qui porte le banc le soir ?")
    questions.get_by_role("button", name="Demander à l’équipe").click()
    expect(section(page, "questions")).to_contain_text("Qui porte le banc le soir ?")


def answer(page: Page) -> None:
    page.goto("/my-work/")
    page.locator(".waiting", has_text="Qui porte le banc").get_by_role("link", name="Answer").click()
    page.get_by_text("Answer in your team's name").click()
    page.get_by_label("Your answer").fill("Nobody: it stays where it is.")
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(".question__answers")).to_contain_text("Nobody: it stays where it is.")


def adapt_it(page: Page, source: Project) -> Project:
    page.goto(source.get_absolute_url())
    expect(section(page, "questions")).to_contain_text("Nobody: it stays where it is.")
    page.get_by_role("link", name="Adapter ce projet").click()
    page.get_by_label("Titre de votre projet").fill("Voisins de palier")
    page.get_by_label("Le problème chez vous").fill("On se croise sans se parler.")
    page.get_by_label("Pour qui").fill("Locataires âgés")
    page.get_by_label("Ce que vous gardez").fill("Le banc et l’heure fixe.")
    page.get_by_label("Ce que vous changez").fill("Le banc est dans la cour.")
    page.get_by_role("button", name="Commencer mon projet").click()
    page.get_by_role("button", name="Partager avec le réseau").click()
    expect(section(page, "adapted")).to_contain_text(TITLE)
    own = Project.objects.get(title="Voisins de palier")
    assert own.visibility == "network"
    return own


def tell_what_came_of_it(page: Page, own: Project) -> None:
    page.goto(own.get_absolute_url())
    section(page, "adapted").get_by_role("link", name="Dire ce que cela a donné").click()
    form = section(page, "adapted").locator("form")
    form.get_by_label("Ce que cela a donné").fill("Huit personnes s’assoient chaque mardi.")
    form.get_by_role("button", name="Enregistrer").click()
    expect(section(page, "adapted").locator("form")).to_have_count(0)
    expect(section(page, "adapted")).to_contain_text("Huit personnes s’assoient chaque mardi.")
    assert Adaptation.objects.get(project=own).came_of_it


def bring_the_earlier_text_back(page: Page, project: Project) -> None:
    page.get_by_role("link", name="Edit", exact=True).first.click()
    write(page, "approach", SHORTER)
    page.get_by_role("button", name="Save").click()
    expect(section(page, "phase").locator(".prose")).to_have_text(SHORTER)
    page.get_by_role("link", name="History").click()
    page.get_by_role("link", name="Bring the earlier text back").first.click()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_text("The earlier text is back.")).to_be_visible()
    expect(section(page, "phase")).to_contain_text(APPROACH)
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("Brought back an earlier text")).to_be_visible()
    project.refresh_from_db()
    assert APPROACH in project.approach
