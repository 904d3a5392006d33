"""`manage.py compilemessages` without the gettext programs."""

from typing import Any

from django.core.management.base import BaseCommand

from innoteams.lib.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Compiles the translations in locale/ that have changed; needs no gettext."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{compile_catalogues()} compiled.")
