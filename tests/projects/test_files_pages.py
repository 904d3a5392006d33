"""The pages and addresses of photos and files, as a browser meets them."""

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation
from PIL import Image
from playwright.sync_api import Page
from pytest_django import DjangoAssertNumQueries

from innoteams.accounts.models import User
from innoteams.lib.rich_text import plain
from projects.attachments import attach
from projects.evidence import choose_indicator
from projects.journal import write_journal
from projects.models import Attachment, JournalEntry, Project
from projects.readings import add_reading
from tests.browser import SignIn
from tests.cast import Cast
from tests.projects.files import PDF, archive, photo_of_a_phone, sent

DAY = dt.date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _language_of_the_run() -> Iterator[None]:
    """A reader's French ends with the test."""
    yield
    translation.deactivate()


@pytest.fixture
def project(cast: Cast) -> Project:
    return cast.projects["network"]


@pytest.fixture
def lead(cast: Cast) -> Client:
    return client_of(cast.tel_aviv_lead)


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def photo(cast: Cast, project: Project, **more: Any) -> Attachment:
    said = {"alt": "Forty people in the square", "consent": "given", "credit": "Noa Levi", **more}
    return attach(by=cast.tel_aviv_lead, project=project, upload=sent(photo_of_a_phone(1200, 900)), **said)


def entry_with(*files: Mapping[str, object], **more: object) -> dict[str, object]:
    """What a browser sends for the journal form."""
    data: dict[str, object] = {
        "text": "Forty came to the first lunch.",
        "happened_on": "2026-05-01",
        "language": "he",
        "files-TOTAL_FORMS": str(len(files)),
        "files-INITIAL_FORMS": "0",
        **more,
    }
    for number, file in enumerate(files):
        data |= {f"files-{number}-{name}": value for name, value in file.items()}
    return data


def a_photo(**more: object) -> dict[str, object]:
    return {"file": sent(photo_of_a_phone()), "alt": "A long table", "consent": "given", **more}


def kept_token(response: Any, number: int = 0) -> str:
    found = re.search(rf'name="files-{number}-kept" value="([^"]+)"', response.content.decode())
    return found.group(1) if found else ""


# --- a journal entry with photos ------------------------------------------------------------------------------------


def test_a_journal_entry_and_its_photos_are_saved_in_one_step(lead: Client, project: Project) -> None:
    plan = {"file": sent(PDF, "plan.pdf"), "consent": "nobody"}
    response = lead.post(reverse("journal_add", args=[project.slug]), entry_with(a_photo(), plan))
    assert response.status_code == 302
    entry = JournalEntry.objects.get()
    assert [(file.name, file.alt) for file in entry.attachments.all()] == [
        ("photo.webp", "A long table"),
        ("plan.pdf", ""),
    ]
    page = lead.get(project.get_absolute_url()).content.decode()
    assert 'alt="A long table"' in page
    assert "plan.pdf" in page


def test_an_entry_without_files_is_saved_as_ever(lead: Client, project: Project) -> None:
    empty = {"file": "", "alt": "", "credit": ""}
    for data in (entry_with(empty), {"text": "Forty.", "happened_on": "2026-05-01", "language": "he"}):
        assert lead.post(reverse("journal_add", args=[project.slug]), data).status_code == 302
    assert JournalEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (lambda: sent(archive(a_dot_txt=b"a"), "holiday.jpg"), "holiday.jpg: This is an archive"),
        (lambda: sent(photo_of_a_phone() + b"\0" * (50 * 1024 * 1024), "huge.jpg"), "huge.jpg: This picture has 50.0"),
        (lambda: sent(b"", "nothing.jpg"), "nothing.jpg: The submitted file is empty"),
        (lambda: sent(b"<svg onload='x'/>", "logo.svg"), "logo.svg: Web pages and SVG"),
    ],
)
def test_a_file_that_is_not_taken_is_named_and_all_else_stays(
    lead: Client, project: Project, upload: Callable[[], SimpleUploadedFile], sentence: str
) -> None:
    response = lead.post(
        reverse("journal_add", args=[project.slug]), entry_with(a_photo(), a_photo(file=upload(), alt="The other one"))
    )
    page = response.content.decode().replace("\xa0", " ")
    assert response.status_code == 200
    assert sentence in page
    assert "Forty came to the first lunch." in page
    assert 'value="The other one"' in page
    assert not JournalEntry.objects.exists()
    assert not Attachment.objects.exists()
    # The first one was fine and need not be chosen again; the other has to be.
    assert "is kept; it need not be chosen again" in page
    assert kept_token(response, 0)
    assert not kept_token(response, 1)


