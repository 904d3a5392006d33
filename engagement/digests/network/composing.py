"""Network digests for a whole batch of readers: read once, chosen for each, written."""

from collections.abc import Mapping, Sequence

from engagement.choices import ItemKind
from engagement.digests.drafts import Draft
from engagement.digests.network.pool import Pool, Reader, know_readers
from engagement.digests.network.rendering import details_of, render
from engagement.digests.network.selection import Chosen, Selection, select
from engagement.digests.sight import sights_of
from engagement.models import Digest, DigestItem, DigestPreference


def compose(
    digests: Sequence[Digest], preferences: Mapping[int, DigestPreference], stop_urls: Mapping[int, str]
) -> list[Draft]:
    """See `engagement.digests.drafts.Compose`."""
    readers = readers_of(digests)
    pool = Pool(list(readers.values()))
    selections = [select(readers[digest.person_id], pool) for digest in digests]
    details = details_of(selections)
    drafts = []
    for digest, selection in zip(digests, selections, strict=True):
        draft = Draft(digest)
        if selection.is_worth_a_mail:
            stop_url, preference = stop_urls[digest.person_id], preferences[digest.person_id]
            draft.rendered = render(digest, selection, pool, details, preference, stop_url)
            # After it: what a mail has no room for is no item of it.
            draft.items = items_of(selection)
        drafts.append(draft)
    return drafts


def readers_of(digests: Sequence[Digest]) -> dict[int, Reader]:
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
    return readers


def items_of(selection: Selection) -> list[DigestItem]:
    return [_item(rank, chosen) for rank, chosen in enumerate(selection.items, start=1)]


def _item(rank: int, chosen: Chosen) -> DigestItem:
    return DigestItem(
        rank=rank,
        kind=chosen.kind,
        project=chosen.project,
        question=chosen.question,
        suggestion=chosen.suggestion,
        pin=chosen.pin,
        city=chosen.city if chosen.kind == ItemKind.CITY else None,
        newest_activity_id=chosen.news[0].pk if chosen.news else None,
        score=round(chosen.score, 4),
        reasons=[reason.stored() for reason in chosen.reasons],
        told=[one.pk for one in chosen.news],
    )
