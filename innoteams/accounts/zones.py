"""Time zones as a list to choose from, by continent, and which of them somebody probably lives in."""

import zoneinfo
from functools import cache

CONTINENTS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Grouped for a select: continent, then (IANA name, place)."""
    groups: dict[str, list[tuple[str, str]]] = {continent: [] for continent in CONTINENTS}
    for name in sorted(zoneinfo.available_timezones()):
        continent, _, place = name.partition("/")
        if continent in groups and place:
            groups[continent].append((name, place.replace("_", " ").replace("/", ", ")))
    return [("UTC", [("UTC", "UTC")]), *groups.items()]
