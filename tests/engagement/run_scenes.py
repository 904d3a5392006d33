"""Rows of the ledger as operators find them."""

import datetime as dt

from django.utils import timezone

from engagement.choices import DigestState, ItemKind, Stream
from engagement.models import Digest, DigestItem, PreviewLeave
from innoteams.accounts.models import User
from projects.models import Project

WRITTEN = (DigestState.BUILT, DigestState.CLAIMED, DigestState.SENT, DigestState.UNKNOWN)
STOP = "https://example.org/digests/stop/a-key-of-32-letters-that-stops-it/"


def kept(
    person: User,
    *,
    key: str = "2026-W40",
    stream: str = Stream.NETWORK,
    state: str = DigestState.SENT,
    project: Project | None = None,
    **fields: object,
) -> Digest:
    """A digest as the ledger has it; written ones hold the project."""
    now = timezone.now()
    written = state in WRITTEN
    values: dict[str, object] = {
        "state": state,
        "due_at": now - dt.timedelta(hours=1),
        "window_start": now - dt.timedelta(days=7),
        "window_end": now - dt.timedelta(hours=1),
        "language": person.language,
        "timezone": person.timezone,
        "sent_at": now if state == DigestState.SENT else None,
        "trail": [{"at": now.isoformat(), "by": "planner", "from": "", "to": "planned", "why": ""}],
        **fields,
    }
    if written:
        values = {
            "subject": "A subject of its own",
            "html_body": f'<html><head></head><body>Words in HTML <a href="{STOP}">stop</a></body></html>',
            "text_body": f"Words in text {STOP}",
            "message_id": f"<digest.{key}.{person.pk}@example.org>".lower(),
            "item_count": 1 if project else 0,
            "built_at": now,
        } | values
    digest, made = Digest.objects.get_or_create(person=person, stream=stream, period_key=key, defaults=values)
    if made and written and project:
        DigestItem.objects.create(
            digest=digest,
            rank=1,
            kind=ItemKind.PROJECT,
            project=project,
            score=4.5,
            reasons=[{"code": "shared_topic", "weight": 3.0, "topics": []}, {"code": "fresh", "weight": 1.5}],
        )
    return digest


def give_leave(person: User) -> None:
    PreviewLeave.objects.get_or_create(person=person)
