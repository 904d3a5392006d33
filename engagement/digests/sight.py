"""What each person of a batch may see, without a query per person.

The rule itself is `projects.querysets.seen_by`. This answers it for many people at once; a property test holds the two
together, and before anything is sent `visible_to` itself is asked again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from cities.choices import BELONGING, Right
from cities.models import Coordination, Membership, MembershipPeriod
from projects.choices import Visibility

# Signed in, that is.
SEEN_BY_EVERYBODY = (Visibility.PUBLIC, Visibility.NETWORK)


@dataclass(frozen=True)
class Sight:
    """The teams that a person belongs to, and those that the person belongs to, coaches or coordinates for."""

    member_of: frozenset[int]
    accompanies: frozenset[int]

    def sees(self, visibility: str, team_id: int) -> bool:
        """Whether a signed-in person sees a project of that team at that level."""
        if visibility in SEEN_BY_EVERYBODY:
            return True
        if visibility == Visibility.PROGRAMME:
            return team_id in self.accompanies
        return visibility == Visibility.TEAM and team_id in self.member_of


def sights_of(person_ids: Iterable[int]) -> dict[int, Sight]:
    """For every person asked for, in one query."""
    wanted = set(person_ids)
    first, *others = rows_of_sight(wanted)
    return read_sights(wanted, first.union(*others, all=True))


# What it is, four numbers, a text.
Row = tuple[str, int, Any, Any, Any, str]
Rows = QuerySet[Any, Any]


def row_of(rows: Rows, what: str, *numbers: Any, text: Any = "") -> Rows:
    """Small rows of any table in one shape (what it is, four numbers, a text), so that many tables are read together:
    a query for each of them costs more than their few rows. `numbers` are names of columns, or expressions."""
    four = [F(number) if isinstance(number, str) else number for number in numbers] + [None] * (4 - len(numbers))
    columns = {
        f"number_{place}": Cast(Value(None) if number is None else number, BigIntegerField())
        for place, number in enumerate(four)
    }
    said = Cast(Value(text) if isinstance(text, str) else text, TextField())
    shaped: Rows = rows.order_by().annotate(row_what=Value(what, output_field=TextField()), **columns, row_text=said)
    return shaped.values_list("row_what", *columns, "row_text")


def rows_of_sight(person_ids: Iterable[int], *, more_operators: Rows | None = None) -> list[Rows]:
    """What `read_sights` reads, to be put into one query, with others'. Of which teams the programmes of
    `more_operators` accompany is told beside."""
    acting = Coordination.objects.current().filter(person__in=person_ids)
    periods = MembershipPeriod.objects.all().current().filter(city__teams__isnull=False)
    wanted = Q(operator__in=acting.values("operator"))
    if more_operators is not None:
        wanted |= Q(operator__in=more_operators)
    by_way = []
    for way in ("programme__operator", "programme__funder"):
        reads = periods.annotate(operator=F(way)).filter(wanted)
        by_way.append(row_of(reads, "reads", way, "city__teams"))
    return [
        row_of(Membership.objects.current().filter(person__in=person_ids), "right", "person", "team", text=F("right")),
        row_of(acting, "acts", "person", "operator"),
        *by_way,
    ]


def read_sights(person_ids: Iterable[int], rows: Iterable[Row]) -> dict[int, Sight]:
    """From the rows of `rows_of_sight`; others' are passed over."""
    belongs: defaultdict[int, set[int]] = defaultdict(set)
    accompanies: defaultdict[int, set[int]] = defaultdict(set)
    acting: list[tuple[int, int]] = []
    teams_of_operator: defaultdict[int, set[int]] = defaultdict(set)
    for what, one, other, _third, _fourth, text in rows:
        if what == "right" and text in (*BELONGING, Right.COACH):
            accompanies[one].add(other)
            if text != Right.COACH:
                belongs[one].add(other)
        elif what == "acts":
            acting.append((one, other))
        elif what == "reads":
            teams_of_operator[one].add(other)
    for person, operator in acting:
        accompanies[person] |= teams_of_operator[operator]
    return {person: Sight(frozenset(belongs[person]), frozenset(accompanies[person])) for person in person_ids}
