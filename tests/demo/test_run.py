"""The demo as a newcomer meets it: real processes, from an empty folder to a page, and back to nothing."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.homes import REPOSITORY, Home, wait_until

# One demo for all tests of this module, in their order: starting it is most of what they cost.


class Demo:
    def __init__(self, path: Path) -> None:
        self.home = Home(path)
        self.home.environment |= {"PORT": str(_free_port()), "PYTHONUNBUFFERED": "1"}
        self.address = f"http://127.0.0.1:{self.home.environment['PORT']}"
        self.output = path.with_suffix(".out")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "innoteams.demo.run"],
                cwd=REPOSITORY,
                env=self.home.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_until(lambda: "is ready at" in self.said() or not self.runs(), seconds=180)
        assert self.runs(), self.said()

    def said(self) -> str:
        return self.output.read_text()

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def end(self, number: signal.Signals) -> int:
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.address + path, timeout=30) as answer:  # noqa: S310 - http, made above
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def health(self) -> dict[str, object]:
        answer: dict[str, object] = json.loads(self.get("/healthz")[1])
        return answer

    def everything_it_started(self) -> list[int]:
        """All live processes with this demo's home in their surroundings or on their command line."""
        found = set(self.home.processes(""))
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if str(self.home.path).encode() in (entry / "environ").read_bytes():
                    found.add(int(entry.name))
            except OSError:
                continue
        return sorted(found)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    # Not in pytest's folder, which each run of pytest shuts for the server's user anew.
    folder = Path(tempfile.mkdtemp(prefix="innoteams-demo-"))
    demo = Demo(folder / "a home")
    demo.start()
    yield demo
    if demo.runs():
        demo.end(signal.SIGTERM)
    shutil.rmtree(folder)


def test_it_starts_from_an_empty_folder_and_tells_address_and_accounts(demo: Demo) -> None:
    said = demo.said()

    assert f"is ready at http://localhost:{demo.home.environment['PORT']}" in said
    assert "innoteams-demo" in said
    assert "coordinator@bloomberg.demo.example" in said
    assert demo.get("/accounts/login/")[0] == 200


def test_worker_and_beat_are_alive_within_seconds(demo: Demo) -> None:
    wait_until(lambda: (demo.health()["worker"], demo.health()["beat"]) == ("ok", "ok"), seconds=90)

    assert demo.health()["status"] == "ok"


def test_a_second_start_on_the_same_home_says_so_in_a_sentence(demo: Demo) -> None:
    done = demo.home.run("-m", "innoteams.demo.run", PORT=str(_free_port()))

    assert done.returncode == 1
    assert "is already running at http://localhost:" in done.stdout
    assert done.stderr == ""


def test_a_start_on_the_port_of_another_says_so_in_a_sentence(demo: Demo, tmp_path: Path) -> None:
    done = demo.home.run("-m", "innoteams.demo.run", INNOTEAMS_HOME=str(tmp_path / "other"))

    assert done.returncode == 1
    assert "is taken by another program" in done.stdout


def test_it_is_not_reset_while_it_runs(demo: Demo) -> None:
    done = demo.home.run("-m", "innoteams.demo.run", "--reset")

    assert done.returncode == 1
    assert "is already running" in done.stdout
    assert (demo.home.path / "postgres").exists()


def test_commands_beside_it_send_their_mail_to_its_mailbox(demo: Demo) -> None:
    done = demo.home.run(
        "manage.py",
        "shell",
        "-c",
        "from django.core.mail import send_mail; send_mail('Beside', 'text', None, ['a@demo.example'])",
    )

    assert done.returncode == 0, done.stderr
    wait_until(lambda: _holds(demo.home.path / "mailbox", "Subject: Beside"))


def test_a_worker_that_is_killed_comes_back(demo: Demo) -> None:
    (worker, *_) = sorted(_children(demo, " worker "))
    os.kill(worker, signal.SIGKILL)

    wait_until(lambda: "worker ended unexpectedly (signal SIGKILL); starting it again" in demo.said())
    wait_until(lambda: demo.health()["worker"] == "ok", seconds=90)


def test_a_killed_run_leaves_nothing_and_the_next_keeps_the_data(demo: Demo) -> None:
    demo.end(signal.SIGKILL)
    demo.start()

    assert demo.get("/accounts/login/")[0] == 200
    assert "loading, once" not in demo.said()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything_it_started(demo: Demo, number: signal.Signals) -> None:
    if not demo.runs():
        demo.start()

    assert demo.end(number) == 0

    assert demo.said().endswith("Stopped.\n")
    wait_until(lambda: not demo.everything_it_started())
    assert not (demo.home.path / "demo.env").exists()


def test_reset_begins_anew(demo: Demo) -> None:
    done = demo.home.run("-m", "innoteams.demo.run", "--reset")

    assert done.returncode == 0, done.stdout
    assert "begins anew" in done.stdout
    assert list(demo.home.path.iterdir()) == []


def _children(demo: Demo, word: str) -> list[int]:
    """Processes of the demo by a word of their command line."""

    def command(pid: int) -> str:
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return ""

    return [pid for pid in demo.everything_it_started() if word in command(pid)]


def _holds(folder: Path, text: str) -> bool:
    return any(text in file.read_text(errors="replace") for file in (folder / "new").glob("*"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
