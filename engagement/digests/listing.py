"""Items of a digest as lines on a page: what each is about, why it is there, and how its score adds up."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from engagement.choices import ItemKind
from engagement.digests.archive import reasons_of, sums_of
from engagement.digests.network.reasons import Part
from engagement.models import DigestItem
from innoteams.lib.languages import direction


@dataclass(frozen=True)
class Line:
    rank: int
    kind: str
    title: str
    url: str
    language: str
    city: str
    why: list[str]
    score: float
    parts: list[Part]

    @property
    def direction(self) -> str:
        return direction(self.language)


def lines_of(items: list[DigestItem]) -> list[Line]:
    """In the active language; of items whose reader may see them, read with `archive.SHOWN`."""
    rows = zip(items, reasons_of(items), sums_of(items), strict=True)
    return [_line(item, why, parts) for item, why, parts in rows]


def _line(item: DigestItem, why: list[str], parts: Sequence[Part]) -> Line:
    title, url, language, city = _about(item)
    kind = ItemKind(item.kind).label
    return Line(item.rank, str(kind), title, url, language, city, why, item.score, list(parts))


def _about(item: DigestItem) -> tuple[str, str, str, str]:
    """Title, address, language and city."""
    own = get_language() or "en"
    if item.suggestion:
        city = item.suggestion.with_team.city
        return city.name, city.get_absolute_url(), own, ""
    if item.project:
        project = item.project
        return project.title, project.get_absolute_url(), project.language, project.team.city.name
    if item.question:
        asked = item.question
        return asked.text, asked.get_absolute_url(), asked.language, asked.team.city.name if asked.team else ""
    if item.city:
        return item.city.name, item.city.get_absolute_url(), own, ""
    return _about_work(item, own)


def _about_work(item: DigestItem, own: str) -> tuple[str, str, str, str]:
    """What other streams tell of: named by its kind, its words stand on its own page."""
    kind = str(ItemKind(item.kind).label)
    thing = item.check_in or item.session or item.introduction or (item.commitment and item.commitment.engagement)
    if thing:
        return kind, thing.get_absolute_url(), own, ""
    if item.team:
        return item.team.name, item.team.city.get_absolute_url(), own, item.team.city.name
    return kind, "", own, ""
