"""Accompaniment at the size that it is built for: opening a period for 500 teams, and the portfolio of 200 teams."""

import datetime as dt
import itertools
import random
import re
import statistics
import time

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from benchmarks.network import make_network
from cities.models import Operator, Programme, Team
from engagement.checkins.opening import open_due_periods
from engagement.choices import CheckInState
from engagement.models import CheckIn, CheckInLine, CheckInMove, CheckInPeriod, CheckInSchedule
from innoteams.accounts.models import User
from projects.choices import Verb
from projects.models import Activity, Consultation, Project
from tests.cast import accompany, coordinate, make_operator, make_person, make_programme

TIMES = 15
PERIODS = 6
ROUNDS = [CheckInState.DRAFTED, CheckInState.SUBMITTED, CheckInState.RETURNED, CheckInState.SUBMITTED]


def main(teams: int, opening: int) -> None:
    connection.creation.create_test_db(verbosity=0)
    try:
        with override_settings(DEBUG=False):
            open_for(opening)
            show_for(teams)
    finally:
        connection.creation.destroy_test_db(str(settings.DATABASES["default"]["NAME"]), verbosity=0)


def open_for(number: int) -> None:
    """A quarter of 500 teams with ten things logged by each."""
    operator, chance = make_operator(), random.Random(11)
    programme = _world(operator, number, number * 5)
    now = dt.datetime(2026, 10, 2, 13, 0, tzinfo=dt.UTC)
    projects = list(Project.objects.filter(team__city__periods__programme=programme).values_list("pk", flat=True))
    _log(projects, chance, number * 10, dt.datetime(2026, 8, 1, tzinfo=dt.UTC))
    CheckInSchedule.objects.create(programme=programme, starts_on=dt.date(2026, 7, 1))
    with CaptureQueriesContext(connection) as captured:
        started = time.perf_counter()
        open_due_periods(now)
        took = time.perf_counter() - started
    lines = CheckInLine.objects.count()
    print(f"opened {CheckIn.objects.count()} check-ins with {lines} lines: {took:.2f} s, {len(captured)} queries\n")
    _clear()


def show_for(number: int) -> None:
    operator, chance = make_operator(), random.Random(12)
    programme = _world(operator, number, number * 5)
    projects = list(Project.objects.values_list("pk", flat=True))
    _log(projects, chance, len(projects) * 20, timezone.now() - dt.timedelta(days=400), spread=400)
    Consultation.objects.bulk_create(
        Consultation(project_id=pk, held_on=timezone.localdate(), method="m", heard="h", said="s", heard_count=9)
        for pk in projects[::3]
    )
    _check_ins(programme, chance)
    reader = make_person("Coordinator", second_factor=True)
    coordinate(operator, reader)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    _measure(reader, ["/portfolio/", "/portfolio/?phase=prepare", "/portfolio/projects/", "/portfolio/portfolio.xlsx"])


def _measure(reader: User, addresses: list[str]) -> None:
    client = Client(headers={"host": "localhost"})
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    teams, projects = Team.objects.count(), Project.objects.count()
    print(f"{teams} teams, {projects} projects, median of {TIMES}\n{'page':<34}{'ms':>8}{'p95':>8}{'SQL':>6}{'KB':>7}")
    slowest: list[tuple[float, str]] = []
    for address in addresses:
        took = [_timed(client, address) for _turn in range(TIMES)]
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        p95 = sorted(took)[int(0.95 * (TIMES - 1))]
        size = len(answer.content) / 1024
        print(f"{address:<34}{statistics.median(took):>8.1f}{p95:>8.1f}{len(captured):>6}{size:>7.0f}")
        if address == "/portfolio/":
            slowest = [(float(one["time"]), one["sql"]) for one in captured.captured_queries]
    for took_seconds, sql in sorted(slowest, reverse=True)[:2]:
        print(f"\n{1000 * took_seconds:.0f} ms: {re.sub(r'[0-9]+(, [0-9]+){9,}', '…', sql)[:200]}")
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {sql}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        print(re.sub(r"[0-9]+(,[0-9]+){9,}", "…", plan))


def _world(operator: Operator, teams: int, projects: int) -> Programme:
    make_network(cities=teams, projects=projects)
    programme = make_programme(operator)
    for team in Team.objects.select_related("city"):
        accompany(team.city, programme)
    return programme


def _log(projects: list[int], chance: random.Random, number: int, since: dt.datetime, spread: int = 50) -> None:
    made = Activity.objects.bulk_create(
        (Activity(project_id=chance.choice(projects), verb=Verb.JOURNAL_ADDED) for _ in range(number)), batch_size=5000
    )
    for row in made:
        row.at = since + dt.timedelta(days=chance.uniform(0, spread))
    Activity.objects.bulk_update(made, ["at"], batch_size=2000)


def _check_ins(programme: Programme, chance: random.Random) -> None:
    for number in range(PERIODS):
        ends_on = timezone.localdate() - dt.timedelta(days=30 * number + 10)
        period = CheckInPeriod.objects.create(
            programme=programme,
            key=f"p{number}",
            title=f"Period {number}",
            starts_on=ends_on - dt.timedelta(days=29),
            ends_on=ends_on,
            due_on=ends_on + dt.timedelta(days=14),
        )
        made = CheckIn.objects.bulk_create(
            CheckIn(period=period, team=team, state=chance.choice(CheckInState.values), submitted_at=timezone.now())
            for team in Team.objects.all()
        )
        CheckInMove.objects.bulk_create(
            CheckInMove(check_in=one, from_state=before, to_state=after, words="w")
            for one in made
            for before, after in itertools.pairwise(ROUNDS)
        )


def _clear() -> None:
    CheckInSchedule.objects.all().delete()
    CheckInPeriod.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE cities_city, cities_team, accounts_user CASCADE")


def _timed(client: Client, address: str) -> float:
    started = time.perf_counter()
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)  # noqa: S101 - else it is no measure
    return 1000 * (time.perf_counter() - started)
