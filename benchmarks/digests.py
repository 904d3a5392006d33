"""Digests: planned, chosen, written, recorded and sent to many people; beside it what could be done at best.

Limits measured in the same run, in turns: choosing and writing without sight, reasons or record (digest_limit), and the
mail server's own rate for the same messages over one connection.
"""

import datetime as dt
import os
import random
import resource
import smtplib
import time
from collections.abc import Callable
from statistics import median
from typing import Any, TypeVar

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, connections
from django.utils import timezone

from benchmarks.digest_limit import write_alike, write_all
from benchmarks.mail_server import mail_server
from engagement.choices import Stream
from engagement.digests import tick
from engagement.digests.building import build
from engagement.digests.delivery import deliver, message_of
from engagement.models import Digest, DigestItem
from innoteams.accounts.models import User
from innoteams.lib.memory import settle
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
    waiting, seconds, queries = timed(lambda: tick.prepare(now, [Stream.NETWORK]))
    report("plan", people, seconds, queries)
    batches = list(tick.batches(waiting.planned))
    # Both as in a worker that has been there for a while: templates cast, catalogues read, memory settled.
    build(batches[0][:50], now)
    write_all(50)
    write_alike(50)
    anew(now)
    settle()
    limits = [timed(lambda: write_all(min(people, 1000)))[1] * max(1.0, people / 1000) for _turn in range(2)]
    _, built, queries = timed(lambda: [build(batch, now) for batch in batches])
    limits.append(timed(lambda: write_all(min(people, 1000)))[1] * max(1.0, people / 1000))
    limit = median(limits)
    report("choose and write at best, nothing recorded (limit)", people, limit, 2)
    report("build: choose, write, record", people, built, queries, limit / built)
    alike = timed(lambda: write_alike(min(people, 500)))[1] * people / min(people, 500)
    print(f"    the portal's own templates, filled for every reader, nothing recorded: {people / alike:.0f}/s")
    print(f"    {queries / len(batches):.0f} SQL a batch of {tick.BATCH}; at most {peak()} MiB in this process")

    anew(now)
    two = in_two_processes(batches, lambda batch: build(batch, now))
    print(f"    two workers: {people / two:.0f}/s, {built / two:.2f} times one\n")

    own = [raw_rate(waiting.planned[: min(500, people)])]
    _, seconds, queries = timed(lambda: deliver(waiting.planned[: people // 2], timezone.now, patience=float("inf")))
    own.append(raw_rate(waiting.planned[: min(500, people)]))
    rate = median(own)
    report("deliver: look, claim, send, settle", people // 2, seconds, queries, people / 2 / seconds / rate)
    print(f"    {queries / (people // 2):.2f} SQL a mail; the mail server's own rate, one connection: {rate:.0f}/s")
    rest = waiting.planned[people // 2 :]
    both = in_two_processes(list(tick.batches(rest, 50)), lambda batch: deliver(batch, timezone.now))
    print(f"    two workers: {len(rest) / both:.0f}/s, {len(rest) / both / (people / 2 / seconds):.2f} times one")
    states = Digest.objects.order_by().values_list("state", flat=True)
    print(f"    all sent: {set(states) == {'sent'}}; at most {peak()} MiB in this process")


def anew(now: dt.datetime) -> None:
    """As planned, to be built once more."""
    DigestItem.objects.all().delete()
    Digest.objects.update(state="planned", html_body="", text_body="")


def in_two_processes(batches: list[list[int]], work: Callable[[list[int]], object]) -> float:
    """Seconds until both are done; each takes every second batch."""
    connections.close_all()
    started = time.perf_counter()
    children = []
    for first in (0, 1):
        pid = os.fork()
        if pid == 0:
            try:
                for batch in batches[first::2]:
                    work(batch)
            finally:
                os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    return time.perf_counter() - started


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def timed(work: Callable[[], T]) -> tuple[T, float, int]:
    """What it gave, in how many seconds and statements. Counted, not kept: to keep what was said of every row would
    cost more than to say it. A COPY is none of the statements counted."""
    count = 0

    def one_more(execute: Callable[..., Any], *words: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*words)

    with connection.execute_wrapper(one_more):
        started = time.perf_counter()
        result = work()
        seconds = time.perf_counter() - started
    return result, seconds, count


def report(what: str, people: int, seconds: float, queries: int, share: float | None = None) -> None:
    beside = f", {share:.0%} of the limit" if share else ""
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
