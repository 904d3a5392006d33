"""What many tests begin with is made once, by the models, and from then on put back as it was left.

The first caller pays for every row's way through the ORM; the others get the same rows in one statement and fresh
copies of the same objects. So a test may change both as it likes: nothing of it reaches the next test.
"""

import datetime as dt
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model
from django.db.models.signals import post_save

from cities.querysets import today

Scene = TypeVar("Scene")


@dataclass
class Remembered(Generic[Scene]):
    """`make` creates rows by saving models, and gives back an object that can be pickled.

    Made anew for every day it is asked for, as most of what is in it is told from today.
    """

    make: Callable[[], Scene]
    _kept: dict[dt.date, tuple[str, bytes]] = field(default_factory=dict)

    def __call__(self) -> Scene:
        day = today()
        if day not in self._kept:
            saved, scene = _watched(self.make)
            self._kept[day] = (_statement(saved), pickle.dumps(scene))
            return scene
        statement, scene_bytes = self._kept[day]
        with connection.cursor() as cursor:
            cursor.execute(statement)
        kept: Scene = pickle.loads(scene_bytes)  # noqa: S301 - written above
        return kept


def _watched(make: Callable[[], Scene]) -> tuple[dict[type[Model], list[Any]], Scene]:
    """What `make` makes, and the keys of the rows that it saved, in the order of their tables."""
    saved: dict[type[Model], list[Any]] = {}

    def note(sender: type[Model], instance: Model, created: bool, **_: object) -> None:
        if created:
            saved.setdefault(sender, []).append(instance.pk)

    post_save.connect(note)
    try:
        scene = make()
    finally:
        post_save.disconnect(note)
    return saved, scene


def _statement(saved: dict[type[Model], list[Any]]) -> str:
    """SQL that puts the rows back as they stand now, with the keys they have."""
    inserts = []
    with connection.cursor() as cursor:
        for model, keys in saved.items():
            meta, quote = model._meta, connection.ops.quote_name
            table = quote(meta.db_table)
            columns = ", ".join(quote(str(each.column)) for each in meta.concrete_fields if not each.generated)
            cursor.execute(
                f"SELECT quote_literal(jsonb_agg(to_jsonb(row))::text) FROM {table} row "  # noqa: S608 - our own names
                f"WHERE row.{quote(str(meta.pk.column))} = ANY(%s)",
                [keys],
            )
            (rows,) = cursor.fetchone()
            inserts.append(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, {rows})"  # noqa: S608 - our own names
            )
    return ";\n".join(inserts)
