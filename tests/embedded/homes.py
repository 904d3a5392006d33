"""A home folder of its own, used from real processes, for the tests of the embedded servers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

REPOSITORY = Path(__file__).resolve().parents[2]

# Connects, says so, and stays connected until its standard input is closed.
_STAY = """
import sys, psycopg
from innoteams import embedded
from innoteams.embedded.postgres_server import OWNER
folder = str(embedded.ensure_postgres())
connection = psycopg.connect(host=folder, user=OWNER, dbname="innoteams", autocommit=True)
embedded.ensure_valkey()
print("connected", flush=True)
for line in sys.stdin:
    answer = connection.execute(line)
    print(answer.fetchone() if answer.description else "done", flush=True)
connection.close()
"""


class Home:
    """One INNOTEAMS_HOME and the processes a test runs on it."""

    def __init__(self, path: Path, *, fast: bool = True) -> None:
        self.path = path
        # The portal's own settings, not those of the test run.
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "innoteams.settings",
            "INNOTEAMS_HOME": str(path),
            "INNOTEAMS_EMBEDDED_FAST": str(int(fast)),
        }
        self.users: list[User] = []

    def user(self) -> "User":
        """A process that is connected, or about to be."""
        self.users.append(User(self))
        return self.users[-1]

    def run(self, *argv: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run a Python program on this home to its end."""
        return subprocess.run(
            [sys.executable, *argv],
            cwd=REPOSITORY,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def processes(self, program: str) -> list[int]:
        """Ids of the live processes of this home whose command line holds `program`."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if program in command and str(self.path) in command:
                found.append(int(entry.name))
        return found

    def server(self) -> int:
        """The id of the PostgreSQL server process."""
        return int((self.path / "postgres/data/postmaster.pid").read_text().split()[0])

    def is_quiet(self) -> bool:
        return not self.processes("/bin/postgres") and not self.processes("valkey-server")

    def clean_up(self) -> None:
        for user in self.users:
            user.end()
        wait_until(self.is_quiet)


class User:
    """A process that uses the servers of a home."""

    def __init__(self, home: Home) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _STAY],
            cwd=REPOSITORY,
            env=home.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_connected(self) -> "User":
        said = _stream(self.process.stdout).readline()
        assert said == "connected\n", said + _stream(self.process.stderr).read()
        return self

    def ask(self, sql: str) -> str:
        _stream(self.process.stdin).write(sql + "\n")
        _stream(self.process.stdin).flush()
        return _stream(self.process.stdout).readline().strip()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.communicate(timeout=30)
        self._close()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._close()

    def _close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            _stream(stream).close()


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def _stream(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream
