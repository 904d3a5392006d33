"""What goes into one person's digest: picked with variety, the same on every run and in whatever batch.

First the best by score; then a place is made for a team that nobody heard of lately and for something outside the
reader's own field, and a city to meet closes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engagement.choices import ItemKind
from engagement.digests.network.chosen import Chosen
from engagement.digests.network.meeting import city_to_meet
from engagement.digests.network.picking import Picking
from engagement.digests.network.pool import Pool
from engagement.digests.network.readers import Asked, Reader


@dataclass
class Selection:
    """In the order shown: what is pinned; projects, questions and a suggestion by score; a quiet team's; something from
    elsewhere; the city to meet."""

    items: list[Chosen]
    more: int = 0

    @property
    def is_worth_a_mail(self) -> bool:
        """A city to meet, a quiet one or a match are company for news, not news."""
        return any(not item.is_company for item in self.items)


def choose(asked: Sequence[Asked]) -> tuple[Pool, list[Selection]]:
    """For each who asked, with what was chosen read whole."""
    pool = Pool(asked)
    selections = [select(pool.readers[one.person_id], pool) for one in asked]
    items = [item for selection in selections for item in selection.items]
    pool.fetch((item.project_id for item in items if item.project_id), (item.pin_id for item in items if item.pin_id))
    for selection in selections:
        # Deleted in this very moment.
        selection.items = [item for item in selection.items if not item.project_id or item.project_id in pool.projects]
        for item in selection.items:
            item.project = pool.projects[item.project_id] if item.project_id else None
            item.pin = pool.whole_pins.get(item.pin_id) if item.pin_id else None
    return pool, selections


def select(reader: Reader, pool: Pool) -> Selection:
    """Only what the reader may see now, newer than what the reader was shown; not the own team's."""
    picking = Picking(reader, pool)
    picking.take_pins()
    picking.take_the_best()
    if all(item.is_company for item in picking.items):
        return Selection([])
    quiet = picking.quiet_teams()
    elsewhere = picking.something_else(quiet)
    items = picking.with_places_for([*quiet, *elsewhere])
    if meet := city_to_meet(reader, pool, {item.city.pk for item in items}):
        items.append(meet)
    with_news = sum(item.kind == ItemKind.PROJECT and bool(item.news) for item in items)
    return Selection(items, max(0, picking.ranking.number_with_news() - with_news))
