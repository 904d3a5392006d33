"""Drawings for the demo's journals: plainly drawn, abstract, and of nobody."""

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1280, 854
# Drawn twice as large and made smaller, so that slanting edges are smooth.
_FINE = 2

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]

_PAPER: Colour = (244, 238, 226)
_INK: Colour = (54, 48, 42)


class _Canvas:
    """Takes places in pixels of the finished picture."""

    def __init__(self, ground: Colour) -> None:
        self._image = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), ground)
        self._draw = ImageDraw.Draw(self._image)

    def box(self, place: Box, colour: Colour, radius: float = 0) -> None:
        self._draw.rounded_rectangle([value * _FINE for value in place], radius * _FINE, fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        place = (x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse([value * _FINE for value in place], fill=colour)

    def shape(self, points: list[tuple[float, float]], colour: Colour) -> None:
        self._draw.polygon([(x * _FINE, y * _FINE) for x, y in points], fill=colour)

    def line(self, points: list[tuple[float, float]], colour: Colour, width: float) -> None:
        self._draw.line([(x * _FINE, y * _FINE) for x, y in points], fill=colour, width=round(width * _FINE))

    def finished(self) -> Image.Image:
        return self._image.resize((WIDTH, HEIGHT), Image.Resampling.BOX, reducing_gap=2.0)


def lobby() -> Image.Image:
    """A bench, a board and a lamp on the ground floor."""
    canvas = _Canvas((226, 214, 194))
    for step, glow in enumerate(((233, 220, 192), (241, 227, 189), (248, 235, 190))):
        canvas.disc(860, 250, 330 - 90 * step, glow)
    canvas.box((0, 640, WIDTH, HEIGHT), (170, 146, 120))
    for x in range(0, WIDTH, 160):
        canvas.line([(x, 640), (x - 90, HEIGHT)], (156, 132, 107), 4)
    # The stairs, to the left.
    for step in range(7):
        canvas.box(
            (0, 600 - 70 * step, 330 - 40 * step, 670 - 70 * step), (198 - 5 * step, 182 - 6 * step, 158 - 7 * step)
        )
    canvas.line([(350, 560), (90, 110)], _INK, 9)
    # The lamp.
    canvas.line([(860, 0), (860, 190)], _INK, 6)
    canvas.shape([(790, 250), (930, 250), (895, 180), (825, 180)], (193, 94, 52))
    canvas.disc(860, 258, 24, (255, 247, 214))
    # The board, with notes nobody can read.
    canvas.box((1010, 210, 1210, 440), (120, 84, 58), 8)
    canvas.box((1022, 222, 1198, 428), (205, 182, 148), 4)
    notes = ((1038, 240, 1098, 312), (1112, 250, 1180, 300), (1046, 330, 1120, 410), (1134, 318, 1184, 396))
    for place, colour in zip(notes, ((255, 251, 240), (173, 200, 190), (240, 205, 150), (255, 251, 240)), strict=True):
        canvas.box(place, colour, 3)
    # The bench.
    canvas.box((520, 470, 1130, 500), (60, 107, 98), 8)
    canvas.box((520, 515, 1130, 545), (60, 107, 98), 8)
    canvas.box((500, 590, 1150, 628), (46, 87, 80), 10)
    for x in (560, 1070):
        canvas.box((x, 470, x + 24, 720), (38, 66, 62), 6)
    return canvas.finished()


def tram_stop() -> Image.Image:
    """Seen from above: three seats in the shade, facing the rails."""
    canvas = _Canvas(_PAPER)
    canvas.box((0, 560, WIDTH, 800), (203, 198, 186))
    for y in (620, 650, 712, 742):
        canvas.line([(0, y), (WIDTH, y)], (96, 94, 90), 8)
    canvas.box((0, 520, WIDTH, 544), (222, 180, 92))
    canvas.shape([(120, 90), (700, 60), (760, 470), (210, 500)], (201, 209, 190))
    for x, y, radius in ((260, 190, 130), (430, 150, 120), (570, 250, 140)):
        canvas.disc(x, y, radius, (104, 140, 96))
        canvas.disc(x - 26, y - 24, radius - 44, (128, 162, 112))
    for x, colour in ((230, (164, 74, 52)), (420, (60, 107, 98)), (610, (88, 84, 140))):
        canvas.box((x, 392, x + 130, 440), colour, 10)
        canvas.box((x, 372, x + 130, 388), _INK, 6)
    # In the sun, where nobody sits.
    canvas.disc(1110, 130, 74, (240, 196, 92))
    canvas.box((930, 392, 1060, 440), (214, 206, 192), 10)
    canvas.box((930, 372, 1060, 388), (190, 182, 168), 6)
    return canvas.finished()


def row_of_houses() -> Image.Image:
    """Brick fronts behind the harbour; one door stands open."""
    canvas = _Canvas((206, 217, 222))
    fronts: list[Colour] = [(158, 84, 62), (176, 104, 74), (141, 76, 60), (184, 122, 90), (160, 92, 68)]
    for number, colour in enumerate(fronts):
        left = 30 + number * 246
        canvas.shape([(left, 250), (left + 118, 110), (left + 236, 250)], (82, 66, 62))
        canvas.box((left, 250, left + 236, 720), colour)
        for y in range(270, 720, 22):
            canvas.line([(left, y), (left + 236, y)], _mixed(colour, (255, 240, 225)), 2)
        is_open = number == 2
        canvas.box((left + 130, 510, left + 210, 720), (248, 222, 140) if is_open else (66, 82, 92), 4)
        if is_open:
            canvas.shape([(left + 130, 510), (left + 92, 535), (left + 92, 745), (left + 130, 720)], (60, 107, 98))
        for x, y in ((left + 30, 320), (left + 140, 320), (left + 30, 520)):
            canvas.box((x, y, x + 66, y + 96), (248, 222, 140) if is_open else (190, 206, 210), 4)
    canvas.box((0, 720, WIDTH, HEIGHT), (152, 148, 142))
    canvas.shape([(652, 720), (732, 720), (800, HEIGHT), (610, HEIGHT)], (212, 196, 152))
    return canvas.finished()


def bench_plan() -> Image.Image:
    """The bench as a joiner would want it: from the front and from the side, with its measures as bare lines."""
    canvas = _Canvas((255, 255, 255))
    for y in (300, 352, 430):
        canvas.line([(140, y), (820, y), (820, y + 30), (140, y + 30), (140, y)], _INK, 3)
    for x in (200, 740):
        canvas.line([(x, 300), (x, 640), (x + 26, 640), (x + 26, 300)], _INK, 3)
    canvas.line([(960, 300), (990, 300), (1010, 430), (1150, 430), (1150, 460), (960, 460), (960, 640)], _INK, 3)
    canvas.line([(1130, 460), (1130, 640)], _INK, 3)
    for start, end in (((140, 700), (820, 700)), ((960, 700), (1150, 700)), ((80, 430), (80, 640))):
        canvas.line([start, end], (164, 74, 52), 2)
        for x, y in (start, end):
            canvas.disc(x, y, 7, (164, 74, 52))
    return canvas.finished()


def _mixed(colour: Colour, other: Colour) -> Colour:
    red, green, blue = ((4 * mine + theirs) // 5 for mine, theirs in zip(colour, other, strict=True))
    return (red, green, blue)
