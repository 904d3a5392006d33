"""Writing with the editor: in place and on a page of its own, by hand and by keyboard alone, and without a script."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from cities.querysets import today
from innoteams.lib.rich_text import plain
from projects.journal import write_journal
from projects.models import Project
from projects.records import change_project
from tests.browser import SignIn, Watch
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return make_cast()


@pytest.fixture
def project(people: Cast) -> Project:
    return people.projects["network"]


def editor(place: Page | Locator, name: str) -> Locator:
    """The editor of a field; waits until it has taken the textarea's place."""
    found = place.locator(f'[data-rich-for="{name}"]')
    expect(found).to_be_visible()
    return found


def tool(text: Locator, name: str) -> Locator:
    return text.page.locator(".rich").filter(has=text).get_by_role("button", name=name, exact=True)


def test_a_journal_entry_with_a_heading_a_list_and_a_link_is_written_in_place(
    people: Cast, project: Project, page_of: SignIn
) -> None:
    page = page_of(people.tel_aviv_member)
    page.goto(project.get_absolute_url())
    page.locator("#journal .part__head a").click()
    text = editor(page, "text")
    expect(text).to_be_focused()
    tool(text, "Heading").click()
    page.keyboard.type("First evening")
    page.keyboard.press("Enter")
    tool(text, "List").click()
    page.keyboard.type("Forty people came")
    page.keyboard.press("Enter")
    page.keyboard.type("They ask for ")
    tool(text, "Link").click()
    page.get_by_label("Where the link leads").fill("example.org/benches")
    page.keyboard.press("Enter")
    page.locator("#journal form").get_by_role("button", name="Save").click()

    entry = page.locator("#journal .timeline__text--entry")
    expect(entry.get_by_role("heading", name="First evening")).to_be_visible()
    expect(entry.get_by_role("listitem")).to_have_text(["Forty people came", "They ask for example.org/benches"])
    expect(entry.get_by_role("link")).to_have_attribute("href", "https://example.org/benches")

    page.locator("#journal .timeline").get_by_role("link", name="Correct").click()
    again = editor(page, "text")
    expect(again.get_by_role("listitem")).to_have_count(2)
    expect(again.get_by_role("heading")).to_have_text("First evening")


def test_the_page_form_keeps_what_was_written_with_form(people: Cast, project: Project, page_of: SignIn) -> None:
    page = page_of(people.tel_aviv_lead)
    page.goto(f"{project.get_absolute_url()}edit/")
    text = editor(page, "approach")
    text.click()
    tool(text, "Bold").click()
    page.keyboard.type("Twice a week")
    tool(text, "Bold").click()
    page.keyboard.type(" at the door")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#phase .prose strong")).to_have_text("Twice a week")
    project.refresh_from_db()
    assert project.approach == "<p><strong>Twice a week</strong> at the door</p>"
    assert project.version == 2
    page.goto(f"{project.get_absolute_url()}edit/")
    expect(editor(page, "approach").locator("strong")).to_have_text("Twice a week")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#phase .prose strong")).to_be_visible()
    project.refresh_from_db()
    assert project.version == 2


def test_everything_is_reached_by_keyboard(people: Cast, project: Project, page_of: SignIn) -> None:
    page = page_of(people.tel_aviv_lead)
    page.goto(f"{project.get_absolute_url()}journal/new/")
    text = editor(page, "text")
    text.focus()
    page.keyboard.press("Shift+Tab")
    expect(tool(text, "Bold")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(text).to_be_focused()
    expect(tool(text, "Italic")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("softly")
    page.keyboard.press("Control+i")
    page.keyboard.type(" and loud")
    expect(text.locator("em")).to_have_text("softly")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Where the link leads")).to_be_focused()
    page.keyboard.type("no address")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That is not an address")).to_be_visible()
    page.keyboard.press("Escape")
    expect(text).to_be_focused()
    # The Tab key leads on, out of the text.
    page.keyboard.press("Tab")
    expect(text).not_to_be_focused()


def test_what_is_refused_stays_in_the_editor_with_its_sentence(people: Cast, project: Project, page_of: SignIn) -> None:
    page = page_of(people.tel_aviv_lead)
    page.goto(project.get_absolute_url())
    page.locator("#pilots .part__head a").click()
    expect(page.get_by_label("Title")).to_be_focused()
    page.get_by_label("Title").fill("<script src=x>")
    editor(page, "hypothesis").fill("<script>alert(1)</script>")
    page.get_by_role("button", name="Start").click()
    again = editor(page, "hypothesis")
    expect(again).to_have_attribute("aria-invalid", "true")
    expect(again).to_have_text("<script>alert(1)</script>")
    expect(page.locator("#pilots .form__errors")).to_contain_text("code for a web page")
    page.locator("#pilots .form__errors a").last.click()
    expect(again).to_be_focused()
    expect(page.get_by_label("Title")).to_have_value("<script src=x>")
    assert not project.pilots.exists()


def test_two_who_write_at_once_keep_both_texts(people: Cast, project: Project, page_of: SignIn) -> None:
    page = page_of(people.tel_aviv_lead)
    page.goto(f"{project.get_absolute_url()}edit/")
    text = editor(page, "lesson")
    text.fill("Trees beat sails.")
    change_project(
        by=people.tel_aviv_member, project=project, version=1, lesson="<ul><li>Start with the school.</li></ul>"
    )
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".meanwhile")).to_contain_text("Start with the school.")
    expect(editor(page, "lesson")).to_have_text("Trees beat sails.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#learned")).to_contain_text("Trees beat sails.")


