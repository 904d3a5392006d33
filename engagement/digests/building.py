"""From planned to built: chosen, written and kept with its reasons, for a whole batch at a time."""

import datetime as dt
import logging
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, transaction

from engagement.choices import DigestState
from engagement.digests import ledger, pictures
from engagement.digests.drafts import Draft, Kept
from engagement.digests.looking import reason_not_to, stop_url
from engagement.digests.preferences import preferences_of
from engagement.digests.streams import STREAMS
from engagement.digests.unsubscribe import keys_for
from engagement.models import Digest, DigestItem
from engagement.reach import suppressed
from innoteams.lib.bulk import copy_in, update_many
from innoteams.lib.mail import mail_domain

logger = logging.getLogger(__name__)

_WRITTEN = (
    "state",
    "reason",
    "subject",
    "text_body",
    "html_body",
    "message_id",
    "item_count",
    "built_at",
    "error",
    "trail",
)


def build(pks: Sequence[int], now: dt.datetime) -> list[int]:
    """Those of the planned digests that are built now. Rows that another worker builds meanwhile are left to it.

    One that cannot be written must not hold up the others: the batch is halved until it stands alone, and fails.
    """
    try:
        return _build(pks, now)
    except (OperationalError, InterfaceError):
        # The database, not a digest: all of them stay planned.
        raise
    except Exception as error:  # whatever one person's data provoked
        if len(pks) > 1:
            middle = len(pks) // 2
            return build(pks[:middle], now) + build(pks[middle:], now)
        logger.exception("Digest %s cannot be written", pks[0])
        _give_up(pks[0], error, now)
        return []


@transaction.atomic
def _build(pks: Sequence[int], now: dt.datetime) -> list[int]:
    planned = Digest.objects.select_for_update(skip_locked=True, of=("self",)).select_related("person")
    digests = list(planned.filter(pk__in=pks, state=DigestState.PLANNED).order_by("pk"))
    by_stream: dict[str, list[Digest]] = {}
    for digest in digests:
        by_stream.setdefault(digest.stream, []).append(digest)
    drafts = [draft for stream, same in by_stream.items() for draft in _drafts_of(stream, same, now)]
    for draft in drafts:
        _fill(draft, now)
    pictures.keep({name: png for draft in drafts if draft.rendered for name, png in draft.rendered.pictures.items()})
    DigestItem.objects.filter(digest__in=digests)._raw_delete(DigestItem.objects.db)
    copy_in(DigestItem, (item for draft in drafts if draft.rendered for item in _kept(draft)))
    update_many(digests, _WRITTEN)
    return [draft.digest.pk for draft in drafts if draft.rendered]


def _drafts_of(stream: str, digests: list[Digest], now: dt.datetime) -> list[Draft]:
    """Of those whose reader still wants it; the others are skipped."""
    people = [digest.person_id for digest in digests]
    preferences = preferences_of(people, stream)
    away = suppressed(digest.person.email for digest in digests)
    wanted = []
    for digest in digests:
        why_not = reason_not_to(digest, preferences[digest.person_id], away, now)
        if why_not:
            ledger.note(digest, DigestState.SKIPPED, by="builder", now=now, why=why_not)
        else:
            wanted.append(digest)
    urls = {pk: stop_url(key) for pk, key in keys_for((one.person_id for one in wanted), stream).items()}
    return STREAMS[stream].compose(wanted, preferences, urls) if wanted else []


def _kept(draft: Draft) -> list[Kept]:
    for item in draft.kept:
        item.digest_id = draft.digest.pk
    return draft.kept


def _fill(draft: Draft, now: dt.datetime) -> None:
    digest = draft.digest
    if draft.rendered is None:
        ledger.note(digest, DigestState.EMPTY, by="builder", now=now, why="nothing_new")
        return
    digest.subject, digest.text_body, digest.html_body = (
        draft.rendered.subject,
        draft.rendered.text,
        draft.rendered.html,
    )
    # The same at every attempt, so that even a server that got it twice can tell.
    digest.message_id = f"<digest.{digest.period_key}.{digest.pk}@{mail_domain()}>".lower()
    digest.item_count, digest.built_at = len(draft.kept), now
    ledger.note(digest, DigestState.BUILT, by="builder", now=now)


@transaction.atomic
def _give_up(pk: int, error: Exception, now: dt.datetime) -> None:
    digest = Digest.objects.select_for_update().filter(pk=pk, state=DigestState.PLANNED).first()
    if digest:
        digest.error = f"{type(error).__name__}: {error}"[:500]
        ledger.note(digest, DigestState.FAILED, by="builder", now=now, why="cannot_be_written")
        digest.save(update_fields=["state", "reason", "error", "trail"])
