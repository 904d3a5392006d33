"""Programs are kept running, given up when they are broken, and all ended at the end."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from innoteams.demo.supervisor import Program, Supervisor
from tests.embedded.homes import wait_until

SLEEP = "import time; time.sleep(60)"


class Told:
    def __init__(self, logs: Path) -> None:
        self.lines: list[str] = []
        self.logs = logs
        self.supervisor = Supervisor(logs, os.environ, self.lines.append)

    def start(self, code: str, name: str = "web") -> Program:
        program = Program(name, [sys.executable, "-c", code])
        self.supervisor.start(program)
        return program

    def ended(self, program: Program) -> bool:
        return program.process is not None and program.process.poll() is not None


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    told = Told(tmp_path)
    yield told
    told.supervisor.stop()


def test_a_program_that_dies_is_started_again_with_a_line(told: Told) -> None:
    program = told.start(SLEEP)
    assert program.process
    program.process.kill()
    wait_until(lambda: told.ended(program))

    assert told.supervisor.watch() is None

    assert not told.ended(program)
    assert "web ended unexpectedly (signal SIGKILL); starting it again" in told.lines[0]


def test_a_program_that_keeps_dying_is_given_up(told: Told) -> None:
    program = told.start("raise SystemExit(3)")

    for _ in range(2):
        wait_until(lambda: told.ended(program))
        assert told.supervisor.watch() is None
    wait_until(lambda: told.ended(program))

    problem = told.supervisor.watch()
    assert problem is not None
    assert "ended unexpectedly (exit code 3) 3 times within a minute" in problem


def test_all_output_is_kept_and_only_warnings_are_shown(told: Told) -> None:
    program = told.start("print('all is well'); print('WARNING: it rains'); 1 / 0")
    wait_until(lambda: told.ended(program) and len(told.lines) == 2)

    assert told.lines == ["web: WARNING: it rains", "web: ZeroDivisionError: division by zero"]
    log = (told.logs / "web.log").read_text()
    assert "all is well" in log
    assert "Traceback" in log


def test_stopping_ends_a_program_with_its_children(told: Told) -> None:
    child = told.logs / "child"
    program = told.start(
        "import subprocess, sys, signal, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit())\n"
        f"inner = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])\n"
        f"open({str(child)!r}, 'w').write(str(inner.pid))\n"
        "time.sleep(60)"
    )
    wait_until(lambda: child.exists() and child.read_text() != "")

    told.supervisor.stop()

    assert told.ended(program)
    wait_until(lambda: not Path(f"/proc/{child.read_text()}/cmdline").exists() or not _command(child.read_text()))


def test_stopping_does_not_wait_for_ever(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("innoteams.demo.supervisor._PATIENCE", 0.5)
    ready = told.logs / "ready"
    program = told.start(
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(ready)!r}, 'w').close()\n"
        "time.sleep(60)"
    )
    wait_until(ready.exists)
    started = time.monotonic()

    told.supervisor.stop()

    assert told.ended(program)
    assert time.monotonic() - started < 5


def _command(pid: str) -> bytes:
    """Empty for a process that has ended and was not yet taken note of."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
