"""The numbers beside the filters: one pass says the same as counting one by one, and forgets when a project changes."""

import itertools
import random

import pytest
from django.db.models import Count
from django.test import Client
from pytest_django import Settings
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from cities.models import Topic
from projects.choices import Outcome, Phase, Visibility
from projects.counting import Pass, count
from projects.models import Project
from projects.records import log_project
from projects.sharing import share_project
from tests.cast import Cast, make_project, make_topic

VALUES = {"phase": "phase", "outcome": "outcome", "team": "team_id"}


@pytest.fixture
def topics() -> tuple[Topic, ...]:
    return tuple(make_topic(f"topic-{number}", group=f"group-{number % 2}") for number in range(4))


@pytest.fixture
def many(cast: Cast, topics: tuple[Topic, ...]) -> None:
    chance = random.Random(11)
    for team, phase in itertools.product((cast.mulhouse, cast.boston, cast.tel_aviv), Phase):
        for _number in range(chance.randint(0, 3)):
            chosen = tuple(chance.sample(topics, chance.randint(0, 3)))
            outcome = chance.choice(Outcome.values)
            make_project(team, phase=phase, outcome=outcome, topics=chosen)


@pytest.mark.usefixtures("many")
def test_one_pass_counts_what_counting_one_by_one_counts() -> None:
    rows = Project.objects.all()
    (found,) = count([Pass(rows, list(VALUES), total=True, topics=True)], VALUES)
    assert found.total == rows.count()
    for name, column in VALUES.items():
        one_by_one = rows.order_by().values_list(column).annotate(number=Count("pk"))
        assert found.by[name] == {str(value): number for value, number in one_by_one}
    sets = dict.fromkeys((tuple(keys) for keys, _number in found.topics), 0)
    for project in rows.exclude(topics=None).distinct():
        sets[tuple(sorted(project.topics.values_list("pk", flat=True)))] += 1
    assert {tuple(keys): number for keys, number in found.topics} == sets


@pytest.mark.usefixtures("many")
def test_each_pass_counts_its_own_rows(cast: Cast) -> None:
    everything, few = Project.objects.all(), Project.objects.filter(team=cast.boston)
    first, second = count([Pass(everything, total=True), Pass(few, ["phase"])], VALUES)
    assert (first.total, second.total) == (everything.count(), 0)
    assert sum(second.by["phase"].values()) == few.count()


def test_nothing_to_count_is_nothing_and_no_error() -> None:
    assert count([], VALUES) == []


def test_where_no_row_is_left_the_total_is_none(db: None) -> None:
    (found,) = count([Pass(Project.objects.filter(title="nobody's"), ["phase"], total=True, topics=True)], VALUES)
    assert (found.total, found.by, found.topics) == (0, {}, [])


# --- the memory -----------------------------------------------------------------------------------------------------


def total(client: Client) -> int:
    return int(client.get("/projects/").context["facets"].total)


def test_numbers_are_remembered_until_a_project_changes(
    client: Client,
    cast: Cast,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.COUNTS_KEPT_SECONDS = 60
    client.force_login(cast.mulhouse_lead)
    before = total(client)
    make_project(cast.boston)
    assert total(client) == before, "written past the verbs: the memory cannot know"
    with django_capture_on_commit_callbacks(execute=True):
        log_project(by=cast.tel_aviv_lead, team=cast.tel_aviv, title="Shade")
    assert total(client) == before + 1


def test_a_project_that_is_narrowed_is_counted_no_more_for_others(
    client: Client,
    cast: Cast,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.COUNTS_KEPT_SECONDS = 60
    client.force_login(cast.mulhouse_lead)
    before = total(client)
    with django_capture_on_commit_callbacks(execute=True):
        share_project(by=cast.tel_aviv_lead, project=cast.projects["network"], visibility=Visibility.TEAM)
    assert total(client) == before - 1


def test_nobody_is_told_what_was_counted_for_somebody_who_sees_more(
    client: Client, cast: Cast, settings: Settings
) -> None:
    settings.COUNTS_KEPT_SECONDS = 60
    client.force_login(cast.tel_aviv_lead)
    own = total(client)
    client.force_login(cast.mulhouse_lead)
    others = total(client)
    client.logout()
    assert (own, others, total(client)) == (4, 2, 1)
