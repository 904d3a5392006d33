"""A worker that dies while it opens check-ins leaves nothing half done, and the others do it once."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.db import connection

from engagement.checkins.opening import open_due_periods
from engagement.models import CheckIn, CheckInLine, CheckInPeriod, Letter
from tests.cast import Cast, accompany, make_project, make_team
from tests.engagement.accompany_scenes import NOW, logged, schedule
from tests.engagement.test_checkins_opening import IN_PERIOD

TEAMS = 5


def start(marker: Path) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.engagement.worker_settings",
        "INNOTEAMS_TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "INNOTEAMS_TEST_SMTP_PORT": "1",
    }
    command = [sys.executable, "-m", "tests.engagement.opening_worker", str(marker)]
    with marker.with_suffix(".log").open("wb") as log:
        return subprocess.Popen(command, env=environment, cwd=portal.BASE_DIR, stdout=log, stderr=log)


def wait_for(marker: Path, worker: "subprocess.Popen[bytes]", seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not marker.exists():
        assert worker.poll() is None, marker.with_suffix(".log").read_text()
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def ten_at_once() -> None:
    at_once = threading.Barrier(10)

    def work() -> None:
        try:
            at_once.wait()
            open_due_periods(NOW)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_nothing_and_ten_others_open_it_once(cast: Cast, tmp_path: Path) -> None:
    schedule(cast.programme)
    for _ in range(TEAMS - 1):
        team = make_team()
        accompany(team.city, cast.programme)
        logged(make_project(team), at=IN_PERIOD)
    marker = tmp_path / "halfway"
    worker = start(marker)
    try:
        wait_for(marker, worker)
        # While it stands there, the others find the schedule held, leave, and nothing is visible.
        ten_at_once()
        assert not CheckInPeriod.objects.exists()
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    until = time.monotonic() + 30
    while not CheckInPeriod.objects.exists():
        assert time.monotonic() < until, "the dead worker's transaction still holds the schedule"
        ten_at_once()
    assert CheckInPeriod.objects.count() == 1
    assert CheckIn.objects.count() == CheckIn.objects.values("team").distinct().count() == TEAMS
    assert CheckInLine.objects.count() == TEAMS - 1
    assert Letter.objects.count() == 1
