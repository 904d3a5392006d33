"""What `running` needs to know about a server."""

import shutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, SIGKILL, Signals
from typing import ClassVar

from innoteams.embedded.errors import EmbeddedServerError, disk_full


@dataclass(frozen=True)
class Launch:
    """How to run a server: `uid`/`gid` only where it must not run as this user."""

    argv: list[str]
    env: dict[str, str]
    uid: int | None = None
    gid: int | None = None
    stop_signal: Signals = SIGINT
    insist_signal: Signals = SIGKILL
    # A folder outside the home, to be removed when it is empty after the stop.
    borrowed: Path | None = None


class Server(ABC):
    """One embedded server of one home."""

    name: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, home: Path) -> None:
        self.home = home

    @abstractmethod
    def prepare(self) -> None:
        """Check the ground and make its files, changing no data. Raises EmbeddedServerError or OSError."""

    @abstractmethod
    def launch(self) -> Launch: ...

    @abstractmethod
    def answers(self) -> bool:
        """Whether it accepts connections now."""

    def settle(self) -> None:
        """What is left to do once it answers. May run twice."""
        return

    def require_room(self, megabytes: int) -> None:
        """Refuse to start on a disk that would be full in a moment."""
        if shutil.disk_usage(self.home).free < megabytes * 1024 * 1024:
            raise disk_full(self.home)

    def explain(self, log: str, log_file: Path) -> EmbeddedServerError:
        """The sentence for a start that failed, from what this start wrote to its log."""
        if "No space left on device" in log:
            return disk_full(self.home)
        lines = [line.strip() for line in log.splitlines() if line.strip()]
        telling = [line for line in lines if "FATAL" in line or "keeper:" in line or "# " in line] or lines
        last = telling[-1].rstrip(".") if telling else "it left no message"
        return EmbeddedServerError(f"{self.title} did not start: {last}. Nothing was lost; its log is {log_file}.")
