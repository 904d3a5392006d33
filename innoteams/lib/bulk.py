"""Many rows in one statement each way: PostgreSQL's COPY and an UPDATE from arrays.

Django's own bulk_create and bulk_update build an expression for every value, which costs more than the database does.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from django.db import connection, models

AnyField: TypeAlias = "models.Field[Any, Any]"


def copy_in(rows: Sequence[models.Model]) -> None:
    """Inserts rows of one model; their keys are given by the database and not read back."""
    if not rows:
        return
    meta = rows[0]._meta
    fields: list[AnyField] = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(map(_column, fields))
    with connection.cursor() as cursor, cursor.copy(f"COPY {_quoted(meta.db_table)} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_value(row, field) for field in fields])


def update_many(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Writes the named fields of rows of one model, found by their keys."""
    if not rows:
        return
    meta = rows[0]._meta
    by_name: dict[str, AnyField] = {field.name: field for field in meta.concrete_fields}
    changed = [by_name[name] for name in names]
    fields: list[AnyField] = [meta.pk, *changed]
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in fields)
    sets = ", ".join(f"{_column(field)} = new.{_column(field)}" for field in changed)
    key = _column(meta.pk)
    statement = (
        f"UPDATE {_quoted(meta.db_table)} AS kept SET {sets} "  # noqa: S608 - names of our own models, no values
        f"FROM unnest({arrays}) AS new ({', '.join(map(_column, fields))}) WHERE kept.{key} = new.{key}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [[_value(row, field) for row in rows] for field in fields])


def _value(row: models.Model, field: AnyField) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection)


def _column(field: AnyField) -> str:
    return _quoted(str(field.column))


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))


def _type(field: AnyField) -> str:
    """An identity column is a plain number here, and a length is the table's own affair."""
    return str(field.rel_db_type(connection)).split("(")[0]