def test_a_text_kept_on_this_device_comes_back_into_the_editor(people: Cast, project: Project, page_of: SignIn) -> None:
    page = page_of(people.tel_aviv_lead)
    page.goto(f"{project.get_absolute_url()}edit/")
    text = editor(page, "approach")
    text.click()
    tool(text, "Numbered list").click()
    page.keyboard.type("Ask first")
    page.reload()
    expect(editor(page, "approach").locator("ol li")).to_have_text("Ask first")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#phase .prose ol li")).to_have_text("Ask first")


def test_letters_are_counted_as_they_are_seen(people: Cast, project: Project, page_of: SignIn) -> None:
    page = page_of(people.tel_aviv_lead)
    page.goto(f"{project.get_absolute_url()}journal/new/")
    text = editor(page, "text")
    text.click()
    page.keyboard.press("Control+b")
    page.keyboard.type("Ten people")
    expect(page.locator(".field__count").first).to_have_text("3,990 characters left")


def test_what_is_pasted_from_a_word_processor_keeps_its_form_and_loses_its_looks(
    people: Cast, project: Project, page_of: SignIn
) -> None:
    page = page_of(people.tel_aviv_lead)
    page.goto(f"{project.get_absolute_url()}journal/new/")
    text = editor(page, "text")
    text.click()
    pasted = (
        '<html><head><style>p{color:red}</style></head><body><h1 class="MsoTitle" style="color:red">Report</h1>'
        '<p class="MsoNormal" style="margin:0"><b>Bold</b> and <a href="javascript:alert(1)">odd</a>'
        '<o:p></o:p></p><p><span style="font-style:italic">leaning</span></p>'
        '<div onclick="alert(1)">A box</div></body></html>'
    )
    text.evaluate(
        """(place, html) => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            place.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        pasted,
    )
    expect(text.get_by_role("heading", name="Report")).to_be_visible()
    expect(text.locator("strong")).to_have_text("Bold")
    expect(text.locator("em")).to_have_text("leaning")
    expect(text.locator("a")).to_have_count(0)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#journal .timeline__text--entry")).to_contain_text("A box")
    assert not re.search("style|class|onclick", project.journal.get().text)


def test_hebrew_runs_from_right_to_left_while_it_is_typed(people: Cast, project: Project, page_of: SignIn) -> None:
    page = page_of(people.tel_aviv_lead)
    page.goto(f"{project.get_absolute_url()}journal/new/")
    text = editor(page, "text")
    text.fill("שלום לכולם")
    assert text.evaluate("place => place.matches(':dir(rtl)')")


def test_without_the_editor_a_text_is_plain_and_loses_nothing(
    people: Cast, project: Project, page_of: SignIn, watch: Watch
) -> None:
    simple = write_journal(by=people.tel_aviv_lead, project=project, happened_on=today(), text="One.\n\nTwo & three.")
    listed = write_journal(
        by=people.tel_aviv_lead, project=project, happened_on=today(), text="<ul><li>One</li><li>Two</li></ul>"
    )
    page = page_of(people.tel_aviv_lead)
    watch.tolerate("ERR_FAILED")
    page.route("**/editor*.js", lambda route: route.abort())
    page.goto(f"{project.get_absolute_url()}journal/{simple.pk}/")
    expect(page.locator("[name=text]")).to_have_value("One.\n\nTwo & three.")
    page.goto(f"{project.get_absolute_url()}journal/{listed.pk}/")
    expect(page.get_by_text("Write between the tags")).to_be_visible()
    before = listed.text
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#journal .timeline li li")).to_have_count(2)
    listed.refresh_from_db()
    assert listed.text == before
    assert plain(listed.text) == "One\nTwo"


def test_a_page_that_is_only_read_loads_no_editor(people: Cast, project: Project, page_of: SignIn) -> None:
    page = page_of(people.mulhouse_lead)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(project.get_absolute_url())
    expect(page.locator("#problem-title")).to_be_visible()
    assert not [url for url in asked if "rich-text" in url or "prose_editor" in url]
