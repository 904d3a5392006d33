"""A mail server in a process of its own that also refuses, delays and drops connections, by a seeded chance.

`python -m tests.engagement.faulty_sink PORT LOG SEED`. Every message that was taken is a line of the log, written
before the answer: its address and its Message-ID, also where the connection is dropped instead of answering.
"""

import asyncio
import random
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_MESSAGE_ID = re.compile(rb"^Message-ID: *(\S+)", re.IGNORECASE | re.MULTILINE)
# What happens instead of taking a message at once, and how often.
_AT_RECIPIENT = {"451 later": 0.03, "550 no": 0.02, "drop": 0.01}
_AT_DATA = {"452 full": 0.01, "drop": 0.02, "slow": 0.02}


class FaultySink:
    def __init__(self, log: Path, seed: int) -> None:
        self.log, self.chance = log.open("a", buffering=1), random.Random(seed)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        mood = self._mood(_AT_RECIPIENT)
        if mood == "drop":
            _drop(server)
        if mood[:1] in ("4", "5"):
            return mood
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        mood = self._mood(_AT_DATA)
        if mood.startswith("4"):
            return mood
        if mood == "slow":
            await asyncio.sleep(0.05)
        assert isinstance(envelope.content, bytes)
        found = _MESSAGE_ID.search(envelope.content)
        self.log.write(f"{envelope.rcpt_tos[0]}\t{found[1].decode() if found else ''}\n")
        if mood == "drop":
            _drop(server)
        return "250 taken"

    def _mood(self, moods: dict[str, float]) -> str:
        drawn = self.chance.random()
        for mood, share in moods.items():
            drawn -= share
            if drawn < 0:
                return mood
        return ""


def _drop(server: SMTP) -> None:
    transport: Any = server.transport
    transport.abort()


@contextmanager
def faulty_sink(port: int, log: Path, seed: int) -> Iterator[None]:
    log.touch()
    process = Popen([sys.executable, "-m", "tests.engagement.faulty_sink", str(port), str(log), str(seed)])
    try:
        _wait_for(log.with_suffix(".ready"))
        yield
    finally:
        process.kill()
        process.wait()


def _wait_for(sign: Path) -> None:
    until = time.monotonic() + 30
    while not sign.exists():
        assert time.monotonic() < until, "the mail server did not start"
        time.sleep(0.02)


if __name__ == "__main__":
    where, kept, seeded = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    Controller(FaultySink(kept, seeded), hostname="127.0.0.1", port=where).start()
    kept.with_suffix(".ready").touch()
    time.sleep(3600)
