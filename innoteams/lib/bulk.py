"""Many rows in one statement each way: PostgreSQL's COPY, and an UPDATE from one JSON document.

Django's own bulk_create and bulk_update build an expression for every value, which costs more than the database does;
arrays as parameters are quoted value by value.
"""

import json
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeAlias

from django.db import connection, models
from psycopg.types.json import Jsonb

AnyField: TypeAlias = "models.Field[Any, Any]"


def copy_in(rows: Sequence[models.Model]) -> None:
    """Inserts rows of one model; their keys are given by the database and not read back. Values are taken as they
    are: numbers, texts, times, and for JSON fields whatever JSON can say."""
    if not rows:
        return
    meta = rows[0]._meta
    fields: list[AnyField] = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(map(_column, fields))
    readers = [_reader(field) for field in fields]
    with connection.cursor() as cursor, cursor.copy(f"COPY {_quoted(meta.db_table)} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([read(row) for read in readers])


def update_many(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Writes the named fields of rows of one model, found by their keys."""
    if not rows:
        return
    meta = rows[0]._meta
    by_name: dict[str, AnyField] = {field.name: field for field in meta.concrete_fields}
    changed = [by_name[name] for name in names]
    fields: list[AnyField] = [meta.pk, *changed]
    typed = ", ".join(f"{_column(field)} {_type(field)}" for field in fields)
    sets = ", ".join(f"{_column(field)} = new.{_column(field)}" for field in changed)
    key = _column(meta.pk)
    statement = (
        f"UPDATE {_quoted(meta.db_table)} AS kept SET {sets} "  # noqa: S608 - names of our own models, no values
        f"FROM json_to_recordset(%s) AS new ({typed}) WHERE kept.{key} = new.{key}"
    )
    document = [{str(field.column): getattr(row, field.attname) for field in fields} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(document, default=str, ensure_ascii=False)])


def _reader(field: AnyField) -> Callable[[models.Model], Any]:
    read = attrgetter(field.attname)
    if isinstance(field, models.JSONField):
        return lambda row: Jsonb(read(row))
    return read


def _column(field: AnyField) -> str:
    return _quoted(str(field.column))


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))


def _type(field: AnyField) -> str:
    """An identity column is a plain number here, and a length is the table's own affair."""
    return str(field.rel_db_type(connection)).split("(")[0]
