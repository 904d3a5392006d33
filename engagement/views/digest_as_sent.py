"""A digest as it was sent, laid out for whoever answers for the sending: its head lines, and each item with why."""

from dataclasses import dataclass
from email.header import decode_header, make_header
from typing import Any

from engagement.choices import ItemKind
from engagement.digests import archive, reading_along
from engagement.digests.delivery import message_of
from engagement.models import Digest, DigestItem

# In place of the key that the recipient's copy holds.
_NO_KEY = "withheld"
_ABOUT = (
    "project__team__city",
    "question__team__city",
    "city",
    "team__city",
    "check_in__team__city",
    "suggestion__with_team__city",
    "introduction__to_team__city",
)


@dataclass(frozen=True)
class ItemRow:
    """An item: its kind, score and reason codes always; what it is about and the reasons in words where they may be
    read."""

    rank: int
    kind: str
    score: float
    # The reason's code, in words as well where they may be read, and what it adds to the score.
    codes: list[tuple[str, str, float]]
    pinned: bool
    title: str = ""
    url: str = ""
    language: str = ""
    direction: str = "auto"
    city: str = ""


def rows_of(digest: Digest, *, with_words: bool) -> list[ItemRow]:
    items = list(digest.items.select_related(*_ABOUT).order_by("rank"))
    sums = archive.sums_of(items) if with_words and items else [[] for _item in items]
    return [
        ItemRow(
            rank=item.rank,
            kind=str(ItemKind(item.kind).label),
            score=item.score,
            codes=_codes(item, [part.words for part in parts]),
            pinned=item.pin_id is not None,
            **(_about(item) if with_words else {}),
        )
        for item, parts in zip(items, sums, strict=True)
    ]


def _codes(item: DigestItem, words: list[str]) -> list[tuple[str, str, float]]:
    said = words or [""] * len(item.reasons)
    return [
        (str(reason.get("code", "")), sentence, float(reason.get("weight", 0)))
        for reason, sentence in zip(item.reasons, said, strict=True)
    ]


def _about(item: DigestItem) -> dict[str, Any]:
    if project := item.project:
        return {
            "title": project.title,
            "url": project.get_absolute_url(),
            "language": project.language,
            "direction": project.direction,
            "city": project.team.city.name,
        }
    if question := item.question:
        about = {"title": question.text, "url": question.get_absolute_url(), "language": question.language}
        return about | {"direction": question.direction, "city": question.team.city.name if question.team else ""}
    for team in (item.team, item.check_in and item.check_in.team, item.suggestion and item.suggestion.with_team):
        if team:
            return {"title": team.city.name, "url": team.city.get_absolute_url()}
    if item.introduction:
        return {"title": item.introduction.to_team.city.name, "url": item.introduction.get_absolute_url()}
    return {"title": item.city.name, "url": item.city.get_absolute_url()} if item.city else {}


def _readable(value: object) -> str:
    """A head line as people read it, also where it travels encoded."""
    return str(make_header(decode_header(str(value))))


def headers_of(digest: Digest, *, with_words: bool) -> dict[str, object]:
    """The head lines and the size in bytes of the mail as it goes out. No address and no key is told; the subject
    where the words may be read."""
    if not digest.html_body:
        return {"headers": [], "size": 0}
    try:
        message = message_of(digest, _NO_KEY).message()
    except ValueError:
        # What cannot be made a mail is told as failed, with its error.
        return {"headers": [], "size": 0}
    hidden = {"content-type", "mime-version", "date", *(() if with_words else ("subject",))}
    lines = [
        (name, reading_along.without_addresses(value) if name.lower() == "to" else _readable(value))
        for name, value in message.items()
        if name.lower() not in hidden
    ]
    return {"headers": lines, "size": len(message.as_bytes())}
