"""Loads the places of the real network from cities/data: topics, operators, programmes, cities, ties, teams.

The rule that makes it safe to run again: a row that is there (by its slug) stays as people left it, whatever the
file says; a row that is missing is added. What hangs on a city (periods, priorities, ties) comes only with a new city,
so that what people removed or reworded does not come back.
"""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction

from cities.models import City, MembershipPeriod, Operator, Priority, Programme, Team, Tie, Topic, TopicGroup

DATA = Path(__file__).parent / "data"
Row = dict[str, Any]  # one object of a data file, as JSON gives it
Say = Callable[[str], None]

# Any fixed number: two loads at the same moment wait for each other instead of both adding.
_LOAD_LOCK = 52_006_040_045


@transaction.atomic
def load_places(*, say: Say) -> None:
    """Adds what is missing; `say` gets one line of progress per kind."""
    wait_for_other_load()
    _load_topics(say)
    _load_programmes(say)
    _load_cities(say)


def wait_for_other_load() -> None:
    """Holds one load at a time until the end of the present transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOAD_LOCK])


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def missing(model: type[models.Model], rows: list[Row]) -> list[Row]:
    """The rows whose slug is not in the table."""
    present = set(model._default_manager.values_list("slug", flat=True))
    return [row for row in rows if row["slug"] not in present]


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _load_topics(say: Say) -> None:
    data = read(DATA / "topics.json")
    order = {row["slug"]: position for position, row in enumerate(data["groups"] + data["topics"])}
    groups = TopicGroup.objects.bulk_create(
        TopicGroup(slug=row["slug"], names=row["names"], position=order[row["slug"]])
        for row in missing(TopicGroup, data["groups"])
    )
    group_of = {group.slug: group for group in TopicGroup.objects.all()}
    topics = Topic.objects.bulk_create(
        Topic(
            slug=row["slug"],
            group=group_of[row["group"]],
            names=row["names"],
            descriptions=row["descriptions"],
            keywords=row["keywords"],
            position=order[row["slug"]],
        )
        for row in missing(Topic, data["topics"])
    )
    say(f"Topics: {len(topics)} added in {len(groups)} new groups")


def _load_programmes(say: Say) -> None:
    data = read(DATA / "programmes.json")
    operators = Operator.objects.bulk_create(Operator(**row) for row in missing(Operator, data["operators"]))
    operator_of = {operator.slug: operator for operator in Operator.objects.all()}
    programmes = Programme.objects.bulk_create(
        Programme(
            slug=row["slug"],
            name=row["name"],
            operator=operator_of[row["operator"]],
            funder=operator_of[row["funder"]] if row["funder"] else None,
            starts_on=day(row["starts_on"]),
            ends_on=day(row["ends_on"]),
        )
        for row in missing(Programme, data["programmes"])
    )
    say(f"Programmes: {len(programmes)} added, {len(operators)} new operators")


def _load_cities(say: Say) -> None:
    data = read(DATA / "cities.json")
    members, neighbours = missing(City, data["cities"]), missing(City, data["neighbours"])
    City.objects.bulk_create(_city(row, in_network=True) for row in members)
    City.objects.bulk_create(_city(row, in_network=False) for row in neighbours)
    city_of = {city.slug: city for city in City.objects.all()}
    Tie.objects.bulk_create(_tie(row, city_of) for row in neighbours if row["tie"]["city"] in city_of)
    MembershipPeriod.objects.bulk_create(_periods(members, city_of))
    _load_priorities(members, city_of)
    teams = missing(Team, [row for row in data["cities"] if row["team"]])
    Team.objects.bulk_create(Team(slug=row["slug"], city=city_of[row["slug"]], **row["team"]) for row in teams)
    say(f"Cities: {len(members)} added, {len(neighbours)} neighbours outside the network, {len(teams)} teams")


def _city(row: Row, *, in_network: bool) -> City:
    same = (
        "slug names kind country subdivision latitude longitude population population_basis languages timezone "
        "geonames_id source notes"
    )
    values = {name: row[name] for name in same.split()}
    return City(**values, source_verified=row["verified"], in_network=in_network)


def _tie(row: Row, city_of: dict[str, City]) -> Tie:
    tie = row["tie"]
    return Tie(
        city=city_of[tie["city"]],
        neighbour=city_of[row["slug"]],
        distance_km=tie["distance_km"],
        story=tie["story"],
        source=tie["source"],
        source_verified=tie["verified"],
    )


def _periods(rows: list[Row], city_of: dict[str, City]) -> list[MembershipPeriod]:
    programme_of = {programme.slug: programme for programme in Programme.objects.all()}
    return [
        MembershipPeriod(
            city=city_of[row["slug"]],
            programme=programme_of[period["programme"]],
            status=period["status"],
            starts_on=day(period["starts_on"]),
            ends_on=day(period["ends_on"]),
            cohort=period["cohort"],
            source=period["source"],
            source_verified=period["verified"],
        )
        for row in rows
        for period in row["periods"]
    ]


def _load_priorities(rows: list[Row], city_of: dict[str, City]) -> None:
    """The first priority that a source names; its topics are chosen by people, not guessed from words."""
    Priority.objects.bulk_create(
        Priority(city=city_of[row["slug"]], text=row["priority"], source=row["source"])
        for row in rows
        if row["priority"]
    )
