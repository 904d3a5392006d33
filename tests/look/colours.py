"""Arithmetic of colour for the tests: contrast as WCAG 2.2 counts it, and what a colour-blind eye can tell apart."""

import re
from math import dist
from pathlib import Path

from django.conf import settings

Triple = tuple[float, float, float]

TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"
_PAIR = re.compile(r"--([a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")

# Machado, Oliveira and Fernandes 2009, full strength; on linear RGB.
COLOUR_BLIND = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def tokens(scheme: str) -> dict[str, str]:
    """Every colour token of a scheme (`light` or `dark`) as #rrggbb."""
    place = 1 if scheme == "light" else 2
    return {match[1]: match[place + 1] for match in _PAIR.finditer(TOKENS.read_text())}


def linear(colour: str) -> Triple:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    high, low = sorted((_luminance(linear(one)), _luminance(linear(other))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, blindness: str) -> Triple:
    """The linear RGB that is left of a colour."""
    channels = linear(colour)
    red, green, blue = (
        min(max(sum(k * c for k, c in zip(row, channels, strict=True)), 0), 1) for row in COLOUR_BLIND[blindness]
    )
    return red, green, blue


def apart(one: Triple, other: Triple) -> float:
    """How far apart two linear RGB colours look: the distance in OKLab times 100."""
    return 100 * dist(_oklab(one), _oklab(other))


def _luminance(channels: Triple) -> float:
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def _oklab(channels: Triple) -> Triple:
    red, green, blue = channels
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.793617785 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.428592205 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.808675766 * short,
    )
