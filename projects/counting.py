"""Counting the same rows by many columns at once: one pass over the table instead of one for each column.

Django has no GROUPING SETS, so its query is wrapped here; values reach it as parameters, never as text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable

from projects.models import ProjectTopic

TOTAL = ""
Numbers = dict[Any, int]


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over `rows`: the total, where it is asked for, and the number for every value of each of `columns`."""

    rows: QuerySet[Any]
    columns: Sequence[str]
    total: bool = False


def count_by(passes: Sequence[Pass], values: Mapping[str, str | Combinable]) -> dict[str, Numbers]:
    """Numbers by column and value, in one query for all passes; the total stands under TOTAL.

    `values` says how each column reads from a row. A column belongs to one of the passes.
    """
    names = list(values)
    parts: list[str] = []
    parameters: list[Any] = []
    for one in passes:
        sets = [*([[]] if one.total else []), *([name] for name in one.columns)]
        sql, given = _selected(one.rows, values)
        columns = ", ".join(_quoted(name) for name in names)
        wanted = ", ".join(f"({', '.join(map(_quoted, chosen))})" for chosen in sets)
        parts.append(
            f"SELECT GROUPING({columns}) AS level, {columns}, COUNT(*) FROM ({sql}) counted "  # noqa: S608 - our names
            f"GROUP BY GROUPING SETS ({wanted})"
        )
        parameters += given
    found: dict[str, Numbers] = {}
    for level, *row, number in _rows(" UNION ALL ".join(parts), parameters):
        place = _column_of(level, len(names))
        name, value = (TOTAL, TOTAL) if place is None else (names[place], row[place])
        found.setdefault(name, {})[value] = number
    return found


def topic_sets(many: Sequence[QuerySet[Any]]) -> list[list[tuple[list[int], int]]]:
    """For each queryset of projects: which sets of topics (by key) its projects have, and how many have each set."""
    parts: list[str] = []
    parameters: list[Any] = []
    for place, rows in enumerate(many):
        of_project = (
            ProjectTopic.objects.order_by()
            .filter(project__in=rows.order_by().values("pk"))
            .values("project")
            .annotate(topics=ArrayAgg("topic", order_by="topic"))
            .values("topics")
        )
        sql, given = of_project.query.sql_with_params()
        parts.append(f"SELECT {place}, topics, COUNT(*) FROM ({sql}) counted GROUP BY topics")  # noqa: S608 - a number
        parameters += given
    found: list[list[tuple[list[int], int]]] = [[] for _rows_of in many]
    for place, topics, number in _rows(" UNION ALL ".join(parts), parameters):
        found[place].append((topics, number))
    return found


def _selected(rows: QuerySet[Any], values: Mapping[str, str | Combinable]) -> tuple[str, list[Any]]:
    aliases = {f"by_{name}": F(value) if isinstance(value, str) else value for name, value in values.items()}
    sql, parameters = rows.order_by().annotate(**aliases).values(*aliases).query.sql_with_params()
    return sql, list(parameters)


def _column_of(level: int, columns: int) -> int | None:
    """GROUPING gives a bit for each column that a row is not grouped by, the first column the highest."""
    for place in range(columns):
        if not level & (1 << (columns - 1 - place)):
            return place
    return None


def _quoted(name: str) -> str:
    return connection.ops.quote_name(f"by_{name}")


def _rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
