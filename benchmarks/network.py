"""A network of any size for the benchmarks: cities, teams, people and projects with their topics, as the verbs leave
them. The words are drawn by Zipf's law, so that searching meets rare and frequent ones as in real texts."""

import datetime as dt
import itertools
import random

from django.db import connection
from django.utils import timezone

from cities.models import City, Team, Topic
from innoteams.accounts.models import User
from projects.choices import Outcome, Phase
from projects.models import JournalEntry, Pilot, Project, ProjectTopic
from tests.cast import join, make_person, make_topic

_VOCABULARY = [f"{first}{second}" for first, second in itertools.product(("ba", "ke", "lo", "mi", "tu"), range(800))]
_WEIGHTS = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(_VOCABULARY))))
FREQUENT_WORD, RARE_WORD = _VOCABULARY[0], _VOCABULARY[3200]
_COUNTRIES = ("US", "FR", "IL", "CO", "MX", "DE", "GB", "NL")
_LEVELS = ("network", "network", "network", "public", "programme", "team")


def make_network(*, cities: int, projects: int, seed: int = 7) -> User:
    """Answers with a lead of the first team, who signs in to look at it."""
    chance = random.Random(seed)
    topics = [make_topic(f"topic-{number}", group=f"group-{number % 7}") for number in range(40)]
    teams = _teams(cities, chance)
    made = Project.objects.bulk_create(
        (_project(number, chance.choice(teams), chance) for number in range(projects)), batch_size=2000
    )
    _add_topics(made, topics, chance)
    _add_parts(made, chance)
    lead = make_person("Reader")
    join(teams[0], lead, "lead")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return lead


def words(chance: random.Random, number: int) -> str:
    return " ".join(chance.choices(_VOCABULARY, cum_weights=_WEIGHTS, k=number))


def _teams(number: int, chance: random.Random) -> list[Team]:
    cities = City.objects.bulk_create(
        City(
            slug=f"bench-city-{index}",
            names={"en": f"City {index}", "local": f"City {index}"},
            country=chance.choice(_COUNTRIES),
            latitude=chance.uniform(-50, 60),
            longitude=chance.uniform(-150, 150),
            timezone="Europe/Paris",
            languages=["fr"],
            population=int(10 ** chance.uniform(4.3, 6.6)),
        )
        for index in range(number)
    )
    return Team.objects.bulk_create(
        Team(slug=city.slug, city=city, name=f"Team of {city.slug}", language="en") for city in cities
    )


def _project(number: int, team: Team, chance: random.Random) -> Project:
    return Project(
        slug=f"bench-{number}",
        team=team,
        title=words(chance, 6),
        problem=words(chance, 60),
        for_whom="Residents",
        approach=words(chance, 120),
        lesson=words(chance, 40),
        phase=chance.choice(Phase.values),
        outcome=chance.choice(Outcome.values),
        visibility=chance.choice(_LEVELS),
        shared_at=timezone.now(),
        last_confirmed_on=timezone.localdate(),
    )


def _add_topics(projects: list[Project], topics: list[Topic], chance: random.Random) -> None:
    ProjectTopic.objects.bulk_create(
        (
            ProjectTopic(project=project, topic=topic, rank=rank)
            for project in projects
            for rank, topic in enumerate(chance.sample(topics, 2), start=1)
        ),
        batch_size=5000,
    )


def _add_parts(projects: list[Project], chance: random.Random) -> None:
    day = dt.date(2026, 3, 1)
    some = [project for project in projects if chance.random() < 0.3]
    Pilot.objects.bulk_create(
        (Pilot(project=project, title=words(chance, 4), hypothesis=words(chance, 20)) for project in some),
        batch_size=2000,
    )
    JournalEntry.objects.bulk_create(
        (JournalEntry(project=project, happened_on=day, text=words(chance, 30)) for project in some), batch_size=2000
    )
