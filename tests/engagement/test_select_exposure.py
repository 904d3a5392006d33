"""Every active team is shown to somebody within a month, and whose turn it is depends on nobody's batch."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cities.models import Team
from engagement.choices import Cadence, ItemKind
from engagement.digests import exposure
from engagement.digests.exposure import DUE_AFTER, Turns, turns
from engagement.digests.network.readers import Asked
from engagement.digests.network.selection import choose
from innoteams.accounts.models import User
from projects.models import Activity
from tests.cast import Cast, join, make_person, make_project, make_topic
from tests.engagement.digest_scenes import happen, prefer
from tests.engagement.select_scenes import WEEK, far_away, far_team, keep, send

WEEKS = 5


def make_network(readers: int, teams: int) -> tuple[list[User], list[Team]]:
    """One reader in each of the first teams, which are the loud ones; of the quiet ones half have a project from long
    ago, and half nothing at all."""
    topics = [make_topic(f"topic-{number}") for number in range(8)]
    made = [far_team() for _ in range(teams)]
    people = []
    for place, team in enumerate(made):
        if place < readers:
            person = make_person()
            join(team, person)
            people.append(person)
        if place < readers or place % 2:
            make_project(team, topics=(topics[place % 8],))
    return people, made


def run_week(people: list[User], now: dt.datetime) -> set[int]:
    """The teams that were shown, to anybody."""
    for person in people:
        for project in person.memberships.get().team.projects.all():
            activity = happen(project)
            Activity.objects.filter(pk=activity.pk).update(at=now - dt.timedelta(days=1))
    pool, selections = choose([Asked(person.pk, now - WEEK, now) for person in people])
    shown = set()
    for person, selection in zip(people, selections, strict=True):
        assert selection.is_worth_a_mail
        keep(person, selection, now)
        for item in selection.items:
            teams = [item.project.team_id] if item.project else pool.teams_of_city[item.city.pk]
            shown.update(teams)
    return shown


@pytest.mark.parametrize(("readers", "teams", "weeks"), [(6, 16, 0), (3, 30, 0), (3, 30, 1)])
@pytest.mark.django_db
def test_every_active_team_is_shown_to_somebody_within_a_month(readers: int, teams: int, weeks: int) -> None:
    people, made = make_network(readers, teams)
    now = dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC) - weeks * WEEK

    shown: set[int] = set()
    for week in range(WEEKS):
        shown |= run_week(people, now - (WEEKS - 1 - week) * WEEK)

    assert {team.pk for team in made} - shown == set()
    assert exposure.never_shown(now - exposure.MONTH) == []


@given(people=st.integers(1, 40), teams=st.integers(1, 40), start=st.integers(20_000, 20_400))
def test_every_waiting_team_has_its_turn_with_somebody(people: int, teams: int, start: int) -> None:
    waiting = Turns(range(1, teams + 1), {}, range(101, 101 + people))

    dealt = [team for person in range(101, 101 + people) for team in waiting.of(person, start)]

    assert set(dealt) == set(range(1, teams + 1))
    # Nobody has more than a fair part.
    assert max(len(waiting.of(person, start)) for person in range(101, 101 + people)) <= -(-teams // people)


def test_who_waits_longest_comes_first_and_who_was_shown_lately_does_not_wait() -> None:
    day = 20_000
    shown_on = {1: [day - 1], 2: [day - DUE_AFTER], 3: [day - DUE_AFTER - 5, day - DUE_AFTER - 1], 5: [day + 3]}

    assert Turns([1, 2, 3, 4, 5], shown_on, [9]).due(day)[-2:] == [3, 2]
    assert set(Turns([1, 2, 3, 4, 5], shown_on, [9]).due(day)) == {2, 3, 4, 5}


@pytest.mark.django_db
def test_who_hears_seldom_is_not_counted_on_and_what_was_sent_counts_by_its_day(cast: Cast) -> None:
    project = far_away()
    prefer(cast.coach, cadence=Cadence.MONTHLY)
    prefer(cast.stranger, paused_until=timezone.localdate() + WEEK)
    yesterday = timezone.now() - dt.timedelta(days=1)
    send(cast.mulhouse_lead, at=yesterday, days=30)

    with CaptureQueriesContext(connection) as queries:
        found = turns([project.team_id, cast.boston.pk], timezone.now())

    assert len(queries) == 1
    assert {cast.coach.pk, cast.stranger.pk}.isdisjoint(found._places)
    assert cast.mulhouse_lead.pk in found._places
    assert found.due(exposure.day_of(timezone.now())) in ([], [cast.boston.pk])
    assert project.team_id in found.due(exposure.day_of(yesterday))


@pytest.mark.django_db
def test_questions_cities_and_suggestions_show_a_team_too(cast: Cast) -> None:
    far_away()
    selection = send(cast.mulhouse_lead)
    city = next(item.city for item in selection.items if item.kind == ItemKind.CITY)

    with CaptureQueriesContext(connection) as queries:
        shown = exposure.shown_of_teams(timezone.now() - exposure.MONTH)

    assert len(queries) == 1
    assert all(shown[team.pk] == 1 for team in city.teams.all())
