"""Celery's way to the embedded Valkey: kombu's Redis transport, which first starts the server."""

from typing import Any

from kombu.transport import redis

from innoteams.embedded.running import ensure_valkey


class Channel(redis.Channel):
    def _get_pool(self, asynchronous: bool = False) -> Any:
        # A channel that is opened again after the server was lost comes by here too.
        ensure_valkey()
        return super()._get_pool(asynchronous)  # type: ignore[misc]  # the stubs leave it out


class Transport(redis.Transport):
    Channel = Channel
