"""What /healthz answers, and when."""

import time
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.core.cache import cache
from django.test import Client

from innoteams import tasks
from innoteams.lib import health


@pytest.fixture
def long_running(monkeypatch: pytest.MonkeyPatch) -> None:
    """The web process is past its grace."""
    monkeypatch.setattr(health, "_started", time.monotonic() - health.GRACE - 1)


def answer(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/healthz")
    return response.status_code, response.json()


@pytest.mark.usefixtures("db", "long_running")
def test_all_is_well_after_a_ring_that_was_answered(client: Client) -> None:
    health.beat_rang()
    health.worker_answered()

    status, said = answer(client)

    assert status == 200
    assert {said[part] for part in ("status", "database", "broker", "worker", "beat")} == {"ok"}
    assert said["beat_age_seconds"] < 5


@pytest.mark.usefixtures("db")
def test_a_fresh_start_is_given_time_to_be_heard(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_started", time.monotonic())

    status, said = answer(client)

    assert status == 200
    assert (said["worker"], said["beat"], said["beat_age_seconds"]) == ("starting", "starting", None)


@pytest.mark.usefixtures("db", "long_running")
def test_never_heard_of_beat_and_worker_is_down(client: Client) -> None:
    status, said = answer(client)

    assert status == 503
    assert (said["status"], said["worker"], said["beat"]) == ("down", "down", "down")


@pytest.mark.usefixtures("db", "long_running")
def test_a_beat_that_stopped_is_told_from_a_worker_that_nobody_asks(client: Client) -> None:
    with time_machine.travel("2030-05-01T10:00Z", tick=False) as clock:
        health.beat_rang()
        health.worker_answered()
        clock.shift(health.LATE_AFTER + 1)

        status, said = answer(client)

    assert status == 503
    assert (said["beat"], said["worker"]) == ("down", "unknown")


@pytest.mark.usefixtures("db", "long_running")
def test_a_worker_that_stopped_is_told_while_beat_rings(client: Client) -> None:
    with time_machine.travel("2030-05-01T10:00Z", tick=False) as clock:
        health.worker_answered()
        clock.shift(health.LATE_AFTER + 1)
        health.beat_rang()

        status, said = answer(client)

    assert status == 503
    assert (said["beat"], said["worker"]) == ("ok", "down")


@pytest.mark.usefixtures("db", "long_running")
def test_a_broker_that_does_not_answer_is_down_within_seconds(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    started = time.monotonic()

    status, said = answer(client)

    assert (status, said["broker"], said["database"]) == (503, "down", "ok")
    assert time.monotonic() - started < 5


def test_a_database_that_does_not_answer_is_down(client: Client) -> None:
    # Without the db fixture pytest-django refuses every query.
    status, said = answer(client)

    assert (status, said["database"]) == (503, "down")


@pytest.mark.usefixtures("db")
def test_monitors_need_no_account_and_get_no_stored_answer(client: Client) -> None:
    response = client.get("/healthz")

    assert response["Content-Type"] == "application/json"
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


@pytest.mark.usefixtures("db")
def test_asking_costs_two_queries(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        client.get("/healthz")


@pytest.mark.usefixtures("db")
def test_it_can_be_asked_only(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


def test_ringing_is_noted_when_the_task_is_sent_and_answered_when_it_runs() -> None:
    tasks.heartbeat.delay()
    assert cache.get("health:beat") == pytest.approx(time.time(), abs=5)
    assert cache.get("health:worker") is None

    tasks.heartbeat()
    assert cache.get("health:worker") == pytest.approx(time.time(), abs=5)
