"""Rows carried as JSON through a query of another shape, and made rows again.

So several tables can be asked in one query: as lists beside a row (`ArraySubquery`), or one after the other (`union`).
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models
from django.db.models import F
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, JSONObject

Row = TypeVar("Row", bound=models.Model)
Columns = tuple[str, ...]
# The columns that are wanted of single rows that come along, by the way to them ("team__city").
Related = Mapping[str, Columns]
ALL: Columns = ()
# What is computed beside the columns, by the name that the row is to have it under.
Facts = Mapping[str, Combinable]
NO_FACTS: Facts = {}


def as_json(model: type[models.Model], related: Related, columns: Columns = ALL, facts: Facts = NO_FACTS) -> JSONObject:
    """For `.values(row=…)` of a queryset of the model; `facts` are computed in the same query."""
    along = {}
    for path, wanted in related.items():
        names = [one.attname for one in _columns(_model_at(model, path), wanted)]
        along[path] = JSONObject(**{name: F(f"{path}__{name}") for name in names})
    return JSONObject(**{one.attname: _value_of(one) for one in _columns(model, columns)}, **along, **facts)


def from_json(model: type[Row], related: Related, row: Mapping[str, Any], facts: Iterable[str] = ()) -> Row:
    """The row as the database would have given it; columns that were not carried are deferred."""
    found = _made(model, row)
    for fact in facts:
        setattr(found, fact, row[fact])
    for path in related:
        *way, last = path.split("__")
        holder: Any = found
        for step in way:
            holder = getattr(holder, step) if holder is not None else None
        if holder is not None:
            # An empty foreign key is not asked after either.
            there = row[path]["id"] is not None
            holder._state.fields_cache[last] = _made(_model_at(model, path), row[path]) if there else None
    return found


def keep(holder: Any, name: str, found: list[Any]) -> None:
    """The holder has these rows under that name: what `prefetch_related` does once it has fetched them."""
    rows = getattr(holder, name).get_queryset()
    rows._result_cache = found
    rows._prefetch_done = True
    if not hasattr(holder, "_prefetched_objects_cache"):
        holder._prefetched_objects_cache = {}
    holder._prefetched_objects_cache[name] = rows


def _columns(model: type[models.Model], wanted: Columns = ALL) -> list[Any]:
    return [column for column in model._meta.concrete_fields if not wanted or column.attname in wanted]


def _model_at(model: type[models.Model], path: str) -> type[models.Model]:
    for step in path.split("__"):
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]  # a foreign key has one
    return model


def _value_of(column: Any) -> Combinable:
    # A decimal would be read as a float on its way through JSON.
    is_exact = isinstance(column, models.DecimalField)
    return Cast(column.attname, models.TextField()) if is_exact else F(column.attname)


def _made(model: type[Row], row: Mapping[str, Any]) -> Row:
    columns = [column for column in _columns(model) if column.attname in row]
    values = [column.to_python(row[column.attname]) for column in columns]
    return model.from_db("default", [column.attname for column in columns], values)
