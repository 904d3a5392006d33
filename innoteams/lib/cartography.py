"""Maps as SVG paths: Natural Earth's coastlines, projected (Robinson), cut to a sheet and thinned to what can be seen.

Pure geometry on longitude/latitude in degrees; y grows downwards, as in SVG.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import hypot, radians
from pathlib import Path
from typing import TypeAlias

from django.conf import settings

Point: TypeAlias = tuple[float, float]

# Robinson's table: for every fifth degree of latitude the length of its parallel and its distance from the equator.
# Source: Snyder & Voxland, An Album of Map Projections, USGS 1989, p. 222.
# fmt: off
_PARALLELS: tuple[float, ...] = (
    1.0, 0.9986, 0.9954, 0.99, 0.9822, 0.973, 0.96, 0.9427, 0.9216, 0.8962,
    0.8679, 0.835, 0.7986, 0.7597, 0.7186, 0.6732, 0.6213, 0.5722, 0.5322,
)
_HEIGHTS: tuple[float, ...] = (
    0.0, 0.062, 0.124, 0.186, 0.248, 0.31, 0.372, 0.434, 0.4958, 0.5571,
    0.6176, 0.6769, 0.7346, 0.7903, 0.8435, 0.8936, 0.9394, 0.9761, 1.0,
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the world that is shown, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def centre(self) -> Point:
        return (self.west + self.east) / 2, (self.south + self.north) / 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """A window drawn `width` units wide; knows where each place lands."""

    window: Window
    width: int = 1600

    @property
    def scale(self) -> float:
        west, east = (self._flat(lon, self._widest)[0] for lon in (self.window.west, self.window.east))
        return self.width / (east - west)

    @property
    def height(self) -> int:
        return round((_rise(self.window.north) - _rise(self.window.south)) * self.scale)

    @property
    def _widest(self) -> float:
        """The latitude in the window whose parallel is longest."""
        return min(max(0.0, self.window.south), self.window.north)

    def _flat(self, lon: float, lat: float) -> Point:
        return 0.8487 * _shrink(lat) * radians(lon - self.window.centre[0]), -_rise(lat)

    def place(self, lon: float, lat: float) -> Point:
        """Where a place lands on the sheet, in its units."""
        return self.placing()(lon, lat)

    def placing(self) -> Callable[[float, float], Point]:
        """`place` for thousands of points: what is the same for all of them is reckoned once."""
        scale, top, half = self.scale, _rise(self.window.north), self.width / 2

        def place(lon: float, lat: float) -> Point:
            x, y = self._flat(lon, lat)
            return x * scale + half, (y + top) * scale

        return place


def window_around(places: Iterable[Point], least: float = 6.0, margin: float = 0.12, shape: float = 0.6) -> Window:
    """What shows all places with a margin: at least `least` degrees of latitude, `shape` times as high as wide."""
    places = list(places)
    lons, lats = [lon for lon, _ in places] or [-150, 150], [lat for _, lat in places] or [-40, 65]
    lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    # A degree of longitude is that much shorter than one of latitude where the map is widest.
    squeeze = _shrink(max(min(lats), 0.0)) * 0.8487 * radians(1) / (1.3523 * 0.0124)
    wide = max((max(lons) - min(lons)) * (1 + 2 * margin), least / shape / squeeze)
    high = max((max(lats) - min(lats)) * (1 + 2 * margin), least)
    high, wide = max(high, wide * squeeze * shape), max(wide, high / squeeze / shape)
    south = max(lat - high / 2, -58.0)
    return Window(lon - wide / 2, south, lon + wide / 2, min(south + high, 82.0))


@lru_cache(maxsize=128)
def land_path(sheet: Sheet) -> str:
    """The land of a sheet as one SVG path."""
    place = sheet.placing()
    rings = (_clipped([place(lon, lat) for lon, lat in ring], sheet) for ring in _base("land"))
    return "".join(_drawn(ring, closed=True) for ring in rings if len(ring) > 2)


@lru_cache(maxsize=128)
def border_path(sheet: Sheet) -> str:
    """The country borders of a sheet as one SVG path."""
    place = sheet.placing()
    lines = ([place(lon, lat) for lon, lat in line] for line in _base("borders"))
    return "".join(_drawn(line, closed=False, fine=2.2) for line in lines if any(_is_on(p, sheet) for p in line))


@lru_cache(maxsize=128)
def graticule_path(sheet: Sheet) -> str:
    """Meridians and parallels, at a step that gives about eight across."""
    frame = _frame(sheet)
    span = sheet.window.east - sheet.window.west
    step = next((s for s in (1, 2, 5, 10, 15, 20) if span / s <= 11), 30)
    lons = range(int(frame.west // step) * step, int(frame.east) + step, step)
    lats = range(int(frame.south // step) * step, int(frame.north) + step, step)
    low, high = int(frame.south), int(frame.north) + 1
    meridians = [[sheet.place(lon, lat) for lat in range(low, high, max(1, (high - low) // 8))] for lon in lons]
    parallels = [[sheet.place(frame.west, lat), sheet.place(frame.east, lat)] for lat in lats]
    return "".join(_path(line, closed=False) for line in meridians + parallels)


def arc_path(start: Point, end: Point, bend: float = 0.18) -> str:
    """A line bent towards the north between two points of a sheet."""
    across, down = end[0] - start[0], end[1] - start[1]
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - bend * hypot(across, down)
    return f"M{start[0]:.0f} {start[1]:.0f}Q{middle[0]:.0f} {middle[1]:.0f} {end[0]:.0f} {end[1]:.0f}"


def arc_tip(start: Point, end: Point, bend: float = 0.18, *, short: float = 0.0, size: float = 11.0) -> str:
    """The head of an arrow on `arc_path`, its point `short` units before the end; "" where there is no room."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = hypot(across, down)
    if length < short + 2 * size:
        return ""
    # The arc comes in along the line from its middle point.
    x, y = across / 2, down / 2 + bend * length
    far = hypot(x, y)
    x, y = x / far, y / far
    tip = end[0] - x * short, end[1] - y * short
    foot = tip[0] - x * size, tip[1] - y * size
    left, right = ((foot[0] + side * y * size * 0.45, foot[1] - side * x * size * 0.45) for side in (1, -1))
    return "M" + "L".join(f"{point[0]:.0f} {point[1]:.0f}" for point in (tip, left, right)) + "z"


