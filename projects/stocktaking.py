"""Comparing the folder of files with the rows that name them, as after a restored backup or a power cut."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.utils import timezone

from projects.models import Attachment
from projects.models.attachments import private_storage
from projects.pictures import with_widths
from projects.shelf import delete, paths_of, sweep_waiting

# A younger file may belong to a change that is being saved right now.
YOUNG = dt.timedelta(days=1)
FOLDER = "projects"


@dataclass
class Stock:
    # Paths that rows name and that are not there.
    missing: list[str] = field(default_factory=list)
    # Of these, narrower pictures that can be made again from the one that is there.
    remakable: list[tuple[Attachment, str]] = field(default_factory=list)
    # Paths that no row names.
    strays: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return not (self.missing or self.strays)


def take_stock() -> Stock:
    """Reads names only, never contents."""
    storage, stock = private_storage(), Stock()
    known: set[str] = set()
    for row in Attachment.objects.only("file", "widths").iterator():
        known.update(paths_of(row))
        has_main = storage.exists(str(row.file.name))
        for path in paths_of(row):
            if storage.exists(path):
                continue
            stock.missing.append(path)
            if has_main:
                stock.remakable.append((row, path))
    oldest = timezone.now() - YOUNG
    stock.strays = [path for path in _files(FOLDER) if path not in known and storage.get_modified_time(path) < oldest]
    return stock


def mend(stock: Stock) -> None:
    """Deletes what no row names and makes narrower pictures again; what is lost altogether stays listed."""
    sweep_waiting()
    delete(stock.strays)
    for row, path in stock.remakable:
        with private_storage().open(str(row.file.name)) as file:
            picture = with_widths(file.read())
        width = next(width for width, named in row.widths.items() if named == path)
        private_storage().save(path, ContentFile(picture.widths[int(width)]))


def _files(folder: str) -> Iterator[str]:
    storage = private_storage()
    if not storage.exists(folder):
        return
    folders, names = storage.listdir(folder)
    yield from (f"{folder}/{name}" for name in names)
    for inner in folders:
        yield from _files(f"{folder}/{inner}")
