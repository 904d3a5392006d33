"""Where in a city something happens: a point no finer than a neighbourhood, and what a page says of it.

A point is kept to three decimals (about a hundred metres), so that no house can be read from it by anybody, and shown
to two (about a kilometre): readers need the part of the city, and residents are not to be found by it.
"""

from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians, sin
from typing import NamedTuple, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cities.distance import Place, kilometres
from projects.refusals import RefusedField

KEPT_DECIMALS = 3
SHOWN_DECIMALS = 2
# Wider than the widest region of the network; further away, the two numbers are in all likelihood the wrong way round.
FARTHEST_KM = 300

# Clockwise from the north.
FROM_THE_CENTRE = (
    gettext_lazy("about %(km)s km north of the centre"),
    gettext_lazy("about %(km)s km north-east of the centre"),
    gettext_lazy("about %(km)s km east of the centre"),
    gettext_lazy("about %(km)s km south-east of the centre"),
    gettext_lazy("about %(km)s km south of the centre"),
    gettext_lazy("about %(km)s km south-west of the centre"),
    gettext_lazy("about %(km)s km west of the centre"),
    gettext_lazy("about %(km)s km north-west of the centre"),
)
IN_THE_CENTRE = gettext_lazy("in the centre")
# The outer ring of the drawing is the first of these, in kilometres, that holds the point.
RINGS = (2, 4, 10, 20, 40, 100, 200, 400)
# Half the width of the drawing, and how far out its outer ring lies.
HALF, REACH = 80, 64


class PointRefused(RefusedField):
    field = "latitude"


class Point(NamedTuple):
    latitude: float
    longitude: float


class Placed(Protocol):
    """A project, as far as it has a point."""

    latitude: float | None
    longitude: float | None


def point_of(project: Placed, decimals: int = SHOWN_DECIMALS) -> Point | None:
    """As precise as it may be shown."""
    if project.latitude is None or project.longitude is None:
        return None
    return Point(round(project.latitude, decimals), round(project.longitude, decimals))


def kept_point(city: Place, latitude: float | None, longitude: float | None) -> Point | None:
    """What is stored of a point that somebody gave; refuses half of one, and one that cannot be in this city."""
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        missing = "latitude" if latitude is None else "longitude"
        raise PointRefused(_("A point needs both its latitude and its longitude."), field=missing)
    point = Point(latitude, longitude)
    if (far := kilometres(city, point)) > FARTHEST_KM:
        turned_round = kilometres(city, Point(longitude, latitude)) <= FARTHEST_KM
        raise PointRefused(
            _("This point is %(far)s km from the city: latitude and longitude seem to be the wrong way round.")
            % {"far": round(far)}
            if turned_round
            else _("This point is %(far)s km from the city. Please look at both numbers again.") % {"far": round(far)}
        )
    return Point(round(latitude, KEPT_DECIMALS), round(longitude, KEPT_DECIMALS))


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A point as seen from the centre of its city: whole kilometres, one of eight directions, and a small drawing."""

    km: int
    direction: int
    x: int
    y: int
    ring_km: int
    inner_km: int
    size: int = 2 * HALF
    centre: int = HALF
    reach: int = REACH
    half_reach: int = REACH // 2

    @property
    def is_central(self) -> bool:
        return self.km < 1

    def __str__(self) -> str:
        if self.is_central:
            return str(IN_THE_CENTRE)
        return str(FROM_THE_CENTRE[self.direction]) % {"km": self.km}


def whereabouts(project: Placed, city: Place) -> Whereabouts | None:
    """None without a point."""
    point = point_of(project)
    if point is None:
        return None
    far = kilometres(city, point)
    bearing = _bearing(city, point)
    ring = next((ring for ring in RINGS if ring >= far), RINGS[-1])
    out = min(far / ring, 1.0) * REACH
    return Whereabouts(
        km=round(far),
        direction=round(degrees(bearing) / 45) % 8,
        x=round(HALF + out * sin(bearing)),
        y=round(HALF - out * cos(bearing)),
        ring_km=ring,
        inner_km=ring // 2,
    )


def _bearing(start: Place, end: Place) -> float:
    """Radians clockwise from the north, on a plane: exact enough within a region."""
    # The short way round, also where the date line lies between.
    east = ((end.longitude - start.longitude + 180) % 360 - 180) * cos(radians(start.latitude))
    north = end.latitude - start.latitude
    return atan2(east, north) if hypot(east, north) else 0.0
