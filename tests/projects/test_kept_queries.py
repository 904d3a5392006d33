"""Queries about rights are kept and put into others again and again: that leaves no trace in them."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cities.models import Team
from cities.sight import settle
from cities.standing import standing_of
from innoteams.accounts.models import User
from projects import querysets
from projects.models import Activity, Adaptation, Pilot, Project, Reading
from tests.cast import Cast


def doors(person: User) -> Iterator[QuerySet[Any]]:
    seen = Project.objects.visible_to(person)
    news = Activity.objects.visible_to(person)
    yield seen
    yield seen.for_page(person)
    yield seen.search("shade")
    yield Project.objects.filter(pk__in=seen.values("pk"))
    yield news
    yield Project.objects.filter(Exists(news.filter(project=OuterRef("pk"))))
    yield Adaptation.objects.visible_to(person)
    yield Pilot.objects.visible_to(person)
    yield Reading.objects.visible_to(person)


def asked(query: QuerySet[Any]) -> str:
    sql, values = query.query.sql_with_params()
    return f"{sql} {values}"


@pytest.mark.django_db
def test_what_is_asked_with_a_kept_query_is_what_is_asked_with_a_new_one(cast: Cast) -> None:
    people = [cast.tel_aviv_lead, cast.coach, cast.coordinator]
    new = {}
    # A day does not end in between: from the next one on other queries are kept.
    with time_machine.travel(timezone.now(), tick=False):
        for person in people:
            querysets._asked_of_teams.cache_clear()
            new[person] = [asked(door) for door in doors(person)]
        for _ in range(5):
            for person in people:
                kept = list(enumerate(doors(person)))
                random.shuffle(kept)
                assert all(asked(door) == new[person][number] for number, door in kept)


@pytest.mark.parametrize("kind", ["tel_aviv_lead", "coach", "coordinator", "funder_coordinator", "stranger"])
def test_many_keys_in_one_parameter_find_the_same(cast: Cast, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    person: User = getattr(cast, kind)
    settle(person, standing_of(person).sight)
    before = _seen(person)
    monkeypatch.setattr("cities.sight.MANY", 1)
    assert _seen(person) == before


def _seen(person: User) -> list[set[int]]:
    rows: list[QuerySet[Any]] = [
        Project.objects.visible_to(person),
        Activity.objects.visible_to(person),
        Pilot.objects.visible_to(person),
        Team.objects.of_member(person),
        Team.objects.accompanied_by(person),
    ]
    return [set(one.values_list("pk", flat=True)) for one in rows]