@lru_cache(maxsize=2)
def _base(name: str) -> list[list[Point]]:
    """Every line of one of our own GeoJSON geometries: rings of a MultiPolygon, lines of a MultiLineString."""
    geometry = json.loads((Path(settings.BASE_DIR) / "static" / "map" / f"{name}.json").read_text())
    if geometry["type"] == "MultiPolygon":
        return [ring for polygon in geometry["coordinates"] for ring in polygon]
    lines: list[list[Point]] = geometry["coordinates"]
    return lines


def _shrink(lat: float) -> float:
    return _between(_PARALLELS, lat)


def _rise(lat: float) -> float:
    return 1.3523 * _between(_HEIGHTS, lat) * (1 if lat >= 0 else -1)


def _between(table: tuple[float, ...], lat: float) -> float:
    low, part = divmod(min(abs(lat), 89.999) / 5, 1)
    return table[int(low)] + (table[int(low) + 1] - table[int(low)]) * part


def _frame(sheet: Sheet) -> Window:
    """What the corners of the sheet show as well: parallels shorten towards the poles and the paper is a rectangle."""
    window = sheet.window
    more = (window.east - window.west) * 0.35
    return Window(window.west - more, max(window.south - 2, -89), window.east + more, min(window.north + 2, 89))


def _is_on(point: Point, sheet: Sheet) -> bool:
    return 0 <= point[0] <= sheet.width and 0 <= point[1] <= sheet.height


def _clipped(ring: list[Point], sheet: Sheet) -> list[Point]:
    """A ring cut to the sheet and a little more (Sutherland and Hodgman), side by side."""
    for axis, limit, sign in ((0, -4, 1), (0, sheet.width + 4, -1), (1, -4, 1), (1, sheet.height + 4, -1)):
        if all((p[axis] - limit) * sign >= 0 for p in ring):
            continue
        ring = list(_cut(ring, axis, limit, sign))
        if not ring:
            return []
    return ring


def _cut(ring: list[Point], axis: int, limit: float, sign: int) -> Iterator[Point]:
    for before, here in zip([ring[-1], *ring], ring, strict=False):
        was, now = ((p[axis] - limit) * sign >= 0 for p in (before, here))
        if was != now:
            part = (limit - before[axis]) / (here[axis] - before[axis])
            other = before[1 - axis] + part * (here[1 - axis] - before[1 - axis])
            yield (limit, other) if axis == 0 else (other, limit)
        if now:
            yield here


def _drawn(points: list[Point], *, closed: bool, fine: float = 1.5) -> str:
    """Thinned to `fine` units; islands smaller than a speck are left out."""
    if closed:
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        if max(xs) - min(xs) < 3 and max(ys) - min(ys) < 3:
            return ""
    return _path(_thinned(_sparse(points), fine), closed=closed)


def _sparse(points: list[Point]) -> list[Point]:
    """Without the points less than a unit from the one before: cheap, and most of the work is then done."""
    kept = points[:1]
    for x, y in points[1:]:
        if (x - kept[-1][0]) ** 2 + (y - kept[-1][1]) ** 2 >= 1:
            kept.append((x, y))
    return kept


def _thinned(points: list[Point], fine: float) -> list[Point]:
    """The points without which the line would move by more than `fine` (Douglas and Peucker), without recursion."""
    keep = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        far, index = max((_distance(points[n], points[first], points[last]), n) for n in range(first + 1, last))
        if far > fine:
            keep.add(index)
            spans += [(first, index), (index, last)]
    return [points[n] for n in sorted(keep)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to a stretch: beyond its ends it is the end that counts, or whole coasts would fold away."""
    across, down = end[0] - start[0], end[1] - start[1]
    square = across * across + down * down
    part = ((point[0] - start[0]) * across + (point[1] - start[1]) * down) / square if square else 0.0
    part = min(max(part, 0.0), 1.0)
    return hypot(point[0] - start[0] - part * across, point[1] - start[1] - part * down)


def _path(points: list[Point], *, closed: bool) -> str:
    """Whole units and relative steps: a third of the bytes of absolute decimals."""
    whole = [(round(x), round(y)) for x, y in points]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(whole) if a != b]
    if not steps:
        return ""
    # A minus sign separates as well as a blank does.
    text = " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-")
    return f"M{whole[0][0]} {whole[0][1]}l{text}{'z' if closed else ''}"
