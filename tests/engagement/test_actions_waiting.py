"""What waits for many people is what waits for each of them: one definition, asked in two ways."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cities.choices import Right
from cities.models import Membership
from cities.querysets import today
from engagement.choices import CheckInState, IntroductionState
from engagement.models import CheckIn, CoachingSession, Commitment, Introduction, Question
from engagement.waiting import Waiting, in_order, rows_of, sources, waiting_for
from engagement.waiting.items import Source
from engagement.waiting.sources import SOURCES
from innoteams.accounts.models import User
from projects.models import Adaptation, Project
from tests.access.table import plant_all
from tests.cast import Cast, accompany, coordinate, join, make_city, make_person, make_project, make_team
from tests.engagement import accompany_scenes as scenes
from tests.engagement.test_my_work import invite

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


def of_many(people: list[User]) -> dict[int, list[Waiting]]:
    """The batch's answer, in words."""
    found = rows_of([person.pk for person in people])
    return {person.pk: in_order(item for one in found[person.pk] for item in one.told_to(person)) for person in people}


def of_each(people: list[User]) -> dict[int, list[Waiting]]:
    """Each source asked for each person by itself, as the querysets say it."""
    return {person.pk: in_order(item for source in SOURCES for item in of_one(source, person)) for person in people}


def of_one(source: Source, person: User) -> Iterator[Waiting]:
    rows = source.rows(person)
    for _name, carried in sources._carried(source, rows):
        yield from sources._found(rows.model, source.name, carried).told_to(person)


def fill(cast: Cast) -> User:
    """One of everything that may wait; the answer is somebody who is several things at once."""
    everything = make_person("Everything", second_factor=True)
    join(cast.mulhouse, everything, Right.LEAD)
    coordinate(cast.operator, everything)
    opened = scenes.engagement(cast)
    opened.planned_until = today()
    opened.save()
    scenes.drafted(cast)
    elsewhere = make_team(make_city())
    accompany(elsewhere.city, cast.programme)
    CheckIn.objects.create(
        period=CheckIn.objects.get().period, team=elsewhere, state="submitted", submitted_at=timezone.now()
    )
    invite(cast, cast.stranger.email)
    scenes.introduction(cast)
    scenes.introduction(cast, IntroductionState.ACCEPTED, to_team=elsewhere, answered_at=timezone.now() - 40 * DAY)
    brokered: dict[str, Any] = {"asked_by": None, "brokered_by": cast.coordinator, "brokered_for": cast.operator}
    scenes.introduction(cast, from_team=cast.tel_aviv, to_team=elsewhere, **brokered)
    Commitment.objects.create(engagement=opened, text="Ring", owner=cast.coach, due_on=today() + DAY)
    Commitment.objects.create(engagement=opened, text="Left", owner=cast.former_member, due_on=today() + DAY)
    scenes.session(opened, days=-2)
    Question.objects.create(
        author=cast.mulhouse_lead, team=cast.mulhouse, text="How?", project=cast.projects["network"]
    )
    make_project(cast.tel_aviv, visibility="team", created_by=cast.tel_aviv_member)
    old = make_project(cast.mulhouse, last_confirmed_on=today() - 400 * DAY, contact=everything)
    Project.objects.filter(pk=old.pk).update(shared_at=timezone.now() - 200 * DAY)
    adaptation = Adaptation.objects.create(project=old, source=cast.projects["network"])
    Adaptation.objects.filter(pk=adaptation.pk).update(created_at=timezone.now() - 200 * DAY)
    return everything


@pytest.mark.django_db
def test_every_source_is_asked_for_many_as_for_one(cast: Cast) -> None:
    everything = fill(cast)
    people = [*User.objects.all()]
    each = of_each(people)
    assert of_many(people) == each
    assert {one.source.name for rows in rows_of([p.pk for p in people]).values() for one in rows} == {
        source.name for source in SOURCES
    }
    assert len(each[everything.pk]) == 3


@pytest.mark.django_db
def test_whatever_is_planted_anywhere_the_two_agree_for_every_kind_of_person(cast: Cast) -> None:
    plant_all(cast)
    people = [*User.objects.all()]
    assert of_many(people) == of_each(people)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whoever_is_what_to_whom_the_two_agree(cast: Cast, data: st.DataObject) -> None:
    if not CoachingSession.objects.exists():
        fill(cast)
    people = [*User.objects.order_by("pk")]
    teams = [cast.tel_aviv, cast.mulhouse, cast.boston]
    # A coach's membership is held by the coaching.
    free = [person for person in people if not person.coachings.exists()]
    for person in data.draw(st.lists(st.sampled_from(free), min_size=1, max_size=4, unique=True)):
        right, team = data.draw(st.sampled_from(Right)), data.draw(st.sampled_from(teams))
        ended = data.draw(st.sampled_from([None, today() - DAY]))
        Membership.objects.filter(team=team, person=person).delete()
        join(team, person, right, ends_on=ended)
    CheckIn.objects.filter(team=cast.tel_aviv).update(
        state=data.draw(st.sampled_from(CheckInState)), submitted_at=timezone.now(), answered_at=timezone.now()
    )
    Introduction.objects.update(asked_by=data.draw(st.sampled_from(people)))
    Commitment.objects.update(owner=data.draw(st.sampled_from(people)))
    assert of_many(people) == of_each(people)


@pytest.mark.django_db
def test_it_is_one_query_however_many_people_are_asked_about(cast: Cast) -> None:
    fill(cast)
    for people in ([cast.coach], [*User.objects.all()]):
        with CaptureQueriesContext(connection) as asked:
            of_many(people)
        assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert rows_of([]) == {}
    assert not asked


@pytest.mark.django_db
def test_since_when_something_waits_is_known_where_it_came_from_others_or_with_time(cast: Cast) -> None:
    fill(cast)
    waits = {item.kind: item.since for items in of_many([*User.objects.all()]).values() for item in items}
    untold = {kind for kind, since in waits.items() if since is None}
    assert untold == {"commitment", "draft", "introduction_helped", "invitation", "session"}
    assert waits["commitment_left_behind"] == Membership.objects.get(person=cast.former_member).ends_on


@pytest.mark.django_db
def test_moments_of_a_statement_put_together_in_the_morning_are_those_of_the_evening(cast: Cast) -> None:
    opened = scenes.engagement(cast)
    morning = dt.datetime(2026, 9, 8, 6, tzinfo=dt.UTC)
    with time_machine.travel(morning, tick=False):
        planned = scenes.session(opened, days=0)
        CoachingSession.objects.filter(pk=planned.pk).update(starts_at=morning + 6 * HOUR)
        assert "session" not in {item.kind for item in waiting_for(cast.coach)}
    with time_machine.travel(morning + 12 * HOUR, tick=False):
        assert "session" in {item.kind for item in waiting_for(cast.coach)}


@pytest.mark.django_db
def test_a_new_day_is_asked_about_as_such(cast: Cast) -> None:
    Commitment.objects.create(
        engagement=scenes.engagement(cast), text="Ring", owner=cast.coach, due_on=dt.date(2026, 10, 30)
    )
    for day, waits in ((1, False), (29, True)):
        with time_machine.travel(dt.datetime(2026, 10, day, 12, tzinfo=dt.UTC), tick=False):
            assert ("commitment" in {item.kind for item in waiting_for(cast.coach)}) == waits
