"""What has to be true before the demo starts, each in one sentence when it is not."""

import os
import secrets
import signal
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from innoteams.embedded import EmbeddedServerError, home, locks
from innoteams.embedded.errors import from_os_error
from innoteams.embedded.places import private_folder

# Every process of a demo carries this variable with its home, so that a later start knows its own.
MARK = "INNOTEAMS_DEMO_OF"
HOST = "127.0.0.1"
_LEFTOVER_PATIENCE = 10.0


def chosen_port(environment: Mapping[str, str]) -> int:
    text = environment.get("PORT") or "8000"
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise EmbeddedServerError(
            f"PORT is {text!r}, and a port is a number from 1 to 65535: try `make demo PORT=8001`."
        )
    return int(text)


def make_home() -> Path:
    """The home folder with the folders the demo writes to."""
    folder = home()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("run", "logs"):
            private_folder(folder / name)
        (folder / "run" / "writable").write_text("")
    except OSError as error:
        raise from_os_error(error, folder) from error
    return folder


def claim(folder: Path, address: str) -> int:
    """Be the one demo of this home. The claim ends with this process, however it ends."""
    file = folder / "run" / "demo"
    claimed = locks.take_if_free(file)
    if claimed is None:
        where = file.read_text().strip() or "somewhere"
        raise EmbeddedServerError(
            f"The demo in {folder} is already running at {where}: stop it there with Ctrl-C, "
            "or start a second one with its own folder, `make demo PORT=8001 INNOTEAMS_HOME=var2`."
        )
    os.truncate(claimed, 0)
    os.write(claimed, address.encode())
    return claimed


def require_free_port(port: int) -> None:
    with socket.socket() as probe:
        # As the web server does: a port that was just left is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except PermissionError:
            raise EmbeddedServerError(
                f"Port {port} is not for ordinary users: choose one above 1023, `make demo PORT={port + 8000}`."
            ) from None
        except OSError:
            other = port + 1 if port < 65535 else 8000
            raise EmbeddedServerError(
                f"Port {port} is taken by another program: stop it, or choose another port, `make demo PORT={other}`."
            ) from None


def end_leftovers(folder: Path) -> int:
    """End what a killed demo of this home left running; call with the claim held. Returns how many there were."""
    found = _leftovers(folder)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in _leftovers(folder):
            with suppress(ProcessLookupError):
                os.kill(process, number)
        deadline = time.monotonic() + _LEFTOVER_PATIENCE
        while _leftovers(folder) and time.monotonic() < deadline:
            time.sleep(0.05)
    return len(found)


def secret_key(folder: Path) -> str:
    """The key that signs sessions: made once, so that people stay signed in over a restart."""
    file = folder / "secret-key"
    if not file.exists():
        unfinished = file.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(50))
        unfinished.replace(file)
    return file.read_text().strip()


def _leftovers(folder: Path) -> list[int]:
    """Live processes of this user that carry this home's mark (where /proc tells; elsewhere none)."""
    mark = os.fsencode(f"{MARK}={folder}")
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int(entry.name) != os.getpid() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found
