"""Would it fit my city? Size and kind of the two authorities side by side; facts only, the reader judges."""

from dataclasses import dataclass
from typing import Any

from cities.models import City


@dataclass(frozen=True, slots=True)
class Comparison:
    theirs: City
    # None: the reader belongs to no team, or to one of this very city.
    yours: City | None


def compared_with_reader(project: Any) -> Comparison:
    """Of a project fetched `for_page`; no query."""
    here: City = project.team.city
    row = project.reader_city
    return Comparison(here, City(**row) if row and row["id"] != here.pk else None)
