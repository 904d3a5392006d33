"""All sources, asked in one query: for one person, or for many at once."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import CharField, QuerySet, Value
from django.utils import timezone

from cities.querysets import today
from engagement.waiting import check_ins, coaching, exchange, projects
from engagement.waiting.anybody import ALIAS, ANYBODY
from engagement.waiting.items import Found, Source, Waiting
from innoteams.accounts.models import User
from innoteams.lib.carried import as_json, from_json

SOURCES: tuple[Source, ...] = (*check_ins.SOURCES, *exchange.SOURCES, *coaching.SOURCES, *projects.SOURCES)
_BY_NAME = {source.name: source for source in SOURCES}


def waiting_for(person: User) -> list[Waiting]:
    """Everything, the oldest promise first; what nobody promised until a day comes after what was promised."""
    return in_order(item for one in rows_of([person.pk])[person.pk] for item in one.told_to(person))


def rows_of(person_ids: Collection[int]) -> dict[int, list[Found]]:
    """What waits for each of these people, in one query. Put into words, it is what `waiting_for` answers."""
    found: dict[int, list[Found]] = defaultdict(list)
    if not person_ids:
        return found
    statement = _statement(today())
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, [sorted(person_ids), *statement.values_at(timezone.now())])
        for person_id, name, carried in cursor.fetchall():
            row = json.loads(carried) if isinstance(carried, str) else carried
            found[person_id].append(_found(statement.models[name], name, row))
    return found


@dataclass(frozen=True)
class _Statement:
    """The question in SQL, as it was put together at one moment of a day."""

    sql: str
    values: Sequence[Any]
    made_at: dt.datetime
    models: Mapping[str, type[Any]]

    def values_at(self, now: dt.datetime) -> list[Any]:
        """Days stay; moments were so far from then and are as far from now."""
        later = now - self.made_at
        return [value + later if isinstance(value, dt.datetime) else value for value in self.values]


@lru_cache(maxsize=2)
def _statement(_today: dt.date) -> _Statement:
    """Made once a day: to put twelve querysets together takes Django a tenth of a second, the database a few hundredths
    of that to answer."""
    now = timezone.now()
    asked = {source.name: source.rows(ANYBODY) for source in SOURCES}
    first, *others = (_carried(_BY_NAME[name], rows) for name, rows in asked.items())
    sql, values = first.union(*others, all=True).query.sql_with_params()
    # The rows of each person in turn: inside, the condition on the person is this row's key. OFFSET 0 keeps the inner
    # query whole: merged into this one, what a person is to teams would be asked again for each row of each table.
    for_each = f"SELECT {ALIAS}.id, waits.* FROM unnest(%s::bigint[]) AS {ALIAS}(id), LATERAL ({sql} OFFSET 0) AS waits"  # noqa: S608 - put together from querysets; every value is a parameter
    return _Statement(for_each, values, now, {name: rows.model for name, rows in asked.items()})


def in_order(items: Iterable[Waiting]) -> list[Waiting]:
    return sorted(items, key=lambda item: (not item.has_due, item.promised, item.kind, item.url))


def _found(model: type[Any], name: str, row: Any) -> Found:
    source = _BY_NAME[name]
    return Found(source, from_json(model, source.related, row, source.facts))


def _carried(source: Source, rows: QuerySet[Any]) -> QuerySet[Any, tuple[str, Any]]:
    row = as_json(rows.model, source.related, source.columns, source.facts)
    named = rows.order_by().annotate(told_by=Value(source.name, CharField()), carried=row)
    asked: QuerySet[Any, tuple[str, Any]] = named.values_list("told_by", "carried")
    return asked
