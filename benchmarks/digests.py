"""Digests: planned, chosen, written, recorded and sent to many people; beside it what the parts cost on their own.

Limits measured in the same run: choosing and writing without any record, and the mail server's own rate for the same
messages over one connection.
"""

import random
import smtplib
import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.mail_server import mail_server
from engagement.digests import network, tick
from engagement.digests.building import build
from engagement.digests.delivery import deliver, message_of
from engagement.digests.preferences import preferences_of
from engagement.models import Digest
from innoteams.accounts.models import User
from projects.choices import Phase, Verb
from projects.models import Activity, Project, ProjectTopic
from tests.cast import join, make_city, make_person, make_team, make_topic

T = TypeVar("T")
WORDS = [f"word{number}" for number in range(4000)]


def main(people: int, projects: int) -> None:
    connection.creation.create_test_db(verbosity=0)
    try:
        with mail_server() as port:
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
            settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
            settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
            make_network(people, projects)
            measure(people)
    finally:
        connection.creation.destroy_test_db(str(settings.DATABASES["default"]["NAME"]), verbosity=0)


def measure(people: int) -> None:
    now = timezone.now()
    print(f"{people} recipients, {Project.objects.count()} projects with news\n")
    waiting, seconds, queries = timed(lambda: tick.prepare(now))
    report("plan", people, seconds, queries)

    planned = list(Digest.objects.select_related("person").filter(pk__in=waiting.planned))
    batches = list(tick.batches(planned_pks := [digest.pk for digest in planned]))
    _, limit, queries = timed(lambda: sum(_compose(planned, batch) for batch in batches))
    report("choose and write, nothing recorded (limit)", people, limit, queries)
    _, seconds, queries = timed(lambda: [build(batch, now) for batch in batches])
    report("build: choose, write, record", people, seconds, queries, limit)
    print(f"    {queries / len(batches):.0f} SQL a batch of {tick.BATCH}\n")

    own = raw_rate(planned_pks[: min(300, people)])
    _, seconds, queries = timed(lambda: deliver(planned_pks, timezone.now, patience=float("inf")))
    report("deliver: claim, look again, send, settle", people, seconds, queries, people / own)
    print(f"    the mail server's own rate, one connection: {own:.0f}/s")
    states = Digest.objects.order_by().values_list("state", flat=True)
    print(f"    all sent: {set(states) == {'sent'}}")


def _compose(planned: list[Digest], batch: list[int]) -> int:
    wanted = set(batch)
    digests = [digest for digest in planned if digest.pk in wanted]
    people = [digest.person_id for digest in digests]
    return len(
        network.compose(
            digests, preferences_of(people), dict.fromkeys(people, "https://portal.example/digests/stop/key/")
        )
    )


def timed(work: Callable[[], T]) -> tuple[T, float, int]:
    with CaptureQueriesContext(connection) as queries:
        started = time.perf_counter()
        result = work()
        seconds = time.perf_counter() - started
    return result, seconds, len(queries)


def report(what: str, people: int, seconds: float, queries: int, limit: float | None = None) -> None:
    beside = f", {limit / seconds:.0%} of the limit" if limit else ""
    print(f"{what}: {seconds * 1000 / people:.2f} s per 1,000, {people / seconds:.0f}/s, {queries} SQL{beside}")


# --- A network ----------------------------------------------------------------------------------------------------


def make_network(people: int, projects: int) -> None:
    chance = random.Random(7)
    topics = [make_topic(f"topic-{number}") for number in range(40)]
    teams = [make_team(make_city(country=chance.choice(["FR", "US", "IL", "CO"]))) for _ in range(100)]
    rows = [
        Project(
            slug=f"bench-{number}",
            team=chance.choice(teams),
            title=" ".join(chance.choices(WORDS, k=6)),
            problem=" ".join(chance.choices(WORDS, k=60)),
            for_whom="Residents",
            phase=chance.choice(Phase.values),
            visibility="network",
        )
        for number in range(projects)
    ]
    made = Project.objects.bulk_create(rows)
    ProjectTopic.objects.bulk_create(
        ProjectTopic(project=project, topic=topic, rank=rank)
        for project in made
        for rank, topic in enumerate(chance.sample(topics, 2), start=1)
    )
    Activity.objects.bulk_create(
        Activity(project=project, verb=verb) for project in made for verb in (Verb.PROJECT_SHARED, Verb.JOURNAL_ADDED)
    )
    for number in range(people):
        join(chance.choice(teams), make_person(language="fr" if number % 2 else "en", timezone="Europe/Paris"))
    User.objects.filter(memberships=None).delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def raw_rate(pks: list[int]) -> float:
    """Messages a second that the server takes over one connection, already built."""
    digests = Digest.objects.select_related("person").filter(pk__in=pks)
    mails = [(digest.person.email, _as_sent(message_of(digest, "key"))) for digest in digests]
    with smtplib.SMTP(str(settings.EMAIL_HOST), settings.EMAIL_PORT) as server:
        started = time.perf_counter()
        for address, mail in mails:
            server.sendmail("network@portal.example", [address], mail)
        return len(mails) / (time.perf_counter() - started)


def _as_sent(message: EmailMessage) -> bytes:
    return message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own class
