"""At most once and nothing lost, with a real mail server that takes, refuses, hangs and drops, and workers that die."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from kombu import Connection
from pytest_django import Settings

from engagement.choices import Cadence, DigestState, Stream
from engagement.digests import ledger, tick, unsubscribe
from engagement.digests.building import build
from engagement.digests.delivery import clock_from, deliver
from engagement.digests.network.rendering import render
from engagement.models import Digest, DigestItem
from innoteams.accounts.models import User
from innoteams.lib.mail import Rendered
from projects.choices import Visibility
from projects.models import Project
from tests.access.table import plant_all
from tests.cast import Cast, make_project, make_team
from tests.engagement.digest_scenes import (
    DAY,
    Sink,
    digest_of,
    happen,
    make_readers,
    only,
    plan_and_build,
    prefer,
    run,
    sink_of,
)

pytestmark = pytest.mark.django_db

SENT, BUILT, FAILED, UNKNOWN = DigestState.SENT, DigestState.BUILT, DigestState.FAILED, DigestState.UNKNOWN


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with sink_of(settings) as sink:
        yield sink


@pytest.fixture
def news(cast: Cast) -> Project:
    """Something that everybody but Tel Aviv's own team is told."""
    happen(cast.projects["network"])
    return cast.projects["network"]


@pytest.fixture
def reader(cast: Cast, news: Project) -> User:
    only(cast.mulhouse_lead)
    return cast.mulhouse_lead


def state(person: User) -> str:
    return str(digest_of(person).state)


# --- What is sent -------------------------------------------------------------------------------------------------


