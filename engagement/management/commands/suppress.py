"""Stops all mail to an address by hand, or lets it go out again."""

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from engagement import reach


class Command(BaseCommand):
    help = "Sends no digest and no letter to an address any more, whoever has it; only a keyed hash of it is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")
        parser.add_argument("--lift", action="store_true", help="instead, write to it again")

    def handle(self, *, address: str, lift: bool, **options: object) -> None:
        try:
            validate_email(address.strip())
        except ValidationError as error:
            raise CommandError(f"{address} is not an e-mail address.") from error
        if lift:
            done = reach.lift(address)
            self.stdout.write("It is written to again." if done else "It was not suppressed; nothing changed.")
            return
        done = reach.suppress(address)
        self.stdout.write("Nothing is sent there any more." if done else "It was suppressed already; nothing changed.")
