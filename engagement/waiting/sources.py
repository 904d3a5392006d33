"""All sources, asked in one query: for one person, or for many at once."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection
from django.db.models import CharField, QuerySet, Value

from engagement.waiting import check_ins, coaching, exchange, projects
from engagement.waiting.anybody import ALIAS, ANYBODY
from engagement.waiting.items import Found, Source, Waiting
from innoteams.accounts.models import User
from innoteams.lib.carried import as_json, from_json

SOURCES: tuple[Source, ...] = (*check_ins.SOURCES, *exchange.SOURCES, *coaching.SOURCES, *projects.SOURCES)
_BY_NAME = {source.name: source for source in SOURCES}


def waiting_for(person: User) -> list[Waiting]:
    """Everything, the oldest promise first; what nobody promised until a day comes after what was promised."""
    asked = _asked_of(person)
    models = {name: rows.model for name, rows in asked.items()}
    found = [_found(models[name], name, row) for name, row in _in_one_query(asked)]
    return in_order(item for one in found for item in one.told_to(person))


def rows_of(person_ids: Collection[int]) -> dict[int, list[Found]]:
    """What waits for each of these people, in one query. Put into words, it is what `waiting_for` answers."""
    found: dict[int, list[Found]] = defaultdict(list)
    if not person_ids:
        return found
    asked = _asked_of(ANYBODY)
    models = {name: rows.model for name, rows in asked.items()}
    sql, values = _in_one_query(asked).query.sql_with_params()
    # The rows of each person in turn: inside, the condition on the person is this row's key. OFFSET 0 keeps the inner
    # query whole: merged into this one, what a person is to teams would be asked again for each row of each table.
    for_each = f"SELECT {ALIAS}.id, waits.* FROM unnest(%s::bigint[]) AS {ALIAS}(id), LATERAL ({sql} OFFSET 0) AS waits"  # noqa: S608 - put together from querysets; every value is a parameter
    with connection.cursor() as cursor:
        cursor.execute(for_each, [sorted(person_ids), *values])
        for person_id, name, carried in cursor.fetchall():
            row = json.loads(carried) if isinstance(carried, str) else carried
            found[person_id].append(_found(models[name], name, row))
    return found


def in_order(items: Iterable[Waiting]) -> list[Waiting]:
    return sorted(items, key=lambda item: (not item.has_due, item.promised, item.kind, item.url))


def _asked_of(person: User) -> dict[str, QuerySet[Any]]:
    return {source.name: source.rows(person) for source in SOURCES}


def _in_one_query(asked: dict[str, QuerySet[Any]]) -> QuerySet[Any, tuple[str, Any]]:
    first, *others = (_carried(_BY_NAME[name], rows) for name, rows in asked.items())
    return first.union(*others, all=True)


def _found(model: type[Any], name: str, row: Any) -> Found:
    source = _BY_NAME[name]
    return Found(source, from_json(model, source.related, row, source.facts))


def _carried(source: Source, rows: QuerySet[Any]) -> QuerySet[Any, tuple[str, Any]]:
    row = as_json(rows.model, source.related, source.columns, source.facts)
    named = rows.order_by().annotate(told_by=Value(source.name, CharField()), carried=row)
    asked: QuerySet[Any, tuple[str, Any]] = named.values_list("told_by", "carried")
    return asked
