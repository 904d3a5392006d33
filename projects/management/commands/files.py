"""`manage.py files --check [--mend]`: whether photos and files and the rows that name them still belong together."""

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from projects.stocktaking import Stock, mend, take_stock


class Command(BaseCommand):
    help = (
        "Lists files that rows name and that are not there, and files older than a day that no row names. "
        "Ends with 1 where there are any."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="what it does anyway, said aloud")
        parser.add_argument(
            "--mend",
            action="store_true",
            help="also deletes files that no row names, and makes missing smaller pictures again",
        )

    def handle(self, *args: object, **options: object) -> None:
        stock = take_stock()
        self._tell(stock)
        if options["mend"] and not stock.is_well:
            mend(stock)
            self.stdout.write(f"Deleted: {len(stock.strays)}. Made again: {len(stock.remakable)}.")
        if not stock.is_well:
            sys.exit(1)

    def _tell(self, stock: Stock) -> None:
        for path in stock.missing:
            self.stdout.write(f"missing   {path}")
        for path in stock.strays:
            self.stdout.write(f"no row    {path}")
        if stock.is_well:
            self.stdout.write("All is well: every row has its file, and every file its row.")
