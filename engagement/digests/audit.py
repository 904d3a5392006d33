"""The ledger as data, for audits: every row with its items, in a bounded number of queries and of memory."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from engagement.models import Digest, DigestItem
from engagement.querysets import DigestQuerySet

AT_ONCE = 1000
# Never the bodies: an audit asks who was sent what and why, and ten thousand bodies are half a gigabyte.
_COLUMNS = (
    "pk",
    "person_id",
    "person__email",
    "stream",
    "period_key",
    "state",
    "reason",
    "message_id",
    "language",
    "due_at",
    "window_start",
    "window_end",
    "built_at",
    "sent_at",
    "next_attempt_at",
    "held_at",
    "attempts",
    "error",
    "trail",
    "item_count",
)
# What an item is about: keys by which a person of the portal finds it, no words.
_ABOUT = {
    "project": "project_id",
    "project_slug": "project__slug",
    "question": "question_id",
    "city": "city_id",
    "city_slug": "city__slug",
    "team": "team_id",
    "team_slug": "team__slug",
    "check_in": "check_in_id",
    "session": "session_id",
    "commitment": "commitment_id",
    "introduction": "introduction_id",
    "suggestion": "suggestion_id",
    "pin": "pin_id",
}


def ledger_rows(*, stream: str = "", since: dt.datetime | None = None, state: str = "") -> DigestQuerySet:
    """The rows that are asked for: since when they were due, of which stream, in which state."""
    rows: DigestQuerySet = Digest.objects.order_by("pk")
    if stream:
        rows = rows.filter(stream=stream)
    if since:
        rows = rows.filter(due_at__gte=since)
    return rows.filter(state=state) if state else rows


def entries(rows: DigestQuerySet, *, addresses: bool = True) -> Iterator[dict[str, Any]]:
    """One for each row, in the order of their keys; two queries for a thousand of them."""
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk").values(*_COLUMNS)[:AT_ONCE]):
        last = page[-1]["pk"]
        items = _items_of([row["pk"] for row in page])
        for row in page:
            yield _entry(row, items.get(row["pk"], []), addresses=addresses)


def _items_of(pks: list[int]) -> dict[int, list[dict[str, Any]]]:
    columns = ("digest_id", "rank", "kind", "score", "reasons", *_ABOUT.values())
    found: dict[int, list[dict[str, Any]]] = {}
    for row in DigestItem.objects.filter(digest__in=pks).order_by("digest_id", "rank").values(*columns):
        about = {name: row[column] for name, column in _ABOUT.items() if row[column] is not None}
        item = {"rank": row["rank"], "kind": row["kind"], "about": about, "score": row["score"]}
        found.setdefault(row["digest_id"], []).append(item | {"reasons": row["reasons"]})
    return found


def _entry(row: Mapping[str, Any], items: list[dict[str, Any]], *, addresses: bool) -> dict[str, Any]:
    entry = {"id": row["pk"], "person": row["person_id"]}
    if addresses:
        entry["address"] = row["person__email"]
    return entry | {
        "stream": row["stream"],
        "period": row["period_key"],
        "state": row["state"],
        "reason": row["reason"],
        "message_id": row["message_id"],
        "language": row["language"],
        "due_at": _iso(row["due_at"]),
        "window_start": _iso(row["window_start"]),
        "window_end": _iso(row["window_end"]),
        "built_at": _iso(row["built_at"]),
        "sent_at": _iso(row["sent_at"]),
        "next_attempt_at": _iso(row["next_attempt_at"]),
        "held_at": _iso(row["held_at"]),
        "attempts": row["attempts"],
        "error": row["error"],
        "trail": row["trail"],
        "item_count": row["item_count"],
        "items": items,
    }


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(dt.UTC).isoformat() if moment else None
