"""The test database, migrated once for each set of migrations and copied from then on.

Running all migrations takes longer than most of what a run is for. The first process of the first run does it and
keeps the result in build/, named after what it was made from; every later run and every worker starts from a copy.
"""

import hashlib
import subprocess
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections, transaction

from innoteams import embedded
from innoteams.embedded import locks
from innoteams.embedded.places import POSTGRES_PORT
from innoteams.embedded.postgres_server import OWNER, binaries

TEMPLATE = "innoteams_template"
_KEPT = Path(__file__).resolve().parents[1] / "build" / "test-databases"
_MOST_KEPT = 3
# What Django writes of the models themselves is the same before and after every test.
_OF_THE_MODELS = {"django_migrations", "django_content_type", "auth_permission"}


def make_template() -> str:
    """Make sure this run's server has the migrated template; returns its name. Safe in several processes at once."""
    embedded.ensure_postgres()
    with locks.exclusive(embedded.home() / "template.lock"):
        if TEMPLATE not in _run("psql", "--list", "--tuples-only", "--no-align").stdout:
            # Under its name only when it is whole: a run may be killed here.
            unfinished = f"{TEMPLATE}_unfinished"
            _run("dropdb", "--if-exists", unfinished)
            _run("createdb", unfinished)
            _fill(unfinished)
            _run("psql", "--dbname", "postgres", "--command", f'ALTER DATABASE "{unfinished}" RENAME TO "{TEMPLATE}"')
    return TEMPLATE


def empty() -> None:
    """Take out what a test committed. Truncating every table, as Django does, costs thirty times as much."""
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - _OF_THE_MODELS
    quoted = {table: connection.ops.quote_name(table) for table in sorted(tables)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM {name} LIMIT 1)" for table, name in quoted.items()))  # noqa: S608 - our own names
        filled = [table for (table,) in cursor.fetchall()]
        # In any order: no foreign key is looked at meanwhile.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in filled:
            cursor.execute(f"DELETE FROM {quoted[table]}")  # noqa: S608 - our own names


def _fill(name: str) -> None:
    kept = _KEPT / f"{_fingerprint()}.sql"
    if kept.exists():
        _run(
            "psql",
            "--quiet",
            "--set",
            "ON_ERROR_STOP=1",
            "--output",
            "/dev/null",
            "--dbname",
            name,
            "--file",
            str(kept),
        )
        return
    _migrate(name)
    _KEPT.mkdir(parents=True, exist_ok=True)
    # Two runs may come here at once; each writes its own file, and the last to finish gives it its name.
    unfinished = kept.with_suffix(f".{embedded.home().name}")
    _run("pg_dump", "--file", str(unfinished), name)
    unfinished.replace(kept)
    for old in sorted(_KEPT.glob("*.sql"), key=lambda file: file.stat().st_mtime)[:-_MOST_KEPT]:
        old.unlink(missing_ok=True)


def _migrate(name: str) -> None:
    default = connections["default"]
    default.close()
    usual = default.settings_dict["NAME"]
    default.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        default.close()
        default.settings_dict["NAME"] = usual


def _fingerprint() -> str:
    """What the migrated database follows from: every migration there is, and the version of Django."""
    digest = hashlib.sha256(django.__version__.encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for file in sorted(Path(app.path).glob("migrations/*.py")):
            digest.update(f"{app.label}/{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:24]


def _run(program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    where = ["--host", str(embedded.ensure_postgres()), "--port", str(POSTGRES_PORT), "--username", OWNER]
    done = subprocess.run([str(binaries() / program), *where, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{program} {arguments}: {done.stderr}"
    return done
