"""The engine itself: Django's own for PostgreSQL, which starts the server before its first connection."""

from typing import Any

from django.db.backends.postgresql import base

from innoteams.embedded.places import POSTGRES_PORT
from innoteams.embedded.postgres.client import DatabaseClient
from innoteams.embedded.postgres_server import OWNER
from innoteams.embedded.running import ensure_postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """HOST, PORT and USER of the settings stay empty: they follow from the home."""

    client_class = DatabaseClient

    def get_connection_params(self) -> dict[str, Any]:
        where = {"host": str(ensure_postgres()), "port": POSTGRES_PORT, "user": OWNER}
        return {**super().get_connection_params(), **where}
