"""A mail server that takes everything and keeps nothing, in a process of its own, so that it takes no time of ours."""

import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event

from aiosmtpd.controller import Controller


class _Swallow:
    async def handle_DATA(self, _server: object, _session: object, _envelope: object) -> str:  # noqa: N802 - its name
        return "250 taken"


def _serve(port: int, ready: Event) -> None:
    Controller(_Swallow(), hostname="127.0.0.1", port=port).start()
    ready.set()
    time.sleep(86_400)


@contextmanager
def mail_server() -> Iterator[int]:
    """Its port on this machine, until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    fresh = multiprocessing.get_context("spawn")
    ready = fresh.Event()
    server = fresh.Process(target=_serve, args=(port, ready), daemon=True)
    server.start()
    try:
        if not ready.wait(60):
            raise RuntimeError("The mail server of the benchmark did not start.")
        yield port
    finally:
        server.terminate()
