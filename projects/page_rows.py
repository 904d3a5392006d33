"""A project with all its parts in one query: rows of other tables come along as JSON and become rows again here.

Twelve tables would be twelve queries by prefetching. A list that the page needs too is one more line in PAGE_ROWS.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef

from innoteams.lib.carried import ALL, Related, as_json, from_json, keep

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from innoteams.accounts.models import User


@dataclass(frozen=True, slots=True)
class PageRows:
    """`name` is the list on the project, `project` the way from its rows to it, `related` the single rows that come
    along with each (a path, with the columns that are wanted). Rows are those that the reader sees (`visible_to`),
    unless they are seen by whoever sees the project."""

    name: str
    model: str
    project: str = "project"
    related: Related = field(default_factory=dict)
    seen_with_project: bool = False
    # A method of the queryset that narrows the rows further.
    only: str = ""

    @property
    def annotation(self) -> str:
        return f"{self.name}_rows"


PAGE_ROWS = (
    PageRows(
        "ranked_topics", "projects.ProjectTopic", related={"topic": ALL, "topic__group": ALL}, seen_with_project=True
    ),
    PageRows("pilots", "projects.Pilot"),
    PageRows("indicators", "projects.Indicator"),
    PageRows("readings", "projects.Reading", project="indicator__project", only="current"),
    PageRows(
        "withdrawn_readings",
        "projects.Reading",
        project="indicator__project",
        related={"withdrawn_by": ("id", "name")},
        only="withdrawn",
    ),
    PageRows("consultations", "projects.Consultation"),
    PageRows("endings", "projects.Ending"),
    PageRows("journal", "projects.JournalEntry", related={"author": ("id", "name")}),
    PageRows("attachments", "projects.Attachment"),
)


def page_rows(person: "User | AnonymousUser") -> dict[str, ArraySubquery]:
    """Annotations for a queryset of projects: of every list, what the person may see."""
    return {rows.annotation: ArraySubquery(_seen(rows, person).values(row=_row(rows))) for rows in PAGE_ROWS}


def unpack(project: Any) -> Any:
    """Gives the project its lists, as if they had been prefetched; each row knows its project and its author."""
    lists = {rows.name: _unpacked(rows, getattr(project, rows.annotation)) for rows in PAGE_ROWS}
    readings, withdrawn = lists.pop("readings"), lists.pop("withdrawn_readings")
    for name, found in lists.items():
        for row in found:
            row.project = project
        keep(project, name, found)
    _hand_out(lists["indicators"], "readings", readings, "indicator")
    _hand_out_withdrawn(lists["indicators"], readings, withdrawn)
    _hand_out(lists["journal"], "attachments", lists["attachments"], "journal_entry")
    _hand_out(readings, "attachments", lists["attachments"], "reading")
    endings = {ending.pilot_id: ending for ending in lists["endings"]}
    for pilot in lists["pilots"]:
        # None, too, is an answer that must not be asked for again.
        pilot._state.fields_cache["ending"] = endings.get(pilot.pk)
    return project


def _seen(rows: PageRows, person: "User | AnonymousUser") -> models.QuerySet[Any]:
    found: Any = apps.get_model(rows.model)._default_manager.filter(**{rows.project: OuterRef("pk")})
    if not rows.seen_with_project:
        found = found.visible_to(person)
    seen: models.QuerySet[Any] = getattr(found, rows.only)() if rows.only else found
    return seen


def _unpacked(rows: PageRows, carried: Iterable[Any]) -> list[Any]:
    return [from_json(apps.get_model(rows.model), rows.related, row) for row in carried]


def _row(rows: PageRows) -> Any:
    return as_json(apps.get_model(rows.model), rows.related)


def _hand_out(holders: Iterable[Any], name: str, rows: Iterable[Any], to: str) -> None:
    """Each holder gets those of the rows that name it in their foreign key `to`."""
    by_holder: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_holder[getattr(row, f"{to}_id")].append(row)
    for holder in holders:
        for row in by_holder[holder.pk]:
            setattr(row, to, holder)
        keep(holder, name, by_holder[holder.pk])


def _hand_out_withdrawn(indicators: Iterable[Any], current: list[Any], withdrawn: list[Any]) -> None:
    """What was corrected or taken back, for each indicator; each row knows what stands there now."""
    corrections = {row.corrects_id: row for row in [*current, *withdrawn] if row.corrects_id}
    by_indicator: dict[int, list[Any]] = defaultdict(list)
    for row in withdrawn:
        row._state.fields_cache["corrected_by"] = corrections.get(row.pk)
        by_indicator[row.indicator_id].append(row)
    for indicator in indicators:
        indicator.withdrawn_readings = by_indicator[indicator.pk]
        for row in indicator.withdrawn_readings:
            row.indicator = indicator
