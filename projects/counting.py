"""Counting the same rows by many columns at once: one pass over the table instead of one for each column.

Django has no GROUPING SETS, so its query is wrapped here; values reach it as parameters, never as text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable

from projects.models import ProjectTopic

# Stands where a row counts sets of topics; a level that GROUPING never gives.
_TOPICS = -1


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over `rows` of projects: the number for every value of each of `columns`, the total where it is asked
    for, and which sets of topics the projects have."""

    rows: QuerySet[Any]
    columns: Sequence[str] = ()
    total: bool = False
    topics: bool = False


@dataclass(slots=True)
class Counted:
    """What one pass found. `topics`: sets of topics (by key), with how many projects have each."""

    total: int = 0
    by: dict[str, dict[str, int]] = field(default_factory=dict)
    topics: list[tuple[list[int], int]] = field(default_factory=list)


def count(passes: Sequence[Pass], values: Mapping[str, str | Combinable]) -> list[Counted]:
    """One query for all passes; `values` says how each column reads from a project. Values come back as text."""
    names = list(values)
    parts: list[str] = []
    parameters: list[Any] = []
    for place, one in enumerate(passes):
        for sql, given in _parts_of(place, one, values):
            parts.append(sql)
            parameters += given
    found = [Counted() for _one in passes]
    for place, level, topics, *row, number in _rows(" UNION ALL ".join(parts), parameters) if parts else ():
        _put(found[place], passes[place].columns, level, topics, dict(zip(names, row, strict=True)), number)
    return found


def _put(
    counted: Counted, columns: Sequence[str], level: int, topics: list[int], row: Mapping[str, str], number: int
) -> None:
    if level == _TOPICS:
        counted.topics.append((topics, number))
        return
    name = _column_of(level, columns)
    if name is None:
        counted.total = number
    else:
        counted.by.setdefault(name, {})[row[name]] = number


def _parts_of(place: int, one: Pass, values: Mapping[str, str | Combinable]) -> list[tuple[str, list[Any]]]:
    parts = []
    try:
        if one.columns or one.total:
            parts.append(_by_columns(place, one, values))
        if one.topics:
            parts.append(_by_topics(place, one, values))
    except EmptyResultSet:
        # Django knows without asking that no row is left.
        return []
    return parts


def _by_columns(place: int, one: Pass, values: Mapping[str, str | Combinable]) -> tuple[str, list[Any]]:
    sql, given = _selected(one.rows, {name: values[name] for name in one.columns})
    shown = ", ".join(f"{_quoted(name)}::text" if name in one.columns else "NULL::text" for name in values)
    level = f"GROUPING({', '.join(map(_quoted, one.columns))})" if one.columns else "0"
    sets = [*(["()"] if one.total else []), *(f"({_quoted(name)})" for name in one.columns)]
    head = f"SELECT {place} AS place, {level} AS level, NULL::bigint[] AS topics, {shown}, COUNT(*)"
    return f"{head} FROM ({sql}) counted GROUP BY GROUPING SETS ({', '.join(sets)})", given


def _by_topics(place: int, one: Pass, values: Mapping[str, str | Combinable]) -> tuple[str, list[Any]]:
    sql, given = _sets_of_topics(one.rows)
    nothing = ", ".join("NULL::text" for _name in values)
    head = f"SELECT {place} AS place, {_TOPICS} AS level, topics, {nothing}, COUNT(*)"
    return f"{head} FROM ({sql}) counted GROUP BY topics", given


def _sets_of_topics(rows: QuerySet[Any]) -> tuple[str, list[Any]]:
    of_project = (
        ProjectTopic.objects.order_by()
        .filter(project__in=rows.order_by().values("pk"))
        .values("project")
        .annotate(topics=ArrayAgg("topic", order_by="topic"))
        .values("topics")
    )
    sql, parameters = of_project.query.sql_with_params()
    return sql, list(parameters)


def _selected(rows: QuerySet[Any], values: Mapping[str, str | Combinable]) -> tuple[str, list[Any]]:
    aliases = {f"by_{name}": F(value) if isinstance(value, str) else value for name, value in values.items()}
    sql, parameters = rows.order_by().annotate(**aliases).values(*(aliases or ["pk"])).query.sql_with_params()
    return sql, list(parameters)


def _column_of(level: int, names: Sequence[str]) -> str | None:
    """GROUPING gives a bit for each column that a row is not grouped by, the first column the highest."""
    for place, name in enumerate(names):
        if not level & (1 << (len(names) - 1 - place)):
            return name
    return None


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(f"by_{name}"))


def _rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
