"""`manage.py load_demo`: the real network with demo people in it, once, where demo mode is on."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from engagement.models import Digest
from innoteams.demo.load import load_demo
from innoteams.demo.story_digests import send_past_digests


class Command(BaseCommand):
    help = "Loads the network, the demo people and their invented story. Does nothing where they are already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force-demo",
            action="store_true",
            help="also where INNOTEAMS_DEMO is not set: everybody can then sign in with the published password",
        )

    def handle(self, *args: object, **options: object) -> None:
        if not (settings.DEMO or options["force_demo"]):
            raise CommandError(
                "Demo people share a published password, so they are loaded in demo mode only: "
                "set INNOTEAMS_DEMO=1, or give --force-demo if you know nobody else can reach this installation."
            )
        if settings.PRODUCTION:
            raise CommandError("Others reach this installation: people with a published password stay out of it.")
        loaded = load_demo(say=self.stdout.write)
        if not loaded and Digest.objects.exists():
            self.stdout.write("The demo is loaded already; nothing was changed.")
            return
        # So much came at once that PostgreSQL's own round would count it too late for the first searches and matches.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        send_past_digests(timezone.now(), say=self.stdout.write)
