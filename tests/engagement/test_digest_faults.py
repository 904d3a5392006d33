"""Workers are killed at every step and at random moments, before a mail server that refuses, delays and drops: nobody
gets a digest twice, nobody is lost, every row is explained, and the ledger and the mail server agree to the message."""

import datetime as dt
import os
import random
import signal
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from engagement.choices import DigestState, Stream
from engagement.digests import building, delivery, ledger, planning, tick
from engagement.models import Digest, DigestItem
from innoteams.accounts.models import User
from innoteams.lib import courier
from projects.choices import Verb
from projects.models import Activity, Project
from tests.cast import Cast, make_project, make_team
from tests.engagement.digest_scenes import free_port, happen, only
from tests.engagement.faulty_sink import faulty_sink

pytestmark = pytest.mark.django_db(transaction=True)

WEEK = dt.timedelta(days=7)
ROUND = dt.timedelta(minutes=6)
_OF_THE_PARENT: list[object] = []
STEPS = {
    "before planning is committed": (ledger, "supersede", "before"),
    "after planning": (planning, "_plan_for", "after"),
    "before a batch is composed": (building, "_drafts_of", "before"),
    "before the items are stored": (building, "copy_in", "before"),
    "between the items and their digests": (building, "update_many", "before"),
    "before the building is committed": (building, "update_many", "after"),
    "after the building": (delivery, "look", "before"),
    "after the look": (delivery, "look", "after"),
    "before the claim": (ledger, "claim", "before"),
    "after the claim": (ledger, "claim", "after"),
    "after the answer, before it is noted with the next claim": (ledger, "sent_and_claim", "before"),
    "after the next claim": (ledger, "sent_and_claim", "after"),
    "before a mail is written": (delivery._Outgoing, "write", "before"),
    "before the handing over": (courier.Courier, "send", "before"),
    "before the data": (courier._Watched, "data", "before"),
    "after the data": (courier._Watched, "data", "after"),
    "after the handing over": (courier.Courier, "send", "after"),
    "before it is noted as sent": (ledger, "sent", "before"),
    "after it is noted as sent": (ledger, "sent", "after"),
    "before a refusal is noted": (ledger, "refused", "before"),
    "after a refusal is noted": (ledger, "refused", "after"),
    "before what is unclear is noted": (ledger, "unclear", "before"),
    "after the sweeper": (ledger, "sweep", "after"),
}


@dataclass
class Network:
    """Many readers, a mail server with faults, and a clock that only this test moves on."""

    log: Path
    project: Project
    people: list[User]
    now: dt.datetime = field(default_factory=timezone.now)

    def tell(self) -> None:
        """There is news, and the next week has come."""
        happen(self.project, Verb.PILOT_ADDED, days_ago=0)
        self.now += WEEK

    def work(self) -> None:
        """What a tick and its tasks do, in this process."""
        clock = delivery.clock_from(self.now)
        waiting = tick.prepare(clock(), [Stream.NETWORK])
        for batch in tick.batches(waiting.planned, 100):
            delivery.deliver(building.build(batch, clock()), clock)
        for batch in tick.batches(waiting.built, 100):
            delivery.deliver(batch, clock)

    def settle(self) -> None:
        """Rounds without a kill until nothing waits."""
        for _round in range(60):
            self.now += ROUND
            self.work()
            if not self.is_waiting():
                return
        raise AssertionError("it never settles")

    def is_waiting(self) -> bool:
        open_ = (DigestState.PLANNED, DigestState.BUILT, DigestState.CLAIMED)
        return Digest.objects.filter(state__in=open_).exists()

    def taken(self) -> Counter[str]:
        """By Message-ID, how often the mail server took it."""
        lines = self.log.read_text().splitlines()
        return Counter(line.split("\t")[1] for line in lines)

    def check(self) -> None:
        """Twice to nobody, nobody lost, every row explained, ledger and mail server agreed."""
        taken = self.taken()
        assert set(taken.values()) <= {1}, "somebody got a digest twice"
        rows = list(Digest.objects.order_by("pk"))
        by_id = {row.message_id: row for row in rows if row.message_id}
        assert set(taken) <= set(by_id), "a mail that no row tells of"
        for row in rows:
            assert row.trail[-1]["to"] == row.state
            if row.state == DigestState.SENT:
                assert taken[row.message_id] == 1
            elif row.state != DigestState.UNKNOWN:
                assert taken[row.message_id] == 0
            if row.state in (DigestState.SKIPPED, DigestState.FAILED, DigestState.UNKNOWN):
                assert row.reason
        self._check_nobody_lost(rows, taken)

    def _check_nobody_lost(self, rows: list[Digest], taken: Counter[str]) -> None:
        """Whatever happened before somebody's last digest was told them, with this one or an earlier one."""
        last = {row.person_id: row.window_end for row in rows if row.state == DigestState.SENT}
        assert {row.person_id for row in rows} == {person.pk for person in self.people}
        told: dict[int, set[int]] = defaultdict(set)
        shown = DigestItem.objects.filter(digest__state=DigestState.SENT, project=self.project)
        for person, pks in shown.values_list("digest__person", "told"):
            told[person] |= set(pks)
        news = Activity.objects.filter(project=self.project, verb=Verb.PILOT_ADDED).values_list("pk", "at")
        for person, end in last.items():
            assert told[person] >= {pk for pk, at in news if at < end}, "news that somebody never heard of"


