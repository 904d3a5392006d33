"""Where the demo's mail arrives: an SMTP server on this machine that keeps every message in the mailbox folder."""

import socket
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

_HOST = "127.0.0.1"


class MailCatcher:
    """Takes every message for anybody and sends nothing on; the folder is a Maildir."""

    def __init__(self, folder: Path) -> None:
        # A Maildir makes its folders only together with itself; one may be there without them.
        for path in (folder, folder / "tmp", folder / "new", folder / "cur"):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.port = _free_port()
        self._folder = folder
        self._controller: Controller | None = None

    def start(self) -> None:
        # Made here and not before: a controller opens an event loop, which only a started one closes again.
        self._controller = Controller(Mailbox(self._folder), hostname=_HOST, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller:
            self._controller.stop(no_assert=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port
