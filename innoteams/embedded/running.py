"""Starting an embedded server once for all processes that share a home, and letting it go."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from innoteams.embedded import locks
from innoteams.embedded.errors import EmbeddedServerError, from_os_error
from innoteams.embedded.places import home, private_folder
from innoteams.embedded.server import Server

_KEEPER = Path(__file__).with_name("keeper.py")
# Recovery after a crash replays the log first; as long as the server lives, it is given this long.
_START_TIMEOUT = 60.0
_LOG_TAIL = 20_000
_LONGEST_LOG = 5_000_000
_NAMES = ("postgres", "valkey")

_one_at_a_time = threading.Lock()
_held: dict[Path, int] = {}


def ensure_postgres() -> Path:
    """Make sure this home's PostgreSQL runs; returns the folder of its socket. Cheap when it does."""
    from innoteams.embedded.postgres_server import PostgresServer

    server = PostgresServer(home())
    _ensure(server)
    return server.socket_folder


def ensure_valkey() -> Path:
    """Make sure this home's Valkey runs; returns its socket. Cheap when it does."""
    from innoteams.embedded.valkey_server import ValkeyServer

    server = ValkeyServer(home())
    _ensure(server)
    return server.socket


def in_use() -> bool:
    """Whether any process, this one included, uses a server of this home."""
    return any(_anyone(_file(name, "users")) for name in _NAMES)


def leave() -> None:
    """This process needs the servers no longer; they stop if nobody else does. Close connections first."""
    with _one_at_a_time:
        for descriptor in _held.values():
            os.close(descriptor)
        _held.clear()


def wait_until_stopped(timeout: float = 30.0) -> bool:
    """Wait until no server of this home runs; false if one still does after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while any(locks.is_taken(_file(name, "keeper")) for name in _NAMES if _file(name, "keeper").exists()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _ensure(server: Server) -> None:
    with _one_at_a_time:
        try:
            _take_part(server)
            if _is_up(server):
                return
            with locks.exclusive(_file(server.name, "starting")):
                if not _is_up(server):
                    _start(server)
        except OSError as error:
            raise from_os_error(error, server.home) from error


def _take_part(server: Server) -> None:
    users = _file(server.name, "users")
    if users in _held:
        return
    server.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    private_folder(server.home / "run")
    private_folder(server.home / "logs")
    _held[users] = locks.take(users, shared=True)


def _is_up(server: Server) -> bool:
    return _file(server.name, "ready").exists() and locks.is_taken(_file(server.name, "keeper"))


def _start(server: Server) -> None:
    log = server.home / "logs" / f"{server.name}.log"
    _turn_over(log)
    log_start = log.stat().st_size if log.exists() else 0
    if not locks.is_taken(_file(server.name, "keeper")):
        with contextlib.suppress(FileNotFoundError):
            _file(server.name, "ready").unlink()
        server.prepare()
        _send_for_keeper(server, log)
    # Otherwise its starter died before it was ready, or it is on its way out: the wait below finds out which.
    if not _wait_for_answer(server):
        raise server.explain(_tail(log, log_start), log)
    server.settle()
    _file(server.name, "ready").write_text("")


def _send_for_keeper(server: Server, log: Path) -> None:
    launch = server.launch()
    order = {
        "argv": launch.argv,
        "env": launch.env,
        "uid": launch.uid,
        "gid": launch.gid,
        "stop_signal": int(launch.stop_signal),
        "insist_signal": int(launch.insist_signal),
        "borrowed": str(launch.borrowed or ""),
        "log": str(log),
        "keeper_lock": str(_file(server.name, "keeper")),
        "users": str(_file(server.name, "users")),
        "ready": str(_file(server.name, "ready")),
    }
    # -I and -S: the keeper needs the standard library only, and nothing of the caller's surroundings.
    subprocess.run([sys.executable, "-I", "-S", str(_KEEPER)], input=json.dumps(order).encode(), check=False)


def _wait_for_answer(server: Server) -> bool:
    deadline = time.monotonic() + _START_TIMEOUT
    while time.monotonic() < deadline:
        if server.answers():
            return True
        if not locks.is_taken(_file(server.name, "keeper")):
            return False
        time.sleep(0.02)
    raise EmbeddedServerError(
        f"{server.title} did not answer within {_START_TIMEOUT:.0f} seconds; "
        f"it may still be recovering: try again, and see {server.home / 'logs'}."
    )


def _anyone(users: Path) -> bool:
    if not users.exists():
        return False
    descriptor = locks.take_if_free(users)
    if descriptor is not None:
        os.close(descriptor)
        return False
    # Users share the lock; a keeper that stops its server has it alone.
    return not locks.is_taken(users)


def _turn_over(log: Path) -> None:
    """Keep this log and one before it, so that logs can't fill the disk."""
    if log.exists() and log.stat().st_size > _LONGEST_LOG:
        log.rename(log.with_suffix(".log.1"))


def _tail(log: Path, start: int) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(start, log.stat().st_size - _LOG_TAIL))
            return file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""


def _file(name: str, kind: str) -> Path:
    return home() / "run" / f"{name}.{kind}"


def _fresh_lock_after_fork() -> None:
    global _one_at_a_time
    _one_at_a_time = threading.Lock()


# Another thread may have held it at the moment of the fork, and that thread is not in the child.
os.register_at_fork(after_in_child=_fresh_lock_after_fork)