def test_what_was_kept_is_taken_up_when_the_form_is_sent_again(lead: Client, project: Project) -> None:
    url = reverse("journal_add", args=[project.slug])
    refused = lead.post(url, entry_with(a_photo(), text=""))
    again: dict[str, object] = {"kept": kept_token(refused), "alt": "A long table", "consent": "given"}
    assert lead.post(url, entry_with(again)).status_code == 302
    file = Attachment.objects.get()
    assert (file.name, file.width) == ("photo.webp", 640)
    # It found its place, so the same form sent once more has nothing to take up.
    assert lead.post(url, entry_with(again)).status_code == 200


def test_what_was_kept_can_be_left_out(lead: Client, project: Project) -> None:
    url = reverse("journal_add", args=[project.slug])
    token = kept_token(lead.post(url, entry_with(a_photo(alt=""))))
    assert lead.post(url, entry_with({"kept": token, "leave_out": "on"})).status_code == 302
    assert JournalEntry.objects.exists()
    assert not Attachment.objects.exists()


def test_nobody_takes_up_what_somebody_else_left_waiting(cast: Cast, lead: Client, project: Project) -> None:
    url = reverse("journal_add", args=[project.slug])
    token = kept_token(lead.post(url, entry_with(a_photo(), text="")))
    stolen: dict[str, object] = {"kept": token, "alt": "Mine now", "consent": "given"}
    response = client_of(cast.tel_aviv_member).post(url, entry_with(stolen))
    assert "Please choose it again" in response.content.decode()
    assert not Attachment.objects.exists()


def test_a_photo_asks_for_its_description_and_for_consent_at_the_field(lead: Client, project: Project) -> None:
    response = lead.post(reverse("journal_add", args=[project.slug]), entry_with(a_photo(alt="", consent="")))
    page = response.content.decode()
    assert "Say what the picture shows" in page
    assert "Say whether people can be recognised" in page


def test_a_description_without_a_photo_is_asked_about(lead: Client, project: Project) -> None:
    response = lead.post(reverse("journal_add", args=[project.slug]), entry_with({"alt": "A long table"}))
    assert "Choose the file that this is about." in response.content.decode()


def test_a_day_ahead_keeps_the_photos_too(lead: Client, project: Project) -> None:
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=3)).date().isoformat()
    response = lead.post(reverse("journal_add", args=[project.slug]), entry_with(a_photo(), happened_on=tomorrow))
    assert "still ahead" in response.content.decode()
    assert kept_token(response)


def test_somebody_elses_save_in_between_keeps_the_photos_too(cast: Cast, lead: Client, project: Project) -> None:
    entry = write_journal(by=cast.tel_aviv_lead, project=project, happened_on=DAY, text="Forty.")
    JournalEntry.objects.filter(pk=entry.pk).update(version=2, text="Fifty.")
    url = reverse("journal_change", args=[project.slug, entry.pk])
    response = lead.post(url, entry_with(a_photo(), version="1"))
    assert "Fifty" in response.content.decode()
    again: dict[str, object] = {"kept": kept_token(response), "alt": "A long table", "consent": "given"}
    assert lead.post(url, entry_with(again, version="2")).status_code == 302
    entry.refresh_from_db()
    assert (plain(entry.text), entry.attachments.count()) == ("Forty came to the first lunch.", 1)


# --- files of the project and evidence ------------------------------------------------------------------------------


