"""Maps drawn on the server: the network on one sheet, and where a city lies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor, sqrt
from typing import Protocol, TypeAlias

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from innoteams.lib.cartography import (
    Sheet,
    Window,
    arc_path,
    arc_tip,
    border_path,
    graticule_path,
    land_path,
    window_around,
)

register = template.Library()

# Left, top, right, foot.
Box: TypeAlias = tuple[float, float, float, float]


class Arc(Protocol):
    """One place learned from another."""

    @property
    def source(self) -> Place: ...

    @property
    def learner(self) -> Place: ...

    @property
    def kind(self) -> str: ...


class Place(Protocol):
    """What a map needs to know of a city. `project_count` is read where there is one."""

    latitude: float
    longitude: float

    @property
    def name(self) -> str: ...

    def get_absolute_url(self) -> str: ...


def _dot(sheet: Sheet, city: Place, kind: str) -> dict[str, object]:
    x, y = sheet.place(city.longitude, city.latitude)
    projects = int(getattr(city, "project_count", 0) or 0)
    return {
        "x": round(x),
        "y": round(y),
        "r": round(7 + 4 * sqrt(projects), 1),
        "size": min(4, round(sqrt(projects))),
        "name": city.name,
        "url": city.get_absolute_url(),
        "kind": kind,
        "projects": projects,
    }


def _labelled(sheet: Sheet, places: Sequence[tuple[Place, str]]) -> list[dict[str, object]]:
    """Dots with their names, each name on the first side of its dot where it covers nothing and stays on the sheet."""
    taken: list[Box] = []
    dots = []
    for place, kind in places:
        x, y = sheet.place(place.longitude, place.latitude)
        reach = 16 if kind == "here" else 8
        taken.append((x - reach, y - reach, x + reach, y + reach))
    for place, kind in places:
        x, y = sheet.place(place.longitude, place.latitude)
        size, gap = (25, 22) if kind == "here" else (19, 11)
        long = len(place.name) * size * 0.56
        sides = {
            "start": (x + gap, y - size * 0.6, x + gap + long, y + size * 0.5),
            "end": (x - gap - long, y - size * 0.6, x - gap, y + size * 0.5),
            "above": (x - long / 2, y - gap - size, x + long / 2, y - gap),
            "below": (x - long / 2, y + gap, x + long / 2, y + gap + size),
        }
        side = next((name for name, box in sides.items() if _is_free(box, taken, sheet)), "below")
        taken.append(sides[side])
        # The baseline lies a fifth of the type size above the foot of the box.
        left, _top, right, foot = sides[side]
        at = {"start": left, "end": right}.get(side, (left + right) / 2)
        anchor = side if side in ("start", "end") else "middle"
        dots.append(_dot(sheet, place, kind) | {"at": round(at), "foot": round(foot - size * 0.15), "anchor": anchor})
    return dots


def _is_free(box: Box, taken: Sequence[Box], sheet: Sheet) -> bool:
    left, top, right, foot = box
    if left < 4 or top < 4 or right > sheet.width - 4 or foot > sheet.height - 4:
        return False
    # Its own dot is among the taken ones, but every side keeps clear of that.
    return not any(left < other[2] and other[0] < right and top < other[3] and other[1] < foot for other in taken)


def _drawing(sheet: Sheet, dots: list[dict[str, object]], **more: object) -> SafeString:
    context = {
        "width": sheet.width,
        "height": sheet.height,
        "land": land_path(sheet),
        "borders": border_path(sheet),
        "graticule": graticule_path(sheet),
        "dots": dots,
        **more,
    }
    return render_to_string("components/_map_sheet.html", context)


@register.simple_tag
def network_svg(cities: Iterable[Place], links: Sequence[tuple[Place, Place, str]] = (), label: str = "") -> SafeString:
    """All cities on one sheet, their dots linked and sized by `project_count`; links are (from, to, kind) arcs."""
    cities = list(cities)
    window = window_around([(city.longitude, city.latitude) for city in cities], least=45, margin=0.08, shape=0.47)
    sheet = Sheet(window)
    arcs = [
        {"kind": kind, "path": arc_path(sheet.place(a.longitude, a.latitude), sheet.place(b.longitude, b.latitude))}
        for a, b, kind in links
    ]
    # Small dots last, so that a busy neighbour never covers them.
    dots = sorted((_dot(sheet, city, "member") for city in cities), key=lambda dot: -float(str(dot["r"])))
    return _drawing(sheet, dots, arcs=arcs, label=label, linked=True)


@register.simple_tag
def world_svg() -> SafeString:
    """The sheet without a dot: an ornament, for where no city may be named."""
    return _drawing(Sheet(Window(-125, -20, 55, 68)), [], ornament=True)


@register.simple_tag
def locator_svg(city: Place, neighbours: Iterable[Place] = (), label: str = "") -> SafeString:
    """Where a city lies, with its neighbours named: the aside of a city's page."""
    near = list(neighbours)
    window = window_around(
        [(place.longitude, place.latitude) for place in [city, *near]],
        least=4.4 if near else 7,
        margin=0.5,
        shape=0.75,
    )
    sheet = Sheet(window, width=640)
    dots = _labelled(sheet, [(city, "here"), *((place, "neighbour") for place in near)])
    return _drawing(sheet, dots, label=label or city.name, labelled=True)


# More names than these would cover each other.
_MOST_NAMED = 10


@register.simple_tag
def lineage_svg(arcs: Sequence[Arc], here: Place, label: str = "") -> SafeString:
    """Arrows from where something was learned to who learned it, on the part of the world they need."""
    places: dict[str, Place] = {place.name: place for arc in arcs for place in (arc.source, arc.learner)}
    places.pop(here.name, None)
    around = [here, *places.values()]
    window = window_around([(place.longitude, place.latitude) for place in around], least=8, margin=0.2, shape=0.6)
    sheet = Sheet(_snapped(window), width=640)
    named = _labelled(sheet, [(here, "here"), *((place, "member") for place in around[1:_MOST_NAMED])])
    unnamed = [_dot(sheet, place, "member") | {"name": ""} for place in around[_MOST_NAMED:]]
    lines = []
    for arc in arcs:
        start, end = (sheet.place(place.longitude, place.latitude) for place in (arc.source, arc.learner))
        short = 10.0 if arc.learner.name == here.name else 7.0
        lines.append({"kind": arc.kind, "path": arc_path(start, end), "tip": arc_tip(start, end, short=short)})
    return _drawing(sheet, [*unnamed, *named], arcs=lines, label=label, labelled=True)


def _snapped(window: Window, step: int = 5) -> Window:
    """A little larger, on whole steps: coastlines are drawn once per window, and so many pages share one."""
    west, south = floor(window.west / step) * step, max(floor(window.south / step) * step, -58)
    east, north = ceil(window.east / step) * step, min(ceil(window.north / step) * step, 82)
    return Window(west, south, east, north)
