"""What the digest tests share: things that happen, digests on their way, and a mail server that misbehaves."""

import asyncio
import datetime as dt
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone
from pytest_django import Settings

from cities.models import Topic
from engagement.choices import Stream
from engagement.digests import tick
from engagement.digests.building import build
from engagement.digests.delivery import clock_from, deliver
from engagement.models import Digest, DigestPreference, Question
from innoteams.accounts.models import User
from projects.choices import Verb
from projects.models import Activity, Project
from tests.cast import make_person

DAY = dt.timedelta(days=1)


def happen(project: Project, verb: Verb = Verb.PROJECT_SHARED, *, days_ago: float = 1, **parts: object) -> Activity:
    activity = Activity.objects.create(project=project, verb=verb, actor=project.created_by, **parts)
    Activity.objects.filter(pk=activity.pk).update(at=timezone.now() - days_ago * DAY)
    activity.refresh_from_db()
    return activity


def ask(by: User, text: str = "Who has tried this?", *, topics: tuple[Topic, ...] = (), **fields: object) -> Question:
    question = Question.objects.create(author=by, text=text, **fields)
    question.topics.set(topics)
    return question


def prefer(person: User, **fields: object) -> DigestPreference:
    """A habit from long ago."""
    values = {"changed_at": timezone.now() - 100 * DAY, **fields}
    return DigestPreference.objects.update_or_create(person=person, stream=Stream.NETWORK, defaults=values)[0]


def only(*people: User) -> None:
    """Nobody else of the cast gets a digest."""
    User.objects.exclude(pk__in=[person.pk for person in people]).update(welcomed_at=None)


def plan_and_build(now: dt.datetime | None = None, stream: str = Stream.NETWORK) -> list[int]:
    now = now or timezone.now()
    return build(tick.prepare(now, [stream]).planned, now)


def run(now: dt.datetime | None = None, stream: str = Stream.NETWORK) -> Counter[str]:
    """A whole tick of one stream in this process."""
    now = now or timezone.now()
    waiting = tick.prepare(now, [stream])
    return deliver(waiting.built + build(waiting.planned, now), clock_from(now))


def digest_of(person: User, stream: str = Stream.NETWORK) -> Digest:
    """The person's newest."""
    newest: Digest = Digest.objects.filter(person=person, stream=stream).latest("due_at", "pk")
    return newest


def make_readers(number: int) -> list[User]:
    return [make_person(f"Reader {place}") for place in range(number)]


@dataclass
class Sink:
    """Takes mail; `mood` says by address what to do instead. What was taken is kept, whoever was told so."""

    taken: list[EmailMessage] = field(default_factory=list)
    mood: dict[str, str] = field(default_factory=dict)
    port: int = 0
    reached: threading.Event = field(default_factory=threading.Event)
    connections: int = 0

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        mood = self.mood.get(address, "")
        if mood == "hang at the recipient":
            await self._hang()
        if mood == "drop at the recipient":
            _drop(server)
        if mood.startswith(("4", "5")):
            return mood
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        mood = self.mood.get(envelope.rcpt_tos[0], "")
        if mood.startswith("data "):
            return mood.removeprefix("data ")
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        if mood == "drop after the data":
            _drop(server)
        if mood == "hang after the data":
            await self._hang()
        return "250 taken"

    async def _hang(self) -> None:
        self.reached.set()
        await asyncio.sleep(30)

    def words(self, person: User) -> str:
        """All that the person was sent, decoded: subjects, texts and pages."""
        parts = []
        for message in self.taken:
            if person.email in str(message["To"]):
                bodies = (message.get_body((kind,)) for kind in ("plain", "html"))
                parts += [str(message["Subject"]), *(str(body.get_content()) for body in bodies if body)]
        return "\n".join(parts)

    def count(self, person: User) -> int:
        return sum(person.email in str(message["To"]) for message in self.taken)

    def of(self, person: User) -> EmailMessage:
        [message] = [message for message in self.taken if person.email in str(message["To"])]
        return message


def _drop(server: SMTP) -> None:
    transport: Any = server.transport
    transport.abort()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def open_sink() -> Iterator[Sink]:
    sink = Sink()
    sink.port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@contextmanager
def sink_of(settings: Settings) -> Iterator[Sink]:
    """A mail server, and the portal set to it."""
    with open_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield sink