def test_a_plan_is_added_to_the_project(lead: Client, project: Project) -> None:
    response = lead.post(
        reverse("attachment_add", args=[project.slug]), {"file": sent(PDF, "plan.pdf"), "consent": "nobody"}
    )
    assert response["Location"] == f"{project.get_absolute_url()}#files"
    page = lead.get(project.get_absolute_url()).content.decode()
    assert re.search(r"plan\.pdf</bdi></a> <span class=\"note\">PDF · 69", page)


def test_adding_nothing_is_asked_about(lead: Client, project: Project) -> None:
    response = lead.post(reverse("attachment_add", args=[project.slug]), {})
    assert "Choose a photo or a file." in response.content.decode()


def test_the_evidence_of_a_reading_stands_beside_its_source(cast: Cast, lead: Client, project: Project) -> None:
    indicator = choose_indicator(by=cast.tel_aviv_lead, project=project, name="Visits", unit="people")
    reading = add_reading(by=cast.tel_aviv_lead, indicator=indicator, value=Decimal(40), read_on=DAY, source="Count")
    url = reverse("reading_file_add", args=[project.slug, reading.pk])
    lead.post(url, {"file": sent(b"day;visits\n1;40\n", "count.csv"), "consent": "nobody"})
    assert reading.attachments.get().name == "count.csv"
    assert "count.csv" in client_of(cast.mulhouse_lead).get(project.get_absolute_url()).content.decode()


def test_only_levels_narrower_than_the_projects_are_offered(cast: Cast, lead: Client) -> None:
    page = lead.get(reverse("attachment_add", args=[cast.projects["programme"].slug])).content.decode()
    assert re.findall(r'<option value="(\w*)"', page.partition("visibility")[2]) == ["", "team"]


