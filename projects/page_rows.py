"""A project with all its parts in one query: rows of other tables come along as JSON and become rows again here.

Twelve tables would be twelve queries by prefetching. A list that the page needs too is one more line in PAGE_ROWS.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, JSONObject

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from innoteams.accounts.models import User

Columns = tuple[str, ...]
ALL: Columns = ()


@dataclass(frozen=True, slots=True)
class PageRows:
    """`name` is the list on the project, `project` the way from its rows to it, `related` the single rows that come
    along with each (a path, with the columns that are wanted). Rows are those that the reader sees (`visible_to`),
    unless they are seen by whoever sees the project."""

    name: str
    model: str
    project: str = "project"
    related: Mapping[str, Columns] = field(default_factory=dict)
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
    return {rows.annotation: ArraySubquery(_seen(rows, person).values(row=_as_json(rows))) for rows in PAGE_ROWS}


def unpack(project: Any) -> Any:
    """Gives the project its lists, as if they had been prefetched; each row knows its project and its author."""
    lists = {rows.name: [_from_json(rows, row) for row in getattr(project, rows.annotation)] for rows in PAGE_ROWS}
    readings, withdrawn = lists.pop("readings"), lists.pop("withdrawn_readings")
    for name, found in lists.items():
        for row in found:
            row.project = project
        _keep(project, name, found)
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


def _columns(model: type[models.Model], wanted: Columns = ALL) -> list[Any]:
    return [column for column in model._meta.concrete_fields if not wanted or column.attname in wanted]


def _model_at(model: type[models.Model], path: str) -> type[models.Model]:
    for step in path.split("__"):
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]  # a foreign key has one
    return model


def _as_json(rows: PageRows) -> JSONObject:
    model = apps.get_model(rows.model)
    related = {
        path: JSONObject(
            **{column.attname: F(f"{path}__{column.attname}") for column in _columns(_model_at(model, path), wanted)}
        )
        for path, wanted in rows.related.items()
    }
    return JSONObject(**{column.attname: _value_of(column) for column in _columns(model)}, **related)


def _value_of(column: Any) -> Combinable:
    # A decimal would be read as a float on its way through JSON.
    is_exact = isinstance(column, models.DecimalField)
    return Cast(column.attname, models.TextField()) if is_exact else F(column.attname)


def _from_json(rows: PageRows, row: dict[str, Any]) -> Any:
    model = apps.get_model(rows.model)
    found = _made(model, row)
    for path in rows.related:
        *way, last = path.split("__")
        holder = found
        for step in way:
            holder = getattr(holder, step)
        # An empty foreign key is not asked after either.
        there = row[path]["id"] is not None
        holder._state.fields_cache[last] = _made(_model_at(model, path), row[path]) if there else None
    return found


def _made(model: type[models.Model], row: Mapping[str, Any]) -> models.Model:
    columns = [column for column in _columns(model) if column.attname in row]
    values = [column.to_python(row[column.attname]) for column in columns]
    return model.from_db("default", [column.attname for column in columns], values)


def _keep(holder: Any, name: str, found: list[Any]) -> None:
    """What `prefetch_related` does once it has the rows."""
    rows = getattr(holder, name).get_queryset()
    rows._result_cache = found
    rows._prefetch_done = True
    if not hasattr(holder, "_prefetched_objects_cache"):
        holder._prefetched_objects_cache = {}
    holder._prefetched_objects_cache[name] = rows


def _hand_out(holders: Iterable[Any], name: str, rows: Iterable[Any], to: str) -> None:
    """Each holder gets those of the rows that name it in their foreign key `to`."""
    by_holder: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_holder[getattr(row, f"{to}_id")].append(row)
    for holder in holders:
        for row in by_holder[holder.pk]:
            setattr(row, to, holder)
        _keep(holder, name, by_holder[holder.pk])


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
