"""Mails: three templates, one language, nothing that can break out of a header."""

import datetime as dt
import email
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as outbox
from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.template import TemplateDoesNotExist
from pytest_django import Settings

from innoteams.accounts.models import User
from innoteams.lib import mail


@pytest.fixture
def trio(tmp_path: Path, settings: Settings) -> Path:
    """A mail “hello” whose templates a test may rewrite."""
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "hello.subject.txt").write_text("Hello {{ who }} & co\n")
    (folder / "hello.txt").write_text("{{ who }} wrote.\n\n\n\n{{ site_url }}/x?a=1&b=2\n")
    (folder / "hello.html").write_text(
        '<html lang="{{ language }}" dir="{{ direction }}"><head></head><body><p>{{ who }}</p></body></html>'
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    settings.SITE_URL = "https://portal.example"
    return folder


def parsed(message: EmailMultiAlternatives) -> EmailMessage:
    read = email.message_from_bytes(message.message().as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    return read


def html_of(message: EmailMultiAlternatives) -> str:
    content, _mime_type = message.alternatives[0]
    return str(content)


def test_a_mail_has_a_text_part_first_and_an_html_part_second(trio: Path) -> None:
    sent = mail.send("hello", "somebody@city.example", "en", {"who": "Ana"})

    assert [message.subject for message in outbox.outbox] == ["Hello Ana & co"]
    assert [part.get_content_type() for part in parsed(sent).walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_subject_and_text_are_not_escaped_and_html_is(trio: Path) -> None:
    sent = mail.build("hello", "somebody@city.example", "en", {"who": "Tom & <b>Ana</b>"})

    assert sent.subject == "Hello Tom & <b>Ana</b> & co"
    assert sent.body == "Tom & <b>Ana</b> wrote.\n\nhttps://portal.example/x?a=1&b=2\n"
    assert "Tom &amp; &lt;b&gt;Ana&lt;/b&gt;" in html_of(sent)


def test_the_sheet_is_written_into_the_elements_and_nothing_is_fetched(trio: Path) -> None:
    html = mail.render("hello", "en", {"who": "Ana"}).html

    assert "<body style=" in html
    assert "<link" not in html


@pytest.mark.parametrize(
    ("wanted", "got", "towards"),
    [("fr", "fr", "ltr"), ("fr-CA", "fr", "ltr"), ("he", "he", "rtl"), ("is", "en", "ltr"), ("", "en", "ltr")],
)
def test_the_language_is_the_recipients_or_else_an_offered_one(
    trio: Path, settings: Settings, wanted: str, got: str, towards: str
) -> None:
    settings.LANGUAGES = [("en", "English"), ("fr", "French"), ("he", "Hebrew")]

    sent = mail.build("hello", "somebody@city.example", wanted, {"who": "Ana"})

    assert parsed(sent)["Content-Language"] == got
    assert f'<html lang="{got}" dir="{towards}">' in html_of(sent)


def test_texts_are_translated_into_the_recipients_language_and_no_other_stays_active(trio: Path) -> None:
    (trio / "hello.txt").write_text("{% load i18n %}{% translate 'Monday' %}")

    assert mail.build("hello", "somebody@city.example", "fr", {}).body == "lundi\n"
    assert mail.build("hello", "somebody@city.example", "en", {}).body == "Monday\n"


def test_times_are_told_in_the_zone_given(trio: Path) -> None:
    (trio / "hello.txt").write_text("{{ at|date:'H:i' }}")
    at = dt.datetime(2026, 1, 5, 12, 0, tzinfo=ZoneInfo("UTC"))

    sent = mail.build("hello", "a@city.example", "en", {"at": at}, time_zone=ZoneInfo("Asia/Jerusalem"))

    assert sent.body == "14:00\n"


def test_a_person_is_addressed_by_name(trio: Path) -> None:
    person = User(name="Élise, of Mulhouse", email="elise@mulhouse.example")

    address = parsed(mail.build("hello", person, "en", {"who": "Ana"}))["To"].addresses[0]

    assert (address.display_name, address.addr_spec) == ("Élise, of Mulhouse", "elise@mulhouse.example")


def test_a_mail_can_go_to_two_people_with_replies_to_both(trio: Path) -> None:
    two = ["a@city.example", "b@city.example"]

    read = parsed(mail.build("hello", two, "en", {"who": "Ana"}, reply_to=two))

    assert [one.addr_spec for one in read["To"].addresses] == two
    assert [one.addr_spec for one in read["Reply-To"].addresses] == two


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_name_or_subject_with_a_line_break_begins_no_header(trio: Path, break_: str) -> None:
    evil = f"Ana{break_}Bcc: everybody@city.example"
    person = User(name=evil, email="ana@city.example")

    read = parsed(mail.build("hello", person, "en", {"who": evil}))

    assert read["Bcc"] is None
    assert [one.addr_spec for one in read["To"].addresses] == ["ana@city.example"]
    assert read["Subject"] == "Hello Ana Bcc: everybody@city.example & co"


@pytest.mark.parametrize(
    "address",
    [
        "a@city.example\nBcc: b@city.example",
        "a@city.example, b@city.example",
        "nobody",
        "a@b@c.example",
        "a @b.example",
    ],
)
def test_what_is_not_one_address_is_refused(trio: Path, address: str) -> None:
    with pytest.raises(BadHeaderError):
        mail.build("hello", User(name="A", email=address), "en", {"who": "Ana"})


def test_a_header_or_message_id_of_two_lines_is_refused(trio: Path) -> None:
    with pytest.raises(BadHeaderError):
        mail.build("hello", "a@city.example", "en", {"who": "A"}, headers={"X-One": "a\r\nBcc: b@city.example"})
    with pytest.raises(BadHeaderError):
        mail.build("hello", "a@city.example", "en", {"who": "A"}, message_id="<a@b>\r\nBcc: b@city.example")


def test_a_message_id_given_is_kept_and_one_made_comes_from_our_own_domain(trio: Path, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "innoteams <network@portal.example>"

    given = parsed(mail.build("hello", "a@city.example", "en", {"who": "A"}, message_id="<digest-7@portal.example>"))
    made = parsed(mail.build("hello", "a@city.example", "en", {"who": "A"}))

    assert given["Message-ID"] == "<digest-7@portal.example>"
    assert made["Message-ID"].endswith("@portal.example>")


def test_every_mail_says_that_a_machine_wrote_it(trio: Path) -> None:
    assert parsed(mail.build("hello", "a@city.example", "en", {"who": "A"}))["Auto-Submitted"] == "auto-generated"


def test_a_long_subject_ends_at_a_word(trio: Path) -> None:
    subject = mail.build("hello", "a@city.example", "en", {"who": "neighbour " * 40}).subject

    assert len(subject) <= mail.SUBJECT_LENGTH
    assert subject.endswith("neighbour…")


def test_a_mail_without_one_of_its_templates_is_not_sent(trio: Path) -> None:
    (trio / "hello.html").unlink()

    with pytest.raises(TemplateDoesNotExist):
        mail.send("hello", "a@city.example", "en", {"who": "Ana"})
    assert outbox.outbox == []