def test_what_is_said_of_a_photo_is_changed_on_its_page(cast: Cast, lead: Client, project: Project) -> None:
    kept = photo(cast, project)
    url = reverse("attachment_change", args=[project.slug, kept.pk])
    assert 'value="Forty people in the square"' in lead.get(url).content.decode()
    data = {"alt": "The square", "consent": "nobody", "credit": "", "visibility": "team", "version": "1"}
    assert lead.post(url, data).status_code == 302
    kept.refresh_from_db()
    assert (kept.alt, kept.visibility, kept.version) == ("The square", "team", 2)
    assert lead.post(url, {**data, "alt": "Mine"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_removed_photo_is_gone_from_the_page_and_from_its_address(cast: Cast, lead: Client, project: Project) -> None:
    kept = photo(cast, project)
    url = reverse("attachment_remove", args=[project.slug, kept.pk])
    assert "deleted for good" in lead.get(url).content.decode()
    assert Attachment.objects.exists()
    assert lead.post(url).status_code == 302
    assert lead.get(kept.get_absolute_url()).status_code == 404
    assert lead.get(url).status_code == 404


def test_thirty_photos_cost_no_more_questions_than_one(
    cast: Cast, project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader = client_of(cast.mulhouse_lead)
    kept = photo(cast, project)
    entry = write_journal(by=cast.tel_aviv_lead, project=project, happened_on=DAY, text="Forty.")
    with count_of_queries() as one:
        reader.get(project.get_absolute_url())
    for number in range(30):
        kept.pk = None
        kept.journal_entry = entry if number % 2 else None
        kept.save()
    with django_assert_num_queries(len(one)):
        reader.get(project.get_absolute_url())


def count_of_queries() -> Any:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)


# --- handing out ----------------------------------------------------------------------------------------------------


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_picture_comes_with_headers_that_let_nothing_run_and_nobody_else_keep_it(
    cast: Cast, project: Project
) -> None:
    kept = photo(cast, project)
    response = client_of(cast.mulhouse_lead).get(kept.get_absolute_url())
    assert Image.open(io.BytesIO(body_of(response))).size == (1200, 900)
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["Content-Disposition"] == 'inline; filename="photo.webp"'
    assert int(response["Content-Length"]) == kept.size


def test_a_document_is_downloaded_under_its_own_name_in_any_alphabet(cast: Cast, project: Project) -> None:
    kept = attach(by=cast.tel_aviv_lead, project=project, upload=sent(PDF, "תוכנית.pdf"), consent="nobody")
    response = client_of(cast.mulhouse_lead).get(kept.get_absolute_url())
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%D7%AA")
    assert body_of(response) == PDF


def test_a_browser_that_has_it_is_told_so_after_the_check(cast: Cast, project: Project) -> None:
    kept = photo(cast, project)
    reader = client_of(cast.mulhouse_lead)
    first = reader.get(kept.get_absolute_url())
    again = reader.get(kept.get_absolute_url(), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, body_of(again), again["Cache-Control"]) == (304, b"", "private, no-cache")
    since = reader.get(kept.get_absolute_url(), headers={"if-modified-since": first["Last-Modified"]})
    assert since.status_code == 304
    Project.objects.filter(pk=project.pk).update(visibility="team")
    gone = reader.get(kept.get_absolute_url(), headers={"if-none-match": first["ETag"]})
    assert gone.status_code == 404


def test_the_head_alone_may_be_asked_for_and_nothing_may_be_posted(cast: Cast, project: Project) -> None:
    kept = photo(cast, project)
    reader = client_of(cast.mulhouse_lead)
    response = reader.head(kept.get_absolute_url())
    assert (response.status_code, int(response["Content-Length"])) == (200, kept.size)
    assert reader.post(kept.get_absolute_url()).status_code == 405


def test_narrowing_closes_every_address_at_once(cast: Cast) -> None:
    project = cast.projects["public"]
    kept = photo(cast, project)
    visitor = Client()
    addresses = [kept.get_absolute_url(), reverse("attachment_width", args=[kept.pk, 480])]
    assert [visitor.get(address).status_code for address in addresses] == [200, 200]
    Attachment.objects.filter(pk=kept.pk).update(visibility="network")
    assert [visitor.get(address).status_code for address in addresses] == [404, 404]
    assert "Forty people" not in visitor.get(project.get_absolute_url()).content.decode()


@override_settings(SENDFILE_BACKEND="django_sendfile.backends.nginx")
def test_a_web_server_in_front_is_given_the_place_and_not_the_bytes(cast: Cast, project: Project) -> None:
    from django_sendfile.utils import _get_sendfile  # type: ignore[import-untyped]  # it ships no types

    kept = photo(cast, project)
    _get_sendfile.cache_clear()
    try:
        response = client_of(cast.mulhouse_lead).get(kept.get_absolute_url())
    finally:
        _get_sendfile.cache_clear()
    assert response["X-Accel-Redirect"] == f"/private-files/{kept.file.name}"
    assert response["Content-Type"] == "image/webp"
    assert body_of(response) == b""


def test_a_file_that_is_lost_from_the_disk_is_not_found_and_breaks_no_page(cast: Cast, project: Project) -> None:
    kept = photo(cast, project)
    kept.file.storage.delete(str(kept.file.name))
    reader = client_of(cast.mulhouse_lead)
    assert reader.get(kept.get_absolute_url()).status_code == 404
    assert reader.get(project.get_absolute_url()).status_code == 200


# --- by hand --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_person_with_a_phone_writes_an_entry_with_two_photos(cast: Cast, page_of: SignIn, tmp_path: Any) -> None:
    project = cast.projects["network"]
    photos = [tmp_path / "IMG_2041.jpg", tmp_path / "IMG_2042.jpg"]
    for path in photos:
        path.write_bytes(photo_of_a_phone(4032, 3024, orientation=6))
    page = page_of(cast.tel_aviv_lead)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(project.get_absolute_url())
    page.get_by_role("link", name="Write in the journal").first.click()
    page.locator('[data-rich-for="text"]').fill("Forty came to the first lunch.")
    choose(page, *photos)
    for number, alt in enumerate(("A long table", "The cook")):
        one = page.locator("[data-new-file]").nth(number)
        one.get_by_label("What the picture shows").fill(alt)
        one.get_by_label("everybody who can be recognised agreed").check()
    assert page.locator("[data-new-file] canvas").count() == 2
    page.get_by_role("button", name="Save").click()
    page.get_by_role("img", name="The cook").wait_for(timeout=60_000)
    files = Attachment.objects.all()
    assert [(file.name, file.width, file.height) for file in files] == [
        ("IMG_2041.webp", 1800, 2400),
        ("IMG_2042.webp", 1800, 2400),
    ]
    for file in files:
        with file.file.open() as stored:
            assert b"Exif" not in stored.read()


@pytest.mark.django_db(transaction=True)
def test_in_the_browser_too_an_accepted_photo_outlives_a_mistake(cast: Cast, page_of: SignIn, tmp_path: Any) -> None:
    project = cast.projects["network"]
    photo, trick = tmp_path / "table.jpg", tmp_path / "trick.pdf"
    photo.write_bytes(photo_of_a_phone())
    trick.write_bytes(b"MZ" + b"\0" * 500)
    page = page_of(cast.tel_aviv_lead)
    page.goto(reverse("journal_add", args=[project.slug]))
    page.locator('[data-rich-for="text"]').fill("Forty came to the first lunch.")
    choose(page, photo)
    choose(page, trick, button="Add files")
    page.locator("[data-new-file]").nth(0).get_by_label("What the picture shows").fill("A long table")
    for number in range(2):
        page.locator("[data-new-file]").nth(number).get_by_label("nobody can be recognised").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("trick.pdf: This file seems to be of the kind EXE").wait_for()
    assert page.get_by_text("is kept; it need not be chosen again").is_visible()
    page.locator("[data-new-file]").nth(1).get_by_label("nobody can be recognised").is_checked()
    page.locator("[data-new-file]").nth(1).get_by_role("button", name="Leave it out").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("img", name="A long table").wait_for()
    assert Attachment.objects.get().name == "table.webp"


def choose(page: Page, *paths: Any, button: str = "Add photos") -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button).click()
    chooser.value.set_files(list(paths))


def test_a_files_own_level_is_marked_for_those_who_write(
    client: Client, cast: Cast, lead: Client, project: Project
) -> None:
    entry = write_journal(by=cast.tel_aviv_lead, project=project, happened_on=DAY, text="Forty.")
    indicator = choose_indicator(by=cast.tel_aviv_lead, project=project, name="Visits", unit="people")
    reading = add_reading(by=cast.tel_aviv_lead, indicator=indicator, value=Decimal(4), read_on=DAY, source="s")
    for of in ({}, {"journal_entry": entry}, {"reading": reading}):
        attach(by=cast.tel_aviv_lead, project=project, upload=sent(PDF), consent="nobody", visibility="programme", **of)
    mark = "Only your team, its coach and its coordinators see this"
    assert lead.get(project.get_absolute_url()).content.decode().count(mark) == 3
    client.force_login(cast.coordinator)
    assert mark not in client.get(project.get_absolute_url()).content.decode()


def test_a_file_offers_the_same_levels_in_the_same_words_as_every_part(lead: Client, project: Project) -> None:
    for name in ("attachment_add", "journal_add"):
        page = lead.get(reverse(name, args=[project.slug])).content.decode()
        assert "As the project (Network)" in page
        assert "Your team, its coach and its coordinators" in page


def test_a_form_sent_without_the_level_leaves_the_file_as_narrow_as_it_is(
    cast: Cast, lead: Client, project: Project
) -> None:
    kept = attach(by=cast.tel_aviv_lead, project=project, upload=sent(PDF), consent="nobody", visibility="team")
    sent_data = {"consent": "nobody", "credit": "Noa", "version": "1"}
    assert lead.post(reverse("attachment_change", args=[project.slug, kept.pk]), sent_data).status_code == 302
    kept.refresh_from_db()
    assert (kept.credit, kept.visibility) == ("Noa", "team")