def test_a_digest_goes_out_with_all_its_headers_and_is_noted_as_sent(sink: Sink, reader: User) -> None:
    assert run() == {SENT: 1}

    digest, message = digest_of(reader), sink.of(reader)
    key = unsubscribe.keys_for([reader.pk])[reader.pk]
    assert message["Message-ID"] == digest.message_id
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"<http://localhost:8000/digests/stop/{key}/>, <mailto:" in message["List-Unsubscribe"]
    assert message["List-Id"].endswith("<network-digest.innoteams.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert [step["to"] for step in digest.trail] == ["planned", "built", "claimed", "sent"]
    assert digest.sent_at is not None


def test_all_mails_of_a_batch_share_one_connection(sink: Sink, cast: Cast, news: Project) -> None:
    only(*make_readers(5))

    assert run() == {SENT: 5}
    assert sink.connections == 1


def test_the_tick_run_again_sends_nothing_again(sink: Sink, reader: User) -> None:
    run()

    assert run() == {}
    assert sink.count(reader) == 1


def test_with_nothing_new_no_mail_is_sent(sink: Sink, cast: Cast) -> None:
    run()

    assert sink.taken == []
    assert state(cast.mulhouse_lead) == DigestState.EMPTY


# --- What is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mood", ["451 later", "550 nobody of that name", "data 451 later", "data 552 too much"])
def test_a_refusal_is_tried_again_after_a_while_with_the_same_message_id(sink: Sink, reader: User, mood: str) -> None:
    sink.mood[reader.email] = mood
    now = timezone.now()

    assert run(now) == {BUILT: 1}
    digest = digest_of(reader)
    assert now + dt.timedelta(minutes=3) < (digest.next_attempt_at or now) < now + dt.timedelta(minutes=7)
    assert run(now + dt.timedelta(minutes=2)) == {}

    sink.mood.clear()
    assert run(now + dt.timedelta(minutes=8)) == {SENT: 1}
    assert sink.of(reader)["Message-ID"] == digest.message_id


def test_after_so_many_refusals_it_fails_and_what_it_held_comes_back_in_the_next(sink: Sink, reader: User) -> None:
    prefer(reader, cadence=Cadence.DAILY)
    sink.mood[reader.email] = "550 nobody of that name"
    now = timezone.now()
    for _attempt in range(ledger.MOST_ATTEMPTS):
        # At one moment: an hour later the next day's digest might be due.
        run(now)
        Digest.objects.update(next_attempt_at=None)

    assert state(reader) == FAILED
    sink.mood.clear()
    assert run(now + DAY) == {SENT: 1}
    assert "Tel Aviv at level network" in sink.words(reader)


def test_where_no_mail_server_answers_everything_waits_and_no_attempt_is_spent(
    sink: Sink, reader: User, settings: Settings
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    now = timezone.now()

    assert run(now) == {}
    assert (state(reader), digest_of(reader).attempts) == (BUILT, 0)

    settings.EMAIL_PORT = port
    assert run(now + dt.timedelta(minutes=7)) == {SENT: 1}


def test_a_refused_mail_does_not_hold_up_the_others(sink: Sink, cast: Cast, news: Project) -> None:
    readers = make_readers(4)
    only(*readers)
    sink.mood[readers[1].email] = "550 nobody"
    sink.mood[readers[2].email] = "421 too busy"

    assert run() == {SENT: 2, BUILT: 2}


def test_an_address_that_is_none_fails_and_does_not_hold_up_the_others(sink: Sink, cast: Cast, news: Project) -> None:
    readers = make_readers(2)
    only(*readers)
    User.objects.filter(pk=readers[0].pk).update(email="not an address")

    assert run() == {FAILED: 1, SENT: 1}


# --- What nobody knows --------------------------------------------------------------------------------------------


def test_a_connection_dropped_after_the_data_leaves_it_unknown_and_never_sent_again_by_itself(
    sink: Sink, reader: User
) -> None:
    prefer(reader, cadence=Cadence.DAILY)
    sink.mood[reader.email] = "drop after the data"
    now = timezone.now()

    assert run(now) == {UNKNOWN: 1}
    sink.mood.clear()
    assert run(now + dt.timedelta(hours=1)) in ({}, {SENT: 1})
    assert Digest.objects.filter(state=UNKNOWN).count() == 1
    assert sink.count(reader) == 1 + Digest.objects.filter(state=SENT).count()


def test_what_an_unknown_one_held_comes_back_in_the_next(sink: Sink, reader: User, news: Project) -> None:
    prefer(reader, cadence=Cadence.DAILY)
    sink.mood[reader.email] = "drop after the data"
    now = timezone.now()
    run(now)
    sink.mood.clear()

    run(now + DAY)

    assert state(reader) == SENT
    assert digest_of(reader).items.filter(project=news, rank=1).exists()


def test_a_connection_dropped_before_the_data_is_a_refusal(sink: Sink, reader: User) -> None:
    sink.mood[reader.email] = "drop at the recipient"

    assert run() == {BUILT: 1}


def test_after_a_dropped_connection_the_next_mail_gets_a_new_one(sink: Sink, cast: Cast, news: Project) -> None:
    readers = make_readers(3)
    only(*readers)
    sink.mood[readers[0].email] = "drop after the data"

    assert run() == {UNKNOWN: 1, SENT: 2}
    assert sink.connections == 2


# --- Looked at once more ------------------------------------------------------------------------------------------


def test_a_project_narrowed_between_writing_and_sending_is_not_mailed(sink: Sink, cast: Cast, reader: User) -> None:
    other = make_project(make_team(), title="Still for everybody")
    happen(other)
    plan_and_build()
    assert "Tel Aviv at level network" in digest_of(reader).text_body
    Project.objects.filter(pk=cast.projects["network"].pk).update(visibility=Visibility.TEAM)

    assert run() == {SENT: 1}

    assert "Still for everybody" in sink.words(reader)
    assert "Tel Aviv at level network" not in sink.words(reader)
    assert [step["why"] for step in digest_of(reader).trail if step["to"] == "planned"] == ["", "narrowed"]


def test_a_project_deleted_between_writing_and_sending_is_not_mailed(sink: Sink, reader: User, news: Project) -> None:
    plan_and_build()
    news.activity.all().delete()
    Project.objects.filter(pk=news.pk).delete()

    run()

    assert sink.taken == []
    assert state(reader) == DigestState.EMPTY


def test_a_coordinator_who_left_before_the_sending_is_not_told_of_the_programme(sink: Sink, cast: Cast) -> None:
    only(cast.coordinator)
    happen(cast.projects["programme"])
    plan_and_build()
    cast.coordinator.coordinations.update(ends_on=timezone.now().date())

    run()

    assert sink.taken == []


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        (lambda person: User.objects.filter(pk=person.pk).update(is_active=False), "inactive"),
        (lambda person: prefer(person, cadence=Cadence.OFF), "stopped"),
        (lambda person: prefer(person, paused_until=timezone.now().date() + 5 * DAY), "paused"),
    ],
)
def test_who_left_stopped_or_paused_before_the_sending_gets_none(
    sink: Sink, reader: User, meanwhile: Callable[[User], object], reason: str
) -> None:
    plan_and_build()
    meanwhile(reader)

    run()

    assert sink.taken == []
    assert (state(reader), digest_of(reader).reason) == (DigestState.SKIPPED, reason)


