"""Without a mail server no mail is lost: it is a file that any mail program reads."""

import mailbox
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from pytest_django import Settings


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    return tmp_path / "mailbox"


def send(subject: str) -> None:
    message = EmailMultiAlternatives(subject, "Words", to=["Somebody <somebody@city.example>"], bcc=["b@city.example"])
    message.attach_alternative("<p>Words</p>", "text/html")
    get_connection("innoteams.lib.maildir.MaildirBackend").send_messages([message])


def test_each_message_is_a_file_with_both_its_parts_and_everybody_it_went_to(folder: Path) -> None:
    send("Première lettre")
    send("Second letter")
    kept = list(mailbox.Maildir(folder))
    assert len(kept) == 2
    assert {part.get_content_type() for part in kept[0].walk()} >= {"text/plain", "text/html"}
    assert kept[0]["X-RcptTo"] == "Somebody <somebody@city.example>, b@city.example"


def test_only_the_owner_of_the_folder_reads_it(folder: Path) -> None:
    send("Private")
    assert folder.stat().st_mode & 0o077 == 0
