"""All sources, asked in one query."""

from typing import Any

from django.db.models import CharField, QuerySet, Value

from engagement.waiting import check_ins, coaching, exchange, projects
from engagement.waiting.items import Source, Waiting
from innoteams.accounts.models import User
from innoteams.lib.carried import as_json, from_json

SOURCES: tuple[Source, ...] = (*check_ins.SOURCES, *exchange.SOURCES, *coaching.SOURCES, *projects.SOURCES)
_BY_NAME = {source.name: source for source in SOURCES}


def waiting_for(person: User) -> list[Waiting]:
    """Everything, the oldest promise first; what nobody promised until a day comes after what was promised."""
    found: list[Waiting] = []
    asked = [source.rows(person) for source in SOURCES]
    carried = [_carried(source, rows) for source, rows in zip(SOURCES, asked, strict=True)]
    models = {source.name: rows.model for source, rows in zip(SOURCES, asked, strict=True)}
    for name, row in carried[0].union(*carried[1:], all=True):
        source = _BY_NAME[name]
        found += source.tell(from_json(models[name], source.related, row, source.facts), person)
    return sorted(found, key=lambda item: (not item.has_due, item.promised, item.kind, item.url))


def _carried(source: Source, rows: QuerySet[Any]) -> QuerySet[Any, tuple[str, Any]]:
    row = as_json(rows.model, source.related, source.columns, source.facts)
    named = rows.order_by().annotate(told_by=Value(source.name, CharField()), carried=row)
    asked: QuerySet[Any, tuple[str, Any]] = named.values_list("told_by", "carried")
    return asked
