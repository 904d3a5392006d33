"""Writing a project down in a real browser: in a minute, and nothing typed is lost whatever breaks."""

import time

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from innoteams.accounts.models import User
from projects.models import Project
from tests.browser import SignIn, Watch, sign_in
from tests.cast import Cast, make_cast, make_project, make_topic

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "Shade on the way to school"
KEPT = "() => Object.keys(localStorage).filter((key) => key.startsWith('kept:'))"


@pytest.fixture
def people() -> Cast:
    cast = make_cast()
    heat = make_topic("urban-heat", "environment")
    heat.names = {"en": "Urban heat", "fr": "Chaleur en ville", "he": "חום עירוני"}
    heat.keywords = ["shade", "canicule"]
    heat.save()
    for slug in ("school-streets", "public-space"):
        make_topic(slug, "mobility")
    return cast


def state(page: Page) -> str:
    return page.locator("[data-draft-state]").inner_text()


def says(page: Page, text: str) -> None:
    expect(page.locator("[data-draft-state]")).to_contain_text(text, timeout=15_000)


def begin(page: Page, title: str = TITLE, problem: str = "Children walk in the sun at noon.") -> None:
    page.goto("/projects/new/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("The problem").fill(problem)


def sign_in_by_hand(page: Page, person: User) -> None:
    page.locator("[name=login]").fill(person.email)
    page.locator("[name=password]").fill("a-long-test-password")
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_first_version_takes_five_fields_and_less_than_a_minute(people: Cast, page_of: SignIn) -> None:
    page = page_of(people.tel_aviv_lead)
    page.goto("/projects/new/")
    begun = time.monotonic()
    asked = page.locator("form[data-draft] .field:visible, form[data-draft] fieldset.field:visible")
    assert asked.count() == 5
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("The problem").fill("Children walk in the sun at noon. Parents drive them instead.")
    page.get_by_label("For whom").fill("Children under twelve")
    page.get_by_role("combobox").fill("canic")
    page.keyboard.press("Enter")
    page.get_by_label("Generate ideas").check()
    page.get_by_role("button", name="Log the project").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    assert time.monotonic() - begun < 60
    project = Project.objects.get(title=TITLE)
    assert (project.phase, project.visibility) == ("generate", "team")
    assert [ranked.topic.slug for ranked in project.ranked_topics.all()] == ["urban-heat"]
    expect(page.get_by_text("in 2 cities then")).to_be_visible()


def test_without_a_connection_the_text_stays_and_is_saved_by_itself_afterwards(
    people: Cast, page_of: SignIn, watch: Watch
) -> None:
    watch.tolerate("ERR_INTERNET_DISCONNECTED")
    page = page_of(people.tel_aviv_lead)
    begin(page)
    says(page, "Saved at")
    page.context.set_offline(True)
    page.get_by_label("The problem").fill("Written in the underground.")
    says(page, "No connection")
    page.context.set_offline(False)
    says(page, "Saved at")
    assert Project.objects.get(title=TITLE).problem == "Written in the underground."
    assert page.evaluate(KEPT) == []


def test_a_session_that_ended_while_typing_costs_nothing(people: Cast, page_of: SignIn, watch: Watch) -> None:
    lead = people.tel_aviv_lead
    lead.set_password("a-long-test-password")
    lead.save()
    page = page_of(lead)
    begin(page)
    says(page, "Saved at")
    Session.objects.all().delete()
    page.get_by_label("The problem").fill("Typed after the session ended.")
    says(page, "signed out")
    page.get_by_label("For whom").fill("Children")
    page.get_by_role("combobox").fill("heat")
    page.keyboard.press("Enter")
    # Even pressing the button only leads to the sign-in page; the text waits on this device.
    page.get_by_role("button", name="Log the project").click()
    sign_in_by_hand(page, lead)
    expect(page.get_by_label("The problem")).to_have_value("Typed after the session ended.")
    expect(page.get_by_text("Brought back what you typed before")).to_be_visible()
    says(page, "Saved at")
    project = Project.objects.get(title=TITLE)
    assert project.problem == "Typed after the session ended."


def test_signing_in_again_in_another_window_lets_the_first_one_go_on(
    people: Cast, page_of: SignIn, live_portal: str, watch: Watch
) -> None:
    watch.tolerate("403")
    lead = people.tel_aviv_lead
    lead.set_password("a-long-test-password")
    lead.save()
    page = page_of(lead)
    begin(page)
    says(page, "Saved at")
    Session.objects.all().delete()
    other = page.context.new_page()
    other.goto("/accounts/login/")
    sign_in_by_hand(other, lead)
    expect(other.locator("#sign-out")).to_be_attached()
    page.get_by_label("The problem").fill("The first window goes on.")
    says(page, "Saved at")
    assert Project.objects.get(title=TITLE).problem == "The first window goes on."


def test_a_window_that_was_closed_in_the_middle_comes_back(people: Cast, page_of: SignIn, watch: Watch) -> None:
    watch.tolerate("ERR_INTERNET_DISCONNECTED")
    page = page_of(people.tel_aviv_lead)
    begin(page)
    says(page, "Saved at")
    page.context.set_offline(True)
    page.get_by_label("For whom").fill("Children under twelve")
    page.get_by_label("Prepare to deliver").check()
    page.close()
    page = page.context.new_page()
    page.context.set_offline(False)
    page.goto("/projects/new/")
    expect(page.get_by_label("For whom")).to_have_value("Children under twelve")
    expect(page.get_by_label("Prepare to deliver")).to_be_checked()
    says(page, "Saved at")
    assert Project.objects.filter(title=TITLE).count() == 1


def test_what_the_server_has_is_offered_to_be_finished_on_any_device(people: Cast, page_of: SignIn) -> None:
    page = page_of(people.tel_aviv_lead)
    begin(page)
    says(page, "Saved at")
    page.evaluate("localStorage.clear()")
    page.goto("/projects/new/")
    expect(page.get_by_label("Title")).to_have_value("")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_label("Title")).to_have_value(TITLE)
    page.get_by_label("For whom").fill("Children")
    page.get_by_role("combobox").fill("חום")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Log the project").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    assert Project.objects.filter(title=TITLE).count() == 1


