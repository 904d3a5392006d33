"""Digests of actions for a whole batch of people: chosen, worded, kept as items."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from cities.models import Invitation
from engagement.choices import Cadence, CheckInState, ItemKind
from engagement.digests.actions.lines import Line, days_late
from engagement.digests.actions.selection import NEW, Piece, Selection, all_lines, select
from engagement.digests.drafts import Draft, Kept
from engagement.digests.habits import habit_in_words
from engagement.digests.periods import zone_of
from engagement.models import (
    CheckIn,
    CoachingEngagement,
    CoachingSession,
    Commitment,
    Digest,
    DigestItem,
    DigestPreference,
    Introduction,
    Question,
)
from innoteams.lib import mail
from projects.models import Adaptation, Project

# A coordinator of sixty teams reads the first of them here and the others in the portal.
MOST_TOLD = 12
# Scores order news before the rest, and what is the person's own before what others are late with.
_NEWS, _OF_OTHERS, _REST, _LONGEST = 1000, 600, 200, 150


def compose(
    digests: Sequence[Digest], preferences: Mapping[int, DigestPreference], stop_urls: Mapping[int, str]
) -> list[Draft]:
    """See `engagement.digests.drafts.Compose`."""
    drafts = []
    for digest, selection in zip(digests, select(digests, preferences), strict=True):
        draft = Draft(digest)
        if selection.is_worth_a_mail:
            told = selection.pieces[:MOST_TOLD]
            draft.kept = [_item(rank, piece) for rank, piece in enumerate(told, start=1)]
            draft.rendered = _render(digest, selection, preferences[digest.person_id], stop_urls[digest.person_id])
        drafts.append(draft)
    return drafts


def settled_meanwhile(digests: Sequence[Digest]) -> set[int]:
    """Those of the built digests that tell something which does not wait for their reader any more, as it was when it
    was written. In ten queries at most, however many they are and however much they tell."""
    told: dict[int, list[tuple[object, object]]] = defaultdict(list)
    items = DigestItem.objects.filter(digest__in=[digest.pk for digest in digests]).order_by()
    for digest_id, reasons in items.values_list("digest", "reasons"):
        told[digest_id] += [(reason.get("waits"), reason.get("row")) for reason in reasons]
    return {
        digest.pk
        for digest, lines in zip(digests, all_lines(digests), strict=True)
        if len(told[digest.pk]) != digest.item_count
        or not {(line.waits, line.row.pk) for line in lines}.issuperset(told[digest.pk])
    }


@dataclass(frozen=True)
class Entry:
    """A line in the words of the mail: all of it said while the reader's language was active."""

    what: str
    headline: str
    status: str
    text: str
    promise: str
    words: str
    url: str
    is_new: bool

    @classmethod
    def of(cls, piece: Piece) -> "Entry":
        line, is_new = piece.line, piece.code == NEW
        return cls(line.what, line.headline, line.status, line.text, line.promise, line.words, line.url, is_new)


def _render(digest: Digest, selection: Selection, preference: DigestPreference, stop_url: str) -> mail.Rendered:
    language, zone = mail.offered(digest.language), zone_of(digest.timezone)
    told = selection.pieces[:MOST_TOLD]
    with translation.override(language), timezone.override(zone):
        context = {
            "person": digest.person,
            "news": [Entry.of(piece) for piece in told if piece.is_news],
            "also": [Entry.of(piece) for piece in told if not piece.is_news],
            "first": Entry.of(told[0]),
            "others": len(selection.pieces) - 1,
            "not_told": len(selection.pieces) - len(told),
            "link": f"{settings.SITE_URL}{reverse('my_work')}",
            "stream_label": digest.get_stream_display(),
            "habit": _habit(preference, digest.timezone),
            "stop_url": stop_url,
            "read_url": f"{settings.SITE_URL}{reverse('digest_detail', args=[digest.pk])}" if digest.pk else "",
            "preferences_url": f"{settings.SITE_URL}{reverse('digest_list')}",
        }
    return mail.render("digest_actions", language, context, time_zone=zone)


def _habit(preference: DigestPreference, time_zone: str) -> str:
    if preference.cadence != Cadence.DAILY:
        return habit_in_words(preference, time_zone)
    hour = formats.time_format(dt.time(preference.local_hour), "H:i")
    sentence = _("on working days at %(hour)s (%(zone)s), only when there is something new")
    return sentence % {"hour": hour, "zone": time_zone}


# --- Items ---------------------------------------------------------------------------------------------------------


def _item(rank: int, piece: Piece) -> Kept:
    line = piece.line
    reason: dict[str, Any] = {"code": piece.code, "waits": line.waits, "row": line.row.pk}
    if line.due:
        reason["due"] = line.due.isoformat()
    return Kept(rank=rank, score=_score(piece), reasons=[reason], **_about(line))


def _score(piece: Piece) -> float:
    line = piece.line
    base = (_NEWS if line.is_own else _OF_OTHERS) if piece.is_news else _REST
    if line.due is None:
        return base - _LONGEST
    late = days_late(line.due, timezone.now().date())
    return base + max(-_LONGEST + 1, min(_LONGEST, late))


def _about(line: Line) -> dict[str, Any]:
    """The row that the reader must still see when it is sent. Of a draft that others have to send its reader sees only
    that the team is late."""
    row = line.row
    if isinstance(row, CheckIn) and row.state == CheckInState.DRAFTED and not line.is_own:
        return {"kind": ItemKind.TEAM, "team_id": row.team_id}
    if isinstance(row, Adaptation):
        return {"kind": ItemKind.PROJECT, "project_id": row.project_id}
    if isinstance(row, CoachingEngagement | Invitation):
        return {"kind": ItemKind.TEAM, "team_id": row.team_id}
    kind = _KINDS[type(row)]
    return {"kind": kind, f"{kind.value}_id": row.pk}


_KINDS: dict[type[Any], ItemKind] = {
    CheckIn: ItemKind.CHECK_IN,
    CoachingSession: ItemKind.SESSION,
    Commitment: ItemKind.COMMITMENT,
    Introduction: ItemKind.INTRODUCTION,
    Question: ItemKind.QUESTION,
    Project: ItemKind.PROJECT,
}
