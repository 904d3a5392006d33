"""The check of the containers."""

import urllib.request

import pytest
from pytest_django.live_server_helper import LiveServer

from innoteams import probe
from innoteams.lib import health


def at(server: LiveServer) -> list[str]:
    return ["--at", server.url.removeprefix("http://")]


def test_a_part_that_is_not_down_passes(live_server: LiveServer) -> None:
    assert probe.main([*at(live_server), "database", "broker"]) == 0


def test_a_part_that_is_down_fails_alone(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "GRACE", -1)
    health.worker_answered()

    assert probe.main([*at(live_server), "beat"]) == 1
    assert probe.main([*at(live_server), "database", "worker"]) == 0


def test_nobody_there_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert probe.main(["--at", "127.0.0.1:1", "database"]) == 1
    assert "did not answer" in capsys.readouterr().out


def test_it_asks_under_a_name_the_portal_answers_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []

    def ask(request: urllib.request.Request) -> None:
        asked.append(request.get_header("Host"))
        raise OSError

    monkeypatch.setenv("ALLOWED_HOSTS", "innoteams.example,www.innoteams.example")
    monkeypatch.setattr(probe, "_open", ask)

    probe.main(["database"])

    assert asked == ["innoteams.example"]
