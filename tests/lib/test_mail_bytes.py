"""A mail as bytes: what Django itself would write, only sooner."""

import datetime as dt
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.core.mail import EmailMessage as EmailMessageOfDjango
from hypothesis import given
from hypothesis import strategies as st

from innoteams.lib import mail, mail_bytes

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3
LONG = "<p>" + "Städte lernen voneinander. " * 60 + "</p>"
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"))


def message_with(
    *, subject: str = "News", name: str = "Ana", text: str = "Hello", html: str = "<p>Hello</p>", **more: Any
) -> EmailMultiAlternatives:
    class Person:
        email = "ana@city.example"

    Person.name = name  # type: ignore[attr-defined]  # of this message alone
    rendered = mail.Rendered(subject, text, html, "en", more.pop("pictures", None))
    headers = {"List-Unsubscribe": "<https://portal.example/digests/stop/" + "k" * 40 + "/>, <mailto:a@b.example>"}
    return mail.assemble(rendered, Person(), headers=headers, message_id="<one@portal.example>", **more)  # type: ignore[arg-type]  # as above


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def parts_of(content: bytes) -> list[tuple[str, Any]]:
    return [(part.get_content_type(), part.get_content()) for part in read(content).walk() if not part.is_multipart()]


def headers_of(content: bytes) -> list[bytes]:
    """As they stand there, but for the day and the name of the boundary."""
    head = re.sub(rb';\s+boundary="[^"]*"', b"", content.partition(b"\r\n\r\n")[0])
    return [line for line in head.split(b"\r\n") if not line.startswith(b"Date:")]


def check(message: EmailMultiAlternatives) -> None:
    wanted = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own class
    found = mail_bytes.as_bytes(message)
    assert parts_of(found) == parts_of(wanted)
    assert headers_of(found) == headers_of(wanted)
    assert [part.defects for part in read(found).walk() if part.defects] == []
    assert found.endswith(b"\r\n")
    lines = found.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= mail_bytes.LONGEST_LINE


@given(subject=WORDS, name=WORDS, text=WORDS, html=WORDS, repeated=st.integers(1, 200))
def test_whatever_is_in_a_mail_it_reads_as_django_would_have_written_it(
    subject: str, name: str, text: str, html: str, repeated: int
) -> None:
    check(message_with(subject=subject, name=name, text=text, html=html * repeated))


@pytest.mark.parametrize(
    "html", [LONG, LONG + "\n.\n..\n.end\n", "From the network\n.\n", "<p>שלום</p>" * 300, "", "a \t\n b\n\n"]
)
def test_long_lines_dots_and_other_letters_arrive(html: str) -> None:
    check(message_with(html=html))


def test_line_ends_of_any_kind_become_those_of_smtp() -> None:
    content = mail_bytes.as_bytes(message_with(text="one\rtwo\r\nthree\n", html=LONG + "\r\n<p>end</p>\r"))

    assert content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n")
    assert parts_of(content)[0][1].splitlines() == ["one", "two", "three"]


def test_pictures_and_an_invitation_go_along() -> None:
    check(message_with(pictures={"chart@digest": PNG}, html=LONG))
    event = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    content = mail_bytes.as_bytes(message_with(calendar=mail.CalendarPart("REQUEST", event)))
    kinds = [kind for kind, _body in parts_of(content)]
    assert kinds == ["text/plain", "text/html", "text/calendar", "application/ics"]
    assert parts_of(content)[-1][1] == event


def test_a_mail_within_a_mail_goes_along() -> None:
    message = message_with()
    message.attach(
        "forwarded.eml", EmailMessageOfDjango("Inside", "What it said", to=["b@city.example"]), "message/rfc822"
    )

    [inside] = [part for part in read(mail_bytes.as_bytes(message)).walk() if part["Subject"] == "Inside"]
    assert str(inside.get_payload()).strip() == "What it said"


def test_a_header_that_would_break_out_of_its_line_is_refused() -> None:
    message = message_with()
    message.extra_headers["List-Id"] = "one\nBcc: everybody@city.example"

    with pytest.raises(BadHeaderError):
        mail_bytes.as_bytes(message)


def test_no_two_parts_share_a_boundary() -> None:
    content = mail_bytes.as_bytes(message_with(pictures={"chart@digest": PNG}))

    boundaries = re.findall(rb'boundary="([^"]+)"', content)
    assert len(set(boundaries)) == len(boundaries) == 2
    assert dt.datetime.strptime(read(content)["Date"], "%a, %d %b %Y %H:%M:%S %z")
