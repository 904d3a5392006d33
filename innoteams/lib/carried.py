"""Rows carried as JSON through a query of another shape, and made rows again.

So several tables can be asked in one query: as lists beside a row (`ArraySubquery`), or one after the other (`union`).
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models
from django.db.models import F, Func
from django.db.models.expressions import Combinable

Row = TypeVar("Row", bound=models.Model)
Columns = tuple[str, ...]
# The columns that are wanted of single rows that come along, by the way to them ("team__city").
Related = Mapping[str, Columns]
ALL: Columns = ()
# What is computed beside the columns, by the name that the row is to have it under.
Facts = Mapping[str, Combinable]
NO_FACTS: Facts = {}


class JsonRow(Func):
    """A JSON object of columns of the query's own model, and of expressions by name.

    Django's JSONObject makes three expressions of every column (its name, a cast of that, the way to the column), each
    resolved, copied and written out again whenever a query is put into another: for a project with all its parts that
    was most of what the page cost. Here the columns of a row are one expression, whatever their number.
    """

    function = "JSON_OBJECT"
    template = "%(function)s(%(expressions)s RETURNING JSONB)"
    output_field = models.JSONField()

    def __init__(self, columns: Iterable[Any] = (), /, **fields: Any) -> None:
        super().__init__(*fields.values())
        self.columns, self.names, self.alias = tuple(columns), tuple(fields), ""

    def resolve_expression(self, query: Any = None, *args: Any, **options: Any) -> Any:
        resolved = super().resolve_expression(query, *args, **options)
        # Inside another query it is resolved again, for what that one has to say: its row stays its own.
        if self.columns and not self.alias:
            resolved.alias = query.get_initial_alias()
        return resolved

    def relabeled_clone(self, change_map: Any) -> Any:
        clone = super().relabeled_clone(change_map)
        clone.alias = change_map.get(self.alias, self.alias)
        return clone

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]  # as JSONObject
        quote = compiler.quote_name_unless_alias
        own = [(one, f"{quote(self.alias)}.{quote(one.column)}") for one in self.columns]
        # A decimal would be read as a float on its way through JSON.
        pairs = [(one.attname, f"{sql}::text" if isinstance(one, models.DecimalField) else sql) for one, sql in own]
        context["arg_joiner"] = _Pairs(pairs, self.names)
        return super().as_sql(compiler, connection, **context)


class _Pairs:
    """Stands where Func has the comma between its arguments."""

    def __init__(self, pairs: list[tuple[str, str]], names: tuple[str, ...]) -> None:
        self.pairs, self.names = pairs, names

    def join(self, arguments: list[str]) -> str:
        # The names are our own: of columns, and of parameters in Python.
        named = [*self.pairs, *zip(self.names, arguments, strict=True)]
        return ", ".join(f"'{name}' VALUE {sql}" for name, sql in named)


def as_json(model: type[models.Model], related: Related, columns: Columns = ALL, facts: Facts = NO_FACTS) -> JsonRow:
    """For `.values(row=…)` of a queryset of the model; `facts` are computed in the same query."""
    along = {}
    for path, wanted in related.items():
        names = [one.attname for one in _columns(_model_at(model, path), wanted)]
        along[path] = JsonRow(**{name: F(f"{path}__{name}") for name in names})
    return JsonRow(_columns(model, columns), **along, **facts)


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


def _made(model: type[Row], row: Mapping[str, Any]) -> Row:
    columns = [column for column in _columns(model) if column.attname in row]
    values = [column.to_python(row[column.attname]) for column in columns]
    return model.from_db("default", [column.attname for column in columns], values)
