"""`python -m innoteams.demo.prepare`: all that Django has to do before the demo can serve, in one process.

Says each step, and skips what an earlier start has done.
"""

import hashlib
import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import django
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from tqdm import tqdm


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innoteams.settings")
    django.setup()
    try:
        _catalogues()
        _tables()
        _network()
        _static_files()
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (DatabaseError, OSError) as error:
        if "No space left on device" not in str(error):
            raise
        from innoteams.embedded import home
        from innoteams.embedded.errors import disk_full

        sys.stderr.write(f"{disk_full(home())}\n")
        return 1
    return 0


def _catalogues() -> None:
    from innoteams.lib.catalogues import compile_catalogues

    if compiled := compile_catalogues():
        _say(f"Languages: {compiled} compiled.")


def _tables() -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        _say(f"Database: {len(plan)} migrations …")
        # On a terminal only; a log gets the line above.
        with tqdm(total=len(plan), disable=None, leave=False, bar_format="  {bar:40} {n}/{total}") as bar:
            call_command("migrate", interactive=False, verbosity=1, stdout=_Applied(bar))


class _Applied(io.StringIO):
    """Moves a bar by one for each migration that `migrate` says it has applied."""

    def __init__(self, bar: "tqdm[Any]") -> None:
        super().__init__()
        self._bar = bar

    def write(self, text: str) -> int:
        self._bar.update(text.count(" OK"))
        return len(text)


def _network() -> None:
    from django.conf import settings

    done = settings.INNOTEAMS_HOME / "demo-loaded"
    if not done.exists():
        _say("Demo network: loading, once …")
        call_command("load_demo")
        done.write_text("")


def _static_files() -> None:
    """Collect them when one has changed; the fingerprint is by size and time, so that it costs milliseconds."""
    from django.conf import settings

    folders = [*map(Path, settings.STATICFILES_DIRS), Path(django.__file__).parent / "contrib/admin/static"]
    fingerprint = _fingerprint(file for folder in folders for file in folder.rglob("*"))
    stamp = settings.INNOTEAMS_HOME / "static-collected"
    collected = (settings.STATIC_ROOT / "staticfiles.json").exists() and stamp.exists()
    if not collected or stamp.read_text() != fingerprint:
        _say("Static files: collecting …")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(fingerprint)


def _fingerprint(files: Iterable[Path]) -> str:
    lines = sorted(f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files if file.is_file())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