@pytest.fixture
def network(cast: Cast, settings: Settings, tmp_path: Path) -> Iterator[Callable[[int], Network]]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    log = tmp_path / "taken.log"

    def make(people: int) -> Network:
        project = make_project(make_team(), title="What is told")
        readers = [
            User(email=f"reader{place}@city.example", name=f"Reader {place}", welcomed_at=timezone.now())
            for place in range(people)
        ]
        made = User.objects.bulk_create(readers)
        only(*made)
        return Network(log, project, made)

    with faulty_sink(settings.EMAIL_PORT, log, seed=5):
        yield make


def in_child(work: Callable[[], None]) -> int:
    """The process that does it; it leaves nothing of this test behind when it ends."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            _forget_connections()
            work()
        except BaseException:  # noqa: BLE001 - a child has nobody above it
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return pid


def _forget_connections() -> None:
    """Where a browser was started in this process before, Django keeps connections for code inside and outside of its
    event loop apart, and a child is outside: what it finds there is its parent's. Kept, so that nothing closes it."""
    for one in connections.all(initialized_only=True):
        _OF_THE_PARENT.append(one.connection)
        one.connection = None


def killed_at(owner: Any, name: str, when: str) -> AbstractContextManager[Any]:
    """The process kills itself when it comes by."""
    real = getattr(owner, name)

    def die(*args: Any, **kwargs: Any) -> Any:
        if when == "after":
            real(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    return mock.patch.object(owner, name, die)


def test_a_worker_killed_at_any_step_doubles_and_loses_nothing(network: Callable[[int], Network]) -> None:
    scene, died = network(40), set()
    for step, (owner, name, when) in STEPS.items():

        def work(owner: Any = owner, name: str = name, when: str = when) -> None:
            with killed_at(owner, name, when):
                scene.work()

        # What only a refusal or a lost answer leads to may take some weeks to come by.
        for _week in range(25):
            scene.tell()
            for _round in range(2):
                _pid, status = os.waitpid(in_child(work), 0)
                died |= {step} if os.WIFSIGNALED(status) else set()
                scene.now += ROUND
            scene.settle()
            if step in died:
                break
    scene.tell()
    scene.settle()

    assert died == set(STEPS)
    scene.check()


def test_two_workers_and_two_beats_killed_at_200_random_moments_double_and_lose_nothing(
    network: Callable[[int], Network],
) -> None:
    scene, chance, kills = network(1000), random.Random(11), 0
    scene.tell()
    while kills < 200:
        pair = [in_child(scene.work), in_child(scene.work)]
        for pid in pair:
            time.sleep(chance.uniform(0, 0.2))
            os.kill(pid, signal.SIGKILL)
        statuses = [os.waitpid(pid, 0)[1] for pid in pair]
        kills += sum(os.WIFSIGNALED(status) for status in statuses)
        scene.now += ROUND
        if not scene.is_waiting():
            scene.tell()
    scene.settle()
    scene.tell()
    scene.settle()

    scene.check()