def test_a_revoked_key_is_replaced_before_the_sending(sink: Sink, reader: User) -> None:
    plan_and_build()
    unsubscribe.revoke(by=reader)

    run()

    new = unsubscribe.keys_for([reader.pk])[reader.pk]
    assert new in str(sink.of(reader)["List-Unsubscribe"])
    assert new in sink.words(reader)


def test_nothing_planted_to_be_found_by_leaks_is_in_any_mail(sink: Sink, cast: Cast) -> None:
    canaries = plant_all(cast)
    for project in Project.objects.all():
        happen(project)
    User.objects.update(welcomed_at=timezone.now())
    run()

    for kind in ("stranger", "mulhouse_lead", "coach", "coordinator", "other_coordinator", "administrator"):
        person = cast.person(kind)
        assert isinstance(person, User)
        for message in [message for message in sink.taken if person.email in str(message["To"])]:
            leaked = [
                canary.word for canary in canaries if canary.hidden_from(kind) and canary.word in message.as_string()
            ]
            assert leaked == [], kind


# --- The ledger ---------------------------------------------------------------------------------------------------


def test_a_digest_that_cannot_be_written_fails_alone(
    sink: Sink, cast: Cast, news: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = make_readers(4)
    only(*readers)

    def breaking(digest: Digest, *rest: Any) -> Rendered:
        if digest.person_id == readers[2].pk:
            raise ZeroDivisionError
        return render(digest, *rest)

    monkeypatch.setattr("engagement.digests.network.composing.render", breaking)

    assert run() == {SENT: 3}
    assert (state(readers[2]), digest_of(readers[2]).reason) == (FAILED, "cannot_be_written")


def test_no_state_is_left_by_a_move_that_is_not_in_the_table(reader: User) -> None:
    plan_and_build()
    digest = digest_of(reader)

    with pytest.raises(ValueError, match="does not go from built to empty"):
        ledger.note(digest, DigestState.EMPTY, by="a test", now=timezone.now())


def test_only_one_of_two_claims_is_won(reader: User) -> None:
    [pk] = plan_and_build()
    mine, other = Digest.objects.get(pk=pk), Digest.objects.get(pk=pk)

    assert ledger.claim(mine, timezone.now())
    assert not ledger.claim(other, timezone.now())


def test_a_claim_that_ran_out_is_unknown_but_its_worker_may_still_say_that_it_was_sent(reader: User) -> None:
    [pk] = plan_and_build()
    now = timezone.now()
    digest = Digest.objects.get(pk=pk)
    assert ledger.claim(digest, now)

    assert ledger.sweep(now + ledger.LEASE - dt.timedelta(seconds=1)) == 0
    assert ledger.sweep(now + ledger.LEASE + dt.timedelta(seconds=1)) == 1
    assert state(reader) == UNKNOWN
    assert ledger.sent(digest, now)
    assert state(reader) == SENT


def test_a_batch_out_of_patience_leaves_the_rest_for_the_next_tick(sink: Sink, cast: Cast, news: Project) -> None:
    only(*make_readers(3))
    pks = plan_and_build()

    assert deliver(pks, timezone.now, patience=-1) == {}
    assert deliver(pks, timezone.now) == {SENT: 3}


def test_building_asks_as_many_questions_for_thirty_people_as_for_one(cast: Cast, news: Project) -> None:
    for number in range(10):
        happen(make_project(make_team(), topics=(cast.topic,), title=f"Work {number}"))
    only(*make_readers(31))
    planned = tick.prepare(timezone.now(), [Stream.NETWORK]).planned

    counts = []
    for batch in (planned[:1], planned[1:]):
        with CaptureQueriesContext(connection) as queries:
            assert len(build(batch, timezone.now())) == len(batch)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 28


def test_planning_asks_as_many_questions_for_thirty_people_as_for_one(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as few:
        tick.prepare(timezone.now(), [Stream.NETWORK])
    Digest.objects.all().delete()
    make_readers(30)

    with CaptureQueriesContext(connection) as many:
        tick.prepare(timezone.now(), [Stream.NETWORK])

    assert len(many) == len(few) <= 15


# --- Workers that die, and two at once ----------------------------------------------------------------------------


@pytest.fixture
def start(sink: Sink, tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Starts a worker process on the test's database; whatever still runs at the end is ended."""
    running = []
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.engagement.worker_settings",
        "INNOTEAMS_TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "INNOTEAMS_TEST_SMTP_PORT": str(sink.port),
    }

    def begin(*words: object) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tests.engagement.digest_worker", *map(str, words)]
        with (tmp_path / "log").open("ab") as log:
            process = subprocess.Popen(
                command, env=environment, cwd=portal.BASE_DIR, stdout=log, stderr=log, start_new_session=True
            )
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("mood", "taken"), [("hang at the recipient", 0), ("hang after the data", 1)])
def test_a_worker_killed_between_claim_and_answer_leaves_it_unknown_not_doubled_not_lost(
    sink: Sink, reader: User, news: Project, start: Callable[..., "subprocess.Popen[bytes]"], mood: str, taken: int
) -> None:
    prefer(reader, cadence=Cadence.DAILY)
    sink.mood[reader.email] = mood
    now = timezone.now()
    worker = start("deliver", *plan_and_build(now))
    assert sink.reached.wait(30)

    worker.send_signal(signal.SIGKILL)
    worker.wait()
    sink.mood.clear()

    assert state(reader) == DigestState.CLAIMED
    assert deliver([digest_of(reader).pk], timezone.now) == {}
    tick.prepare(now + ledger.LEASE + dt.timedelta(minutes=1))
    assert Digest.objects.filter(person=reader, state=UNKNOWN).count() == 1
    assert len(sink.taken) == taken

    run(now + DAY)
    assert state(reader) == SENT
    assert DigestItem.objects.filter(digest=digest_of(reader), project=news).exists()
    assert len(sink.taken) == taken + 1


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_deliver_the_same_batch_send_each_once(
    sink: Sink, cast: Cast, news: Project, start: Callable[..., "subprocess.Popen[bytes]"]
) -> None:
    readers = make_readers(40)
    only(*readers)
    pks = plan_and_build()

    workers = [start("deliver", *pks), start("deliver", *reversed(pks))]
    for worker in workers:
        assert worker.wait(60) == 0

    assert [sink.count(person) for person in readers] == [1] * len(readers)
    assert set(Digest.objects.values_list("state", flat=True)) == {SENT}


@pytest.mark.django_db(transaction=True)
def test_beat_and_worker_send_what_is_due(
    sink: Sink, cast: Cast, news: Project, start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    readers = make_readers(3)
    only(*readers)

    worker = start("celery", tmp_path / "beat")
    wait_for(lambda: Digest.objects.filter(state=SENT).count() == 3, seconds=60)
    # Two more ticks with nothing to do.
    time.sleep(2.5)

    assert worker.poll() is None
    assert [sink.count(person) for person in readers] == [1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_a_flushed_broker_loses_nothing_and_doubles_nothing(
    sink: Sink, cast: Cast, news: Project, start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    readers = make_readers(30)
    only(*readers)
    sink.mood[readers[4].email] = "hang at the recipient"

    worker = start("celery", tmp_path / "beat")
    assert sink.reached.wait(60)
    sink.mood.clear()
    # With the beat that it started.
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    with Connection(portal.CELERY_BROKER_URL) as broker:
        channel: Any = broker.default_channel
        channel.client.flushdb()
    start("celery", tmp_path / "another-beat")
    wait_for(lambda: Digest.objects.filter(state=SENT).count() == len(readers) - 1, seconds=60)

    assert sorted(sink.count(person) for person in readers) == [0, *[1] * (len(readers) - 1)]
    states = Digest.objects.filter(stream=Stream.NETWORK).values_list("state", flat=True)
    assert set(states) == {SENT, DigestState.CLAIMED}


def test_a_clock_started_from_a_moment_goes_on_from_there() -> None:
    clock = clock_from(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

    first, second = clock(), clock()

    assert dt.datetime(2026, 1, 1, tzinfo=dt.UTC) <= first <= second < dt.datetime(2026, 1, 1, 0, 1, tzinfo=dt.UTC)
