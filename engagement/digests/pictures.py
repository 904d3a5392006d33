"""Readings as a small picture that goes along with a mail, and the pictures that digests have had.

No words and no figures stand in it: the mail says them beside it and in the alternative text, in the reader's language.
So one picture serves everybody. It is a light card in the dark too: mail programs cannot be asked which it is.
"""

import base64
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageColor, ImageDraw

from engagement.models import DigestPicture
from projects.choices import ReadingKind
from projects.models import Indicator, Reading

# As it is shown; it is drawn twice as large for sharp screens, and once more so that slanted lines come out smooth.
WIDTH, HEIGHT = 320, 104
_SHARP, _SMOOTH = 2, 2
_MARGIN, _DOT = 12, 4.5
# More marks than this are not told apart at this size.
_MOST = 48
_PAPER, _EDGE, _INK, _FAINT = "#fdfaf4", "#dcd3c1", "#12495c", "#8a8272"
_TARGET = "#2b5638"
_NAMED = re.compile(r"\bcid:(?P<key>[0-9a-f]{64})@digest\b")

Point = tuple[int, float, str]
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """What is drawn: points as (day, value, kind), in the order of days."""

    own: tuple[Point, ...]
    compared: tuple[Point, ...] = ()
    baseline: float | None = None
    target: float | None = None


def shape_of(indicator: Indicator, readings: Sequence[Reading]) -> Shape | None:
    """None where there is nothing to see: fewer than two readings and no level to compare the one with."""
    levels = [value for value in (indicator.baseline, indicator.target) if value is not None]
    if not readings or (len(readings) == 1 and not levels):
        return None
    return Shape(
        own=_points(reading for reading in readings if not reading.is_comparison),
        compared=_points(reading for reading in readings if reading.is_comparison),
        baseline=None if indicator.baseline is None else float(indicator.baseline),
        target=None if indicator.target is None else float(indicator.target),
    )


def _points(readings: Iterable[Reading]) -> tuple[Point, ...]:
    points = sorted((reading.read_on.toordinal(), float(reading.value), reading.kind) for reading in readings)
    return tuple(points[-_MOST:])


@lru_cache(maxsize=512)
def draw(shape: Shape) -> bytes:
    """A PNG of a few kilobytes; the same bytes for the same shape."""
    scale = _SHARP * _SMOOTH
    image = Image.new("RGB", (WIDTH * scale, HEIGHT * scale), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH * scale - 1, HEIGHT * scale - 1), outline=_EDGE, width=scale)
    place = _Place(shape, scale)
    for value, colour, dash in ((shape.baseline, _FAINT, 3), (shape.target, _TARGET, 9)):
        if value is not None:
            _dashed(pen, place.y(value), place, colour, dash * scale)
    for points, colour in ((shape.compared, _FAINT), (shape.own, _INK)):
        spots = [(place.x(day), place.y(value)) for day, value, _kind in points]
        if len(spots) > 1:
            pen.line(spots, fill=colour, width=2 * scale, joint="curve")
        for spot, (_day, _value, kind) in zip(spots, points, strict=True):
            _mark(pen, spot, kind, colour, scale)
    small = image.reduce(_SMOOTH)
    out = io.BytesIO()
    small.quantize(palette=_palette(), dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=1)
def _palette() -> Image.Image:
    """Every colour in steps from the paper, which is what smooth edges are made of."""
    paper = ImageColor.getrgb(_PAPER)
    steps = [
        round(start + (end - start) * step / 5)
        for colour in (_INK, _TARGET, _FAINT, _EDGE)
        for step in range(6)
        for start, end in zip(paper, ImageColor.getrgb(colour), strict=True)
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette(steps)
    return palette


class _Place:
    """From days and values to places in the picture; from zero where zero is near, so that little looks little."""

    def __init__(self, shape: Shape, scale: int) -> None:
        points = [*shape.own, *shape.compared]
        days = [day for day, _value, _kind in points]
        values = [value for _day, value, _kind in points]
        values += [level for level in (shape.baseline, shape.target) if level is not None]
        self.first, self.last = min(days), max(days)
        self.low, self.high = min(values), max(values)
        if 0 < self.low < self.high * 2 / 3:
            self.low = 0.0
        if self.low == self.high:
            self.low, self.high = self.low - 1, self.high + 1
        self.scale = scale

    def x(self, day: int) -> float:
        width = WIDTH - 2 * _MARGIN
        share = (day - self.first) / (self.last - self.first) if self.last > self.first else 0.5
        return (_MARGIN + share * width) * self.scale

    def y(self, value: float) -> float:
        height = HEIGHT - 2 * _MARGIN
        return (_MARGIN + (1 - (value - self.low) / (self.high - self.low)) * height) * self.scale


def _dashed(pen: ImageDraw.ImageDraw, y: float, place: _Place, colour: str, dash: int) -> None:
    end = (WIDTH - _MARGIN / 2) * place.scale
    x = _MARGIN / 2 * place.scale
    while x < end:
        pen.line(((x, y), (min(x + dash, end), y)), fill=colour, width=round(1.5 * place.scale))
        x += dash + 4 * place.scale


def _mark(pen: ImageDraw.ImageDraw, spot: Spot, kind: str, colour: str, scale: int) -> None:
    """As on the project's page: a disc is measured, a diamond counted, a ring claimed."""
    x, y, half = spot[0], spot[1], _DOT * scale
    if kind == ReadingKind.COUNTED:
        pen.polygon(((x, y - half), (x + half, y), (x, y + half), (x - half, y)), fill=colour)
        return
    fill = colour if kind == ReadingKind.MEASURED else _PAPER
    pen.ellipse((x - half, y - half, x + half, y + half), fill=fill, outline=colour, width=2 * scale)


# --- Kept ---------------------------------------------------------------------------------------------------------


def name_of(png: bytes) -> str:
    """The name under which a page shows it ("cid:<name>") and a message carries it."""
    return f"{hashlib.sha256(png).hexdigest()}@digest"


def keep(pictures: Mapping[str, bytes]) -> None:
    """By name, so that digests can be sent and shown later as they were written. One statement, none for none."""
    rows = [DigestPicture(key=name.partition("@")[0], png=png) for name, png in sorted(pictures.items())]
    if rows:
        DigestPicture.objects.bulk_create(rows, ignore_conflicts=True)


def named_in(html: str) -> dict[str, bytes]:
    """The pictures that a page names, by name. No query for a page without any, or whose pictures were asked for of
    late."""
    found = {}
    for key in dict.fromkeys(_NAMED.findall(html)):
        # One that is gone is told by its alternative text.
        with suppress(DigestPicture.DoesNotExist):
            found[f"{key}@digest"] = _png(key)
    return found


@lru_cache(maxsize=256)
def _png(key: str) -> bytes:
    # Named after their content, they never change.
    return bytes(DigestPicture.objects.get(pk=key).png)


def with_pictures(html: str, pictures: Mapping[str, bytes]) -> str:
    """The page with its pictures written into it, for where no message carries them."""
    for name, png in pictures.items():
        html = html.replace(f"cid:{name}", f"data:image/png;base64,{base64.b64encode(png).decode()}")
    return html
