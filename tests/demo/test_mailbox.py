"""The demo's mailbox: every mail as a page, sealed off, and only in demo mode."""

import os
from collections.abc import Iterator
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path

import pytest
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from innoteams import urls
from innoteams.demo import mailbox

urlpatterns = [path("mailbox/", include(mailbox.urlpatterns)), *urls.urlpatterns]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Iterator[Maildir]:
    settings.DEMO = True
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    box = Maildir(settings.MAILBOX_DIR)
    yield box
    box.close()


def put(folder: Maildir, subject: str = "Hello", to: str = "ana@city.example", html: str = "<p>Hello</p>") -> str:
    message = EmailMessage()
    message["Subject"], message["To"], message["From"] = subject, to, "network@portal.example"
    message["Date"] = "Sun, 22 Nov 2026 19:00:00 -0000"
    message.set_content("Hello in plain words")
    if html:
        message.add_alternative(f"<html><head></head><body>{html}</body></html>", subtype="html")
    return folder.add(message.as_bytes())


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_it_is_there_in_demo_mode_only(client: Client, folder: Maildir, settings: Settings) -> None:
    key = put(folder)
    settings.DEMO = False

    for address in ("/mailbox/", f"/mailbox/{key}/", f"/mailbox/{key}/html/"):
        assert client.get(address).status_code == 404


def test_an_empty_mailbox_and_a_missing_folder_say_what_will_come(client: Client, folder: Maildir) -> None:
    assert "No mail was sent yet" in page(client, "/mailbox/")


def test_mails_are_listed_newest_first_and_the_page_says_that_all_may_read_them(
    client: Client, folder: Maildir, settings: Settings
) -> None:
    for number, subject in enumerate(("Older", "Newer")):
        file = Path(settings.MAILBOX_DIR) / "new" / put(folder, subject)
        os.utime(file, (1_700_000_000 + number, 1_700_000_000 + number))

    shown = page(client, "/mailbox/")

    assert shown.index("Newer") < shown.index("Older")
    assert "everybody may read all of them" in shown


def test_mails_can_be_filtered_by_recipient(client: Client, folder: Maildir) -> None:
    put(folder, "For Ana", "Ana <ana@city.example>")
    put(folder, "For Ben", "ben@city.example")

    shown = page(client, "/mailbox/?to=ana@city.example")

    assert "For Ana" in shown
    assert "For Ben" not in shown
    assert '<option value="ben@city.example">' in shown
    assert "No mail to this address" in page(client, "/mailbox/?to=nobody@city.example")


def test_a_mail_is_shown_with_its_headers_its_text_and_its_page_side_by_side(client: Client, folder: Maildir) -> None:
    key = put(folder)

    shown = page(client, f"/mailbox/{key}/")

    assert "Hello in plain words" in shown
    assert "network@portal.example" in shown
    assert f'src="/mailbox/{key}/html/" sandbox="allow-popups allow-popups-to-escape-sandbox"' in shown


def test_the_page_of_a_mail_is_sealed_off(client: Client, folder: Maildir) -> None:
    key = put(folder, html="<script>alert(1)</script><img src=https://elsewhere.example/x.png>")

    response = client.get(f"/mailbox/{key}/html/")

    policy = response.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert "img-src data:" in policy


def test_a_mail_without_a_page_shows_its_text(client: Client, folder: Maildir) -> None:
    key = put(folder, html="")

    assert "<iframe" not in page(client, f"/mailbox/{key}/")
    assert client.get(f"/mailbox/{key}/html/").status_code == 404


def test_a_broken_mail_is_still_listed(client: Client, folder: Maildir, settings: Settings) -> None:
    folder.add(b"To: =?utf-8?b?broken\nSubject: caf\xe9 =?utf-8?q?=FF?=\nDate: yesterday\n\n\xff\xfe")

    page(client, "/mailbox/")


@pytest.mark.parametrize("key", ["nothing", "..", "%2e%2e", "a:b"])
def test_what_is_no_mail_is_not_found(client: Client, folder: Maildir, key: str) -> None:
    put(folder)

    assert client.get(f"/mailbox/{key}/").status_code == 404
