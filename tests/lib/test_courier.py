"""The conversation with a mail server: the same whether it takes several commands at once or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail import EmailMessage
from pytest_django import Settings

from innoteams.lib.courier import Courier, NotTakenError, UnclearError
from tests.engagement.digest_scenes import free_port

TO = "ana@city.example"


class Server:
    """Keeps what it takes, and every command in the order it came; `mood` says what it answers instead, or “drop”."""

    def __init__(self, offers: str) -> None:
        self.offers, self.mood = offers, dict[str, str]()
        self.taken: list[Message] = []
        self.contents: list[bytes] = []
        self.options: list[str] = []
        self.heard: list[str] = []

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], *([f"250-{self.offers}"] if self.offers else []), *responses[1:]]

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.heard.append("mail")
        envelope.mail_from = address
        self.options = options
        return self._answer(server, "mail") or "250 fine"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.heard.append("rcpt")
        if answer := self._answer(server, "rcpt"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        self.heard.append("data")
        assert isinstance(envelope.content, bytes)
        answer = self._answer(server, "data")
        if not answer.startswith(("4", "5")):
            self.taken.append(message_from_bytes(envelope.content))
            self.contents.append(envelope.content)
        return answer or "250 taken"

    def _answer(self, server: SMTP, command: str) -> str:
        mood = self.mood.get(command, "")
        if mood == "drop":
            transport: Any = server.transport
            transport.abort()
        return mood


@contextmanager
def open_server(settings: Settings, offers: str) -> Iterator[Server]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    server = Server(offers)
    controller = Controller(server, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@pytest.fixture(params=["", "PIPELINING"])
def server(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Server]:
    with open_server(settings, request.param) as server:
        yield server


def letter(body: str = "Hello", to: str = TO) -> EmailMessage:
    return EmailMessage("News", body, "Portal <network@portal.example>", [to])


def send(courier: Courier, body: str = "Hello", **more: Any) -> None:
    courier.send(courier.pack(letter(body)), **more)


def test_what_was_written_arrives_as_it_was_also_lines_that_begin_with_a_dot(server: Server) -> None:
    body = ".\n..two\n.\r\nא city\n.QUIT\n"
    with Courier() as courier:
        send(courier, body)
        send(courier, "and another")

    assert [len(server.taken), server.heard] == [2, ["mail", "rcpt", "data"] * 2]
    payload = server.taken[0].get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode() == ".\r\n..two\r\n.\r\nא city\r\n.QUIT\r\n"


def test_letters_outside_ascii_are_announced_and_the_size_is(server: Server) -> None:
    with Courier() as courier:
        send(courier, "plain")
        assert "BODY=8BITMIME" not in [option.upper() for option in server.options]
        send(courier, "naïve")

    assert "BODY=8BITMIME" in [option.upper() for option in server.options]
    assert any(option.upper().startswith("SIZE=") for option in server.options)


@pytest.mark.parametrize("command", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("answer", ["451 later", "550 no", "421 closing"])
def test_a_refusal_at_any_step_is_not_taken_and_the_next_mail_goes_out(
    server: Server, command: str, answer: str
) -> None:
    with Courier() as courier:
        server.mood = {command: answer}
        with pytest.raises(NotTakenError):
            send(courier)
        server.mood = {}
        send(courier, "the next")

    assert [str(message.get_payload()).strip() for message in server.taken] == ["the next"]


@pytest.mark.parametrize("command", ["mail", "rcpt"])
def test_a_connection_that_breaks_before_the_message_leaves_it_not_taken(server: Server, command: str) -> None:
    with Courier() as courier:
        server.mood = {command: "drop"}
        with pytest.raises(NotTakenError):
            send(courier)

    assert server.taken == []


def test_a_connection_that_breaks_after_the_message_leaves_it_unclear(server: Server) -> None:
    with Courier() as courier:
        server.mood = {"data": "drop"}
        with pytest.raises(UnclearError):
            send(courier)
        server.mood = {}
        send(courier)

    assert len(server.taken) == 2


def test_what_may_be_done_meanwhile_is_done_once_between_the_message_and_its_answer(server: Server) -> None:
    done: list[str] = []
    with Courier() as courier:
        send(courier, meanwhile=lambda: done.append("first"))
        send(courier)
        server.mood = {"rcpt": "550 no"}
        with pytest.raises(NotTakenError):
            send(courier, meanwhile=lambda: done.append("refused"))

    assert done == ["first"]


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("ana@city.example", "ana@city.example"),
        ("Ana-M. Levi <ana+news@city.example>", "ana+news@city.example"),
        ('"Levi, Ana" <ana@city.example>', "ana@city.example"),
        ("=?utf-8?q?Zo=C3=AB?= <zoe@city.example>", "zoe@city.example"),
        ("Zoë <zoe@münchen.example>", "zoe@xn--mnchen-3ya.example"),
    ],
)
def test_the_server_is_told_the_address_alone(settings: Settings, written: str, named: str) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    assert Courier().pack(letter(to=written)).recipients == [named]


def test_what_is_no_address_is_not_packed(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    with pytest.raises(ValueError, match="address"):
        Courier().pack(letter(to="ana@city.example>"))


def test_an_address_cannot_begin_a_command(server: Server) -> None:
    with Courier() as courier, pytest.raises(ValueError, match=r"newline|Invalid address"):
        courier.send(courier.pack(letter(to="ana@city.example>\r\nRCPT TO:<else@city.example")))

    assert server.taken == []
