"""Many rows at once by PostgreSQL's COPY: inserted, or put beside the rows they change and taken over in one UPDATE.

Django's own bulk_create and bulk_update build an expression for every value, which costs more than the database does;
arrays as parameters are quoted value by value, and a JSON document is written and read twice.
"""

import json
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, TypeAlias

from django.db import connection, models

AnyField: TypeAlias = "models.Field[Any, Any]"


class AsJson(str):
    """The value of a JSON field that is JSON text already: written as it is."""

    __slots__ = ()


def as_json(value: object) -> AsJson:
    return value if isinstance(value, AsJson) else AsJson(json.dumps(value))


def copy_in(model: type[models.Model], rows: Iterable[object]) -> None:
    """Inserts rows: instances, or anything with the attributes of one. Their keys are given by the database and not
    read back. Values are taken as they are: numbers, texts, times, and for JSON fields whatever JSON can say."""
    meta = model._meta
    fields: list[AnyField] = [field for field in meta.concrete_fields if not field.primary_key]
    _copy(f"{_quoted(meta.db_table)} ({', '.join(map(_column, fields))})", fields, rows)


def _copy(target: str, fields: Sequence[AnyField], rows: Iterable[object]) -> None:
    values = attrgetter(*[field.attname for field in fields])
    in_json = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            written = list(values(row))
            for place in in_json:
                written[place] = as_json(written[place])
            copy.write_row(written)


def update_many(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Writes the named fields of rows of one model, found by their keys; inside a transaction."""
    if not rows:
        return
    meta = rows[0]._meta
    by_name: dict[str, AnyField] = {field.name: field for field in meta.concrete_fields}
    changed = [by_name[name] for name in names]
    fields: list[AnyField] = [meta.pk, *changed]
    beside, table, key = _quoted(f"new_{meta.db_table}"), _quoted(meta.db_table), _column(meta.pk)
    typed = ", ".join(f"{_column(field)} {_type(field)}" for field in fields)
    sets = ", ".join(f"{_column(field)} = new.{_column(field)}" for field in changed)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {beside} ({typed}) ON COMMIT DROP")
    _copy(beside, fields, rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS kept SET {sets} FROM {beside} AS new "  # noqa: S608 - names of our own models, no values
            f"WHERE kept.{key} = new.{key}"
        )
        cursor.execute(f"DROP TABLE {beside}")


def _column(field: AnyField) -> str:
    return _quoted(str(field.column))


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))


def _type(field: AnyField) -> str:
    """An identity column is a plain number here, and a length is the table's own affair."""
    return str(field.rel_db_type(connection)).split("(")[0]
