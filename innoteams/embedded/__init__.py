"""The database and broker that start by themselves: PostgreSQL and Valkey from wheels, one of each per home.

Nothing here starts when it is imported. A server starts at the first connection of the first process that
wants it, is shared by every process with the same home, and stops when the last of them has ended, however
it ended.
"""

from innoteams.embedded.errors import EmbeddedServerError
from innoteams.embedded.places import broker_url, cache_url, home, running_demo
from innoteams.embedded.running import ensure_postgres, ensure_valkey, in_use, leave, wait_until_stopped

__all__ = [
    "EmbeddedServerError",
    "broker_url",
    "cache_url",
    "ensure_postgres",
    "ensure_valkey",
    "home",
    "in_use",
    "leave",
    "running_demo",
    "wait_until_stopped",
]
