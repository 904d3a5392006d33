"""The rungs of the evidence ladder as conditions on rows of projects: what `projects.ladder` says, in SQL.

Only what everybody at the project's own level may see counts, so that the rung is the same for every reader: a part
with a narrower level of its own does not lift the project, and an adaptation counts once everybody signed in sees it.
"""

from typing import Any

from django.apps import apps
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Value, When

from projects.choices import VISIBILITIES, Phase, ReadingKind, ResultKind, Rung, Visibility

# What a source or a team states, against what somebody counted or measured.
COUNTED_RESULTS = (ResultKind.MEASURED, ResultKind.COUNTED)
OPEN_LEVELS = (Visibility.NETWORK, Visibility.PUBLIC)


def rung() -> Case:
    """The highest rung below which every other holds, as a value of `Rung`; "" on the ground."""
    return Case(
        When(~described(), then=Value("")),
        When(~counted(), then=Value(Rung.DESCRIBED.value)),
        When(~followed(), then=Value(Rung.COUNTED.value)),
        When(~compared(), then=Value(Rung.FOLLOWED.value)),
        When(~repeated(), then=Value(Rung.COMPARED.value)),
        default=Value(Rung.REPEATED.value),
        output_field=CharField(),
    )


def described() -> Q:
    pilots = _rows("projects.Pilot").filter(_as_open_as_project(), project=OuterRef("pk"))
    return ~Q(problem="") & (~Q(approach="") | Q(Exists(pilots)))


def counted() -> Q:
    results = _rows("projects.PublishedResult").filter(project=OuterRef("pk"), kind__in=COUNTED_RESULTS)
    return Q(Exists(_own_readings(OuterRef("pk")))) | Q(Exists(results))


def followed() -> Q:
    return Q(Exists(_followed()))


def compared() -> Q:
    beside = _rows("projects.Reading").filter(_sound(), indicator=OuterRef("pk"), is_comparison=True)
    return Q(Exists(_followed().exclude(compared_with="").filter(Exists(beside))))


def repeated() -> Q:
    told = ~Q(came_of_it="") | Q(project__phase=Phase.DELIVER_ADAPT) & Q(Exists(_own_readings(OuterRef("project"))))
    adaptations = _rows("projects.Adaptation").filter(
        told, ~Q(project__team=OuterRef("team")), source=OuterRef("pk"), project__visibility__in=OPEN_LEVELS
    )
    return Q(Exists(adaptations))


def _followed() -> Any:
    after = _sound("readings__") & Q(readings__is_comparison=False, readings__read_on__gt=F("baseline_on"))
    indicators = _rows("projects.Indicator").filter(
        _as_open_as_project(), project=OuterRef("pk"), baseline__isnull=False, baseline_on__isnull=False
    )
    return indicators.annotate(after=Count("readings", filter=after)).filter(after__gte=2)


def _own_readings(project: OuterRef) -> Any:
    """Of what the project itself did, known better than by a claim."""
    own = Q(is_comparison=False, indicator__project=project)
    return _rows("projects.Reading").filter(_sound(), _as_open_as_project("indicator__"), own)


def _sound(path: str = "") -> Q:
    """Neither corrected nor taken back, and more than a claim."""
    return Q(**{f"{path}withdrawn_at": None}) & ~Q(**{f"{path}kind": ReadingKind.CLAIMED})


def _as_open_as_project(path: str = "") -> Q:
    """A part whose own level, if it has one, is not narrower than its project's."""
    open_enough = Q(**{f"{path}visibility": ""})
    for place, level in enumerate(VISIBILITIES):
        open_enough |= Q(**{f"{path}project__visibility": level, f"{path}visibility__in": VISIBILITIES[place:]})
    return open_enough


def _rows(model: str) -> Any:
    # Looked up by name: the querysets, which the models import, import this module.
    return apps.get_model(model)._default_manager.all()
