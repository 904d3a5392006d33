"""What a batch of people may see is what each of them may see."""

import random

import pytest

from cities.choices import PeriodStatus, Right
from cities.querysets import today
from engagement.digests.sight import sights_of
from projects.choices import Visibility
from projects.models import Project
from tests.cast import (
    KINDS,
    Cast,
    accompany,
    coordinate,
    join,
    make_operator,
    make_person,
    make_programme,
    make_project,
    make_team,
)
from tests.engagement.digest_scenes import DAY

pytestmark = pytest.mark.django_db


def make_world(seed: int) -> None:
    """A small network in which everything that decides sight is present, past or still to come."""
    chance = random.Random(seed)
    operators = [make_operator() for _ in range(3)]
    programmes = [make_programme(chance.choice(operators), chance.choice([None, *operators])) for _ in range(3)]
    teams = [make_team() for _ in range(4)]
    for team in teams:
        accompany(
            team.city,
            chance.choice(programmes),
            status=chance.choice(PeriodStatus.values),
            starts_on=today() + chance.choice([-9, 0, 9]) * DAY,
            ends_on=chance.choice([None, today() + 20 * DAY, today() + 10 * DAY]),
        )
        for level in Visibility:
            make_project(team, visibility=level)
    for _ in range(8):
        person = make_person()
        for team in chance.sample(teams, 2):
            right = chance.choice(Right.values)
            join(
                team,
                person,
                right,
                starts_on=today() - 5 * DAY,
                ends_on=chance.choice([None, None, today(), today() + DAY]),
            )
        if chance.random() < 0.5:
            coordinate(chance.choice(operators), person, ends_on=chance.choice([None, today(), today() + DAY]))


def test_sight_of_a_batch_agrees_with_visible_to_for_everybody_and_everything(cast: Cast) -> None:
    from innoteams.accounts.models import User

    for seed in range(8):
        make_world(seed)
    people = list(User.objects.all())
    projects = list(Project.objects.all())

    sights = sights_of(person.pk for person in people)

    for person in people:
        seen = {one.pk for one in projects if sights[person.pk].sees(one.visibility, one.team_id)}
        assert seen == set(Project.objects.visible_to(person).values_list("pk", flat=True)), person.name


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "visitor"])
def test_sight_of_each_kind_of_person_agrees_with_visible_to(cast: Cast, kind: str) -> None:
    person = cast.person(kind)
    assert person.pk is not None
    sight = sights_of([person.pk])[person.pk]

    seen = {level for level, project in cast.projects.items() if sight.sees(project.visibility, project.team_id)}

    assert seen == set(Project.objects.visible_to(person).values_list("visibility", flat=True))


def test_sight_is_answered_in_as_many_queries_for_thirty_people_as_for_one(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    people = [make_person() for _ in range(30)]
    for person in people:
        coordinate(cast.operator, person)

    for group in (people[:1], people):
        with django_assert_max_num_queries(4):  # type: ignore[operator]  # a context manager
            sights_of(person.pk for person in group)
