"""Network digests for a whole batch of readers: read once, chosen for each, written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils import timezone, translation

from engagement.choices import ItemKind
from engagement.digests.drafts import Draft, Kept
from engagement.digests.network.chosen import Chosen
from engagement.digests.network.readers import Asked
from engagement.digests.network.rendering import details_of, render
from engagement.digests.network.selection import Selection, choose
from engagement.digests.periods import zone_of
from engagement.models import Digest, DigestPreference
from innoteams.lib.mail import offered


def compose(
    digests: Sequence[Digest], preferences: Mapping[int, DigestPreference], stop_urls: Mapping[int, str]
) -> list[Draft]:
    """See `engagement.digests.drafts.Compose`."""
    pool, selections = choose([Asked(one.person_id, one.window_start, one.window_end) for one in digests])
    details = details_of(selections)
    drafts = [Draft(digest) for digest in digests]
    alike: dict[tuple[str, str], list[tuple[Draft, Selection]]] = defaultdict(list)
    for draft, selection in zip(drafts, selections, strict=True):
        if selection.is_worth_a_mail:
            alike[offered(draft.digest.language), draft.digest.timezone].append((draft, selection))
    for (language, time_zone), same in alike.items():
        with translation.override(language), timezone.override(zone_of(time_zone)):
            for draft, selection in same:
                person = draft.digest.person_id
                draft.rendered = render(draft.digest, selection, pool, details, preferences[person], stop_urls[person])
                # After it: what a mail has no room for is no item of it.
                draft.kept = kept_of(selection)
    return drafts


def kept_of(selection: Selection) -> list[Kept]:
    """As they are kept; asked for when it is written, which may have left some out."""
    return [_kept(rank, chosen) for rank, chosen in enumerate(selection.items, start=1)]


def _kept(rank: int, chosen: Chosen) -> Kept:
    suggestion = chosen.suggestion
    return Kept(
        rank=rank,
        kind=chosen.kind,
        project_id=chosen.project_id or (suggestion.project_id if suggestion else None),
        question_id=chosen.question.pk if chosen.question else suggestion.question_id if suggestion else None,
        city_id=chosen.city.pk if chosen.kind == ItemKind.CITY else None,
        suggestion_id=suggestion.pk if suggestion else None,
        pin_id=chosen.pin_id or (chosen.pin.pk if chosen.pin else None),
        newest_activity_id=chosen.news[0].pk if chosen.news else None,
        score=round(chosen.score, 4),
        reasons=chosen.why.stored,
        told=[one.pk for one in chosen.news],
    )