def test_pressing_twice_logs_once(people: Cast, page_of: SignIn) -> None:
    page = page_of(people.tel_aviv_lead)
    begin(page)
    page.get_by_label("For whom").fill("Children")
    page.get_by_role("combobox").fill("heat")
    page.keyboard.press("Enter")
    answers = page.evaluate(
        """() => {
            const form = document.querySelector("form[data-draft]");
            const send = () => fetch(form.action, { method: "POST", body: new FormData(form) });
            return Promise.all([send(), send(), send()]).then((all) => all.map(({ url }) => new URL(url).pathname));
        }"""
    )
    assert len(set(answers)) == 1
    assert Project.objects.filter(title=TITLE).count() == 1


def test_two_windows_with_different_drafts_leave_each_other_alone(people: Cast, page_of: SignIn, watch: Watch) -> None:
    watch.tolerate("ERR_INTERNET_DISCONNECTED")
    first = page_of(people.tel_aviv_lead)
    begin(first, "First draft")
    first.context.set_offline(True)
    first.get_by_label("For whom").fill("Only here")
    says(first, "No connection")
    first.context.set_offline(False)
    second = first.context.new_page()
    second.goto("/projects/new/")
    expect(second.get_by_label("Title")).to_have_value("")
    begin(second, "Second draft", "Another thing.")
    says(second, "Saved at")
    says(first, "Saved at")
    assert {
        project.title for project in Project.objects.filter(created_by=people.tel_aviv_lead, draft_key__isnull=False)
    } == {
        "First draft",
        "Second draft",
    }
    expect(first.get_by_label("Title")).to_have_value("First draft")


def test_somebody_else_on_the_same_device_does_not_see_what_was_typed(
    people: Cast, page_of: SignIn, live_portal: str, watch: Watch
) -> None:
    watch.tolerate("ERR_INTERNET_DISCONNECTED")
    page = page_of(people.tel_aviv_lead)
    begin(page)
    page.context.set_offline(True)
    page.get_by_label("The problem").fill("A private thought.")
    says(page, "No connection")
    # Left behind while there is no connection: else the page sends what it kept, and the answer to the first person's
    # ended session takes the second one's cookie away.
    page.goto("about:blank")
    page.context.set_offline(False)
    Session.objects.all().delete()
    sign_in(page, live_portal, people.tel_aviv_member)
    page.goto("/projects/new/")
    expect(page.get_by_label("Title")).to_have_value("")
    assert "A private thought." not in page.content()
    # Back to the first person: it is still there.
    sign_in(page, live_portal, people.tel_aviv_lead)
    page.goto("/projects/new/")
    expect(page.get_by_label("The problem")).to_have_value("A private thought.")


