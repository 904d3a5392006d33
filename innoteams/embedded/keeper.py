"""The keeper of one embedded server: starts it, and stops it when the last process that uses it has ended.

Run as a plain script, with its order as JSON on standard input, and made of the standard library alone so
that it costs little. Users hold `users` as a shared lock; the keeper waits to have it alone, which the kernel
grants when the last of them is gone, however it went. `ready` is removed before the server is told to stop.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_PATIENCE = 20.0


def main() -> int:
    order = json.load(sys.stdin)
    mine = _lock_soon(order["keeper_lock"])
    if mine is None:
        return 3
    # The parent ends here: whoever asked need not wait for, or reap, the keeper.
    if os.fork():
        os._exit(0)
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream, target in ((0, nothing), (1, nothing), (2, log)):
        os.dup2(target, stream)
    os.chdir("/")
    try:
        server = _run(order, log)
    except OSError as error:
        os.write(log, f"keeper: could not run {order['argv'][0]}: {error}\n".encode())
        return 1
    stop = _stopper(server, order)
    signal.signal(signal.SIGTERM, lambda *_: stop())
    threading.Thread(target=_stop_when_unused, args=(order["users"], stop), daemon=True).start()
    server.wait()
    _forget(order["ready"])
    if order["borrowed"]:
        with contextlib.suppress(OSError):
            Path(order["borrowed"]).rmdir()
    # Not a plain exit: the thread may still wait for the lock, and the locks go with the process.
    os._exit(0)


def _lock_soon(path: str) -> int | None:
    """The keeper's own lock; a process that only looks holds it for an instant, so try for a while."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    for _ in range(200):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        time.sleep(0.01)
    return None


def _run(order: dict[str, Any], log: int) -> "subprocess.Popen[bytes]":
    identity: dict[str, Any] = {}
    if order["uid"] is not None:
        identity = {"user": order["uid"], "group": order["gid"], "extra_groups": []}
    return subprocess.Popen(
        order["argv"],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd="/",
        env=order["env"],
        preexec_fn=end_with_parent(order["stop_signal"]),
        **identity,
    )


def end_with_parent(number: int) -> Callable[[], None] | None:
    """For `preexec_fn`: on Linux, get signal `number` when the thread that started us is gone, however it went."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


def _stopper(server: "subprocess.Popen[bytes]", order: dict[str, Any]) -> Callable[[], None]:
    def stop() -> None:
        _forget(order["ready"])
        server.send_signal(order["stop_signal"])
        insist = threading.Timer(_PATIENCE, server.send_signal, [order["insist_signal"]])
        insist.daemon = True
        insist.start()

    return stop


def _stop_when_unused(users: str, stop: Callable[[], None]) -> None:
    descriptor = os.open(users, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    # Kept until this process ends: a newcomer waits until the server is down, then starts it afresh.
    stop()


def _forget(ready: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        Path(ready).unlink()


if __name__ == "__main__":
    sys.exit(main())
