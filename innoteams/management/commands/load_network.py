"""`manage.py load_network`: the real network (cities, topics, programmes, published projects); safe to run again."""

from django.core.management.base import BaseCommand

from projects.network_data import load_network


class Command(BaseCommand):
    help = "Adds the real network from the data files: what is there stays as people left it, what is missing is added."

    def handle(self, *args: object, **options: object) -> None:
        load_network(say=self.stdout.write)
