"""What has to be true before the demo starts."""

import smtplib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from innoteams.demo import ground, run
from innoteams.demo.mailcatcher import MailCatcher
from innoteams.embedded import EmbeddedServerError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INNOTEAMS_HOME", str(tmp_path / "home"))
    return ground.make_home()


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "80 80", "8000.5"])
def test_a_port_that_is_none_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(EmbeddedServerError, match="a port is a number from 1 to 65535"):
        ground.chosen_port({"PORT": text})


@pytest.mark.parametrize(("given", "port"), [({}, 8000), ({"PORT": ""}, 8000), ({"PORT": "8123"}, 8123)])
def test_the_port_is_8000_unless_said(given: dict[str, str], port: int) -> None:
    assert ground.chosen_port(given) == port


def test_a_taken_port_is_refused_with_another_to_try(taken_port: int) -> None:
    with pytest.raises(EmbeddedServerError, match=f"Port {taken_port} is taken by another program"):
        ground.require_free_port(taken_port)


def test_a_home_has_one_demo_at_a_time(home: Path) -> None:
    ground.claim(home, "http://localhost:8000")

    with pytest.raises(EmbeddedServerError, match="already running at http://localhost:8000"):
        ground.claim(home, "http://localhost:8001")


def test_the_secret_key_is_made_once_and_is_for_its_owner_alone(home: Path) -> None:
    first = ground.secret_key(home)

    assert len(first) >= 50
    assert ground.secret_key(home) == first
    assert (home / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("INNOTEAMS_HOME", str(tmp_path / "file" / "home"))

    with pytest.raises(EmbeddedServerError, match="should be a folder and is a file"):
        ground.make_home()


def test_every_mail_becomes_a_file_nobody_else_can_read(tmp_path: Path) -> None:
    catcher = MailCatcher(tmp_path / "mailbox")
    catcher.start()
    try:
        with smtplib.SMTP("127.0.0.1", catcher.port) as server:
            server.sendmail("a@demo.example", ["b@demo.example"], "Subject: Bonjour\r\n\r\nÀ bientôt".encode())
    finally:
        catcher.stop()

    (message,) = (tmp_path / "mailbox" / "new").iterdir()
    assert b"Subject: Bonjour" in message.read_bytes()
    assert (tmp_path / "mailbox").stat().st_mode & 0o777 == 0o700


def test_a_mail_catcher_that_never_started_can_be_stopped(tmp_path: Path) -> None:
    MailCatcher(tmp_path / "mailbox").stop()


def test_reset_says_when_there_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INNOTEAMS_HOME", str(tmp_path / "none"))

    assert run.main(["--reset"]) == 0

    assert "There is no demo" in capsys.readouterr().out
    assert not (tmp_path / "none").exists()


def test_reset_leaves_a_database_the_demo_did_not_make(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "postgres").mkdir()
    (home / "postgres" / "kept").write_text("")

    assert run.main(["--reset"]) == 1

    assert "is not one the demo made; nothing was changed" in capsys.readouterr().out
    assert (home / "postgres" / "kept").exists()


def test_reset_removes_what_the_demo_made_and_nothing_else(home: Path) -> None:
    for name in ("postgres", "mailbox"):
        (home / name).mkdir()
    for name in ("demo-loaded", "secret-key", "thesis.txt"):
        (home / name).write_text("")

    assert run.main(["--reset"]) == 0

    assert [path.name for path in home.iterdir()] == ["thesis.txt"]
