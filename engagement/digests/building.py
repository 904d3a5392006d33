"""From planned to built: chosen, written and kept with its reasons, for a whole batch at a time."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.urls import reverse

from engagement.choices import DigestState, ItemKind
from engagement.digests import ledger
from engagement.digests.pool import Pool, Reader, know_readers
from engagement.digests.preferences import preferences_of, reason_against
from engagement.digests.rendering import details_of, render
from engagement.digests.selection import Chosen, Selection, select
from engagement.digests.sight import sights_of
from engagement.digests.unsubscribe import keys_for
from engagement.models import Digest, DigestItem, DigestPreference
from innoteams.lib.mail import Rendered, mail_domain

logger = logging.getLogger(__name__)

_WRITTEN = ("state", "reason", "subject", "text_body", "html_body", "message_id", "item_count", "error", "trail")


@dataclass
class Draft:
    digest: Digest
    selection: Selection
    rendered: Rendered | None


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


def compose(
    digests: Sequence[Digest], preferences: dict[int, DigestPreference], stop_urls: dict[int, str]
) -> list[Draft]:
    """What each digest would say now; nothing is stored. The number of queries does not depend on the number."""
    sights = sights_of(digest.person_id for digest in digests)
    readers = {
        digest.person_id: Reader(
            pk=digest.person_id,
            sight=sights[digest.person_id],
            window_start=digest.window_start,
            window_end=digest.window_end,
        )
        for digest in digests
    }
    know_readers(readers)
    pool = Pool(list(readers.values()))
    selections = [select(readers[digest.person_id], pool) for digest in digests]
    details = details_of(selections)
    return [
        Draft(
            digest,
            selection,
            render(digest, selection, pool, details, preferences[digest.person_id], stop_urls[digest.person_id])
            if selection.is_worth_a_mail
            else None,
        )
        for digest, selection in zip(digests, selections, strict=True)
    ]


def stop_url(key: str) -> str:
    return f"{settings.SITE_URL}{reverse('digest_stop', args=[key])}"


@transaction.atomic
def _build(pks: Sequence[int], now: dt.datetime) -> list[int]:
    planned = Digest.objects.select_for_update(skip_locked=True, of=("self",)).select_related("person")
    digests = list(planned.filter(pk__in=pks, state=DigestState.PLANNED).order_by("pk"))
    people = [digest.person_id for digest in digests]
    preferences = preferences_of(people)
    wanted = []
    for digest in digests:
        why_not = _reason_against(digest, preferences[digest.person_id], now)
        if why_not:
            ledger.note(digest, DigestState.SKIPPED, by="builder", now=now, why=why_not)
        else:
            wanted.append(digest)
    urls = {pk: stop_url(key) for pk, key in keys_for(digest.person_id for digest in wanted).items()}
    drafts = compose(wanted, preferences, urls)
    for draft in drafts:
        _fill(draft, now)
    DigestItem.objects.filter(digest__in=digests).delete()
    DigestItem.objects.bulk_create([item for draft in drafts if draft.rendered for item in _items(draft)])
    Digest.objects.bulk_update(digests, _WRITTEN)
    return [draft.digest.pk for draft in drafts if draft.rendered]


def _reason_against(digest: Digest, preference: DigestPreference, now: dt.datetime) -> str:
    if not digest.person.is_active:
        return "inactive"
    return reason_against(preference, digest.person.timezone, now)


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
    digest.item_count = len(draft.selection.items)
    ledger.note(digest, DigestState.BUILT, by="builder", now=now)


def _items(draft: Draft) -> list[DigestItem]:
    return [_item(draft.digest, rank, chosen) for rank, chosen in enumerate(draft.selection.items, start=1)]


def _item(digest: Digest, rank: int, chosen: Chosen) -> DigestItem:
    return DigestItem(
        digest=digest,
        rank=rank,
        kind=chosen.kind,
        project=chosen.project,
        question=chosen.question,
        city=chosen.city if chosen.kind == ItemKind.CITY else None,
        newest_activity_id=chosen.news[0].pk if chosen.news else None,
        score=round(chosen.score, 4),
        reasons=[reason.stored() for reason in chosen.reasons],
        told=[one.pk for one in chosen.news],
    )


@transaction.atomic
def _give_up(pk: int, error: Exception, now: dt.datetime) -> None:
    digest = Digest.objects.select_for_update().filter(pk=pk, state=DigestState.PLANNED).first()
    if digest:
        digest.error = f"{type(error).__name__}: {error}"[:500]
        ledger.note(digest, DigestState.FAILED, by="builder", now=now, why="cannot_be_written")
        digest.save(update_fields=["state", "reason", "error", "trail"])
