"""How far two places lie apart, as the crow flies."""

from math import asin, cos, radians, sin, sqrt
from typing import Protocol

EARTH_RADIUS_KM = 6371.0  # mean radius


class Place(Protocol):
    """Degrees, north and east positive."""

    @property
    def latitude(self) -> float: ...

    @property
    def longitude(self) -> float: ...


def kilometres(one: Place, other: Place) -> float:
    """Great-circle distance by the haversine formula, on a sphere: within 0.5 % of the truth."""
    south, north = radians(one.latitude), radians(other.latitude)
    east = radians(other.longitude - one.longitude)
    chord = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin(east / 2) ** 2
    # Rounding may lift opposite ends of the earth a hair above 1.
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))
