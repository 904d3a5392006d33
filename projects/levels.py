"""Who sees a part of a project: never more people than see the project, and fewer only where the team says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, F, IntegerField, Value
from django.utils.formats import number_format
from django.utils.translation import ngettext

from projects.choices import VISIBILITIES, PartKind, Visibility
from projects.models import Attachment, Consultation, Indicator, JournalEntry, Pilot, Project


def is_wider(visibility: str, than: str) -> bool:
    return VISIBILITIES.index(Visibility(visibility)) > VISIBILITIES.index(Visibility(than))


def narrower_than(level: str) -> list[Visibility]:
    """From wide to narrow: what a part of a project at this level may have of its own."""
    return [own for own in reversed(VISIBILITIES) if is_wider(level, than=own)]


def narrower(own: str, level: str) -> str:
    """The part's own level where it keeps readers of the project out; "" where it makes no difference."""
    return own if own and is_wider(level, than=own) else ""


def level_facts(part: Any, fields: Mapping[str, object]) -> dict[str, object]:
    """For the activity row of a change: from which level to which, where it changes. `part` as it was before."""
    after = fields.get("visibility", part.visibility)
    if after and after not in Visibility:
        raise ValueError(f"no such level: {after}")
    return {} if after == part.visibility else {"from": part.visibility, "to": after}


# The lists of a project whose rows have a level of their own.
_LISTS = ("pilots", "indicators", "consultations", "journal", "attachments")


def mark_narrower(project: Project) -> None:
    """Gives each part `narrower`, for the mark that its writers see. For a project whose lists are there already."""
    for name in _LISTS:
        for part in getattr(project, name).all():
            part.narrower = narrower(part.visibility, project.visibility)


@dataclass(frozen=True, slots=True)
class Kept:
    """How many parts of each kind a level keeps back."""

    level: Visibility
    counts: dict[PartKind, int]

    @property
    def in_words(self) -> str:
        """“2 journal entries, 1 pilot”, in the active language."""
        return ", ".join(_counted(kind, number) for kind, number in self.counts.items())


def _counted(kind: PartKind, number: int) -> str:
    sentences = {
        PartKind.PILOT: ngettext("%(number)s pilot", "%(number)s pilots", number),
        PartKind.JOURNAL: ngettext("%(number)s journal entry", "%(number)s journal entries", number),
        PartKind.CONSULTATION: ngettext("%(number)s consultation", "%(number)s consultations", number),
        PartKind.INDICATOR: ngettext("%(number)s indicator", "%(number)s indicators", number),
        PartKind.ATTACHMENT: ngettext("%(number)s file", "%(number)s files", number),
    }
    return sentences[kind] % {"number": number_format(number)}


_MODELS: dict[PartKind, Any] = {
    PartKind.PILOT: Pilot,
    PartKind.JOURNAL: JournalEntry,
    PartKind.CONSULTATION: Consultation,
    PartKind.INDICATOR: Indicator,
    PartKind.ATTACHMENT: Attachment,
}


def own_levels(project: Project) -> dict[Visibility, dict[PartKind, int]]:
    """How many parts of each kind have each level of their own, in one query. For people of the team."""
    first, *others = [_counting(model, kind, project) for kind, model in _MODELS.items()]
    found: dict[Visibility, dict[PartKind, int]] = {}
    for kind, level, number in first.union(*others, all=True):
        found.setdefault(Visibility(level), {})[PartKind(kind)] = number
    return found


def kept_back(own: Mapping[Visibility, dict[PartKind, int]], level: str) -> list[Kept]:
    """What would stay with fewer people if the project were at `level`, the narrowest first."""
    levels: Iterable[Visibility] = reversed(narrower_than(level))
    return [Kept(kept, _in_order(own[kept])) for kept in levels if kept in own]


def _in_order(counts: dict[PartKind, int]) -> dict[PartKind, int]:
    return {kind: counts[kind] for kind in _MODELS if kind in counts}


def _counting(model: Any, kind: PartKind, project: Project) -> Any:
    rows = model.objects.filter(project=project).exclude(visibility="").order_by()
    kind_of = Value(kind.value, output_field=CharField())
    number = Count("pk", output_field=IntegerField())
    return rows.values_list(kind_of, F("visibility")).annotate(number=number)