def test_signing_out_leaves_nothing_on_the_device(people: Cast, page_of: SignIn, watch: Watch) -> None:
    watch.tolerate("ERR_INTERNET_DISCONNECTED")
    page = page_of(people.tel_aviv_lead)
    begin(page)
    page.context.set_offline(True)
    page.get_by_label("The problem").fill("A private thought.")
    says(page, "No connection")
    assert page.evaluate(KEPT)
    page.context.set_offline(False)
    page.locator(".masthead summary").first.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state()
    assert page.evaluate(KEPT) == []


def test_the_long_form_survives_an_ended_session_and_a_closed_window(
    people: Cast, page_of: SignIn, live_portal: str
) -> None:
    page = page_of(people.tel_aviv_lead)
    url = f"{people.projects['network'].get_absolute_url()}edit/"
    page.goto(f"{url}?open=takes#id_staff_time")
    expect(page.locator("#id_staff_time")).to_be_focused()
    page.locator("#id_staff_time").fill("Two people, one day a week")
    page.locator("#id_cost_band").select_option("under_10k")
    Session.objects.all().delete()
    page.locator("form.form--record").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[name=login]")).to_be_visible()
    page.close()
    page = page.context.new_page()
    sign_in(page, live_portal, people.tel_aviv_lead)
    page.goto(url)
    expect(page.locator("#id_staff_time")).to_have_value("Two people, one day a week")
    expect(page.locator("#id_cost_band")).to_have_value("under_10k")
    page.locator("form.form--record").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#fit")).to_contain_text("Two people, one day a week")
    assert page.evaluate(KEPT) == []


def test_a_point_is_set_on_the_map_by_press_and_by_key(people: Cast, page_of: SignIn) -> None:
    page = page_of(people.mulhouse_lead)
    User.objects.filter(pk=people.mulhouse_lead.pk).update(language="en")
    project = make_project(people.mulhouse, topics=(people.topic,))
    page.goto(f"{project.get_absolute_url()}edit/?open=where#id_latitude")
    page.get_by_role("button", name="Choose on a map").click()
    canvas = page.locator("[data-point-map]")
    expect(canvas.locator(".point__km").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#id_latitude")).to_have_value("47.750")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowUp")
    expect(page.locator("#id_latitude")).to_have_value("47.780")
    expect(page.locator("[data-point-state]")).to_contain_text("3.3 km from the centre")
    box = canvas.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2)
    expect(page.locator("#id_longitude")).not_to_have_value("7.340")
    page.locator("form.form--record").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".where")).to_contain_text("of the centre")
    assert Project.objects.get(pk=project.pk).has_point


def test_topics_are_chosen_ranked_and_reordered_with_the_keyboard_alone(people: Cast, page_of: SignIn) -> None:
    page = page_of(people.tel_aviv_lead)
    page.goto("/projects/new/")
    field = page.get_by_role("combobox", name="Topics")
    field.focus()
    for words in ("חום", "school", "public"):
        page.keyboard.type(words)
        page.keyboard.press("Enter")
    chosen = page.locator(".topics-field__one > span")
    expect(chosen).to_have_text(["Urban heat", "School Streets", "Public Space"])
    expect(field).to_be_disabled()
    page.get_by_role("button", name="Move up: Public Space").press("Enter")
    expect(chosen).to_have_text(["Urban heat", "Public Space", "School Streets"])
    page.get_by_role("button", name="Remove: Urban heat").press("Enter")
    expect(field).to_be_focused()
    page.keyboard.type("public")
    # Chosen already: it is not offered a second time.
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("Escape")
    values = page.evaluate("() => [...document.querySelectorAll('[data-topics] select')].map((list) => list.value)")
    assert values == ["public-space", "school-streets", ""]
