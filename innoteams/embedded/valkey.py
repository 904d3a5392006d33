"""Django's cache on the embedded Valkey."""

from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.connection import UnixDomainSocketConnection

from innoteams.embedded.places import cache_url
from innoteams.embedded.running import ensure_valkey


class EnsuredConnection(UnixDomainSocketConnection):
    """A connection that starts the server it is for."""

    def _connect(self) -> Any:
        ensure_valkey()
        return super()._connect()  # type: ignore[no-untyped-call]  # redis-py types half of itself


class ValkeyCache(RedisCache):
    """`RedisCache` without a LOCATION: the home gives its address, the first use starts its server."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"connection_class": EnsuredConnection, **params.get("OPTIONS", {})}
        super().__init__(server or cache_url(), {**params, "OPTIONS": options})
