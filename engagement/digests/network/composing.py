"""Network digests for a whole batch of readers: read once, chosen for each, written."""

from collections.abc import Mapping, Sequence

from engagement.choices import ItemKind
from engagement.digests.drafts import Draft
from engagement.digests.network.readers import Asked
from engagement.digests.network.rendering import details_of, render
from engagement.digests.network.selection import Chosen, Selection, choose
from engagement.models import Digest, DigestItem, DigestPreference


def compose(
    digests: Sequence[Digest], preferences: Mapping[int, DigestPreference], stop_urls: Mapping[int, str]
) -> list[Draft]:
    """See `engagement.digests.drafts.Compose`."""
    pool, selections = choose([Asked(one.person_id, one.window_start, one.window_end) for one in digests])
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


def items_of(selection: Selection) -> list[DigestItem]:
    """As they are kept; asked for when it is written, which may have left some out."""
    return [_item(rank, chosen) for rank, chosen in enumerate(selection.items, start=1)]


def _item(rank: int, chosen: Chosen) -> DigestItem:
    """By keys alone: to give a row whole objects costs more than all the rest of it."""
    suggestion = chosen.suggestion
    return DigestItem(
        rank=rank,
        kind=chosen.kind,
        project_id=chosen.project_id or (suggestion.project_id if suggestion else None),
        question_id=chosen.question.pk if chosen.question else suggestion.question_id if suggestion else None,
        city_id=chosen.city.pk if chosen.kind == ItemKind.CITY else None,
        suggestion_id=suggestion.pk if suggestion else None,
        pin_id=chosen.pin_id or (chosen.pin.pk if chosen.pin else None),
        newest_activity_id=chosen.news[0].pk if chosen.news else None,
        score=round(chosen.score, 4),
        reasons=[reason.stored() for reason in chosen.reasons],
        told=[one.pk for one in chosen.news],
    )
