"""Changing a part, ending a membership, leaving: history kept, never without a lead."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cities import coordinations, memberships
from cities.choices import Function, MembershipEvent, Right
from cities.memberships import LastLead, NoSuccessor, NotInTeamAnyMore, Part, StillCoaching
from cities.models import Membership, MembershipChange, Team
from cities.querysets import open_on, today
from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed
from tests.cast import Cast, join, make_person, make_team

DAY = dt.timedelta(days=1)
db = pytest.mark.django_db


def of(person: User, team: Team) -> Membership:
    membership = team.memberships.current().get(person=person)
    assert isinstance(membership, Membership)
    return membership


@db
def test_a_changed_part_is_a_new_row_and_the_old_one_ends_today(cast: Cast) -> None:
    before = of(cast.tel_aviv_member, cast.tel_aviv)
    part = Part(Right.LEAD, Function.DIRECTOR)
    after = memberships.change(by=cast.tel_aviv_lead, membership=before, part=part)
    before.refresh_from_db()
    assert (before.right, before.ends_on) == (Right.MEMBER, today())
    assert (after.right, after.function, after.starts_on, after.ends_on) == (
        *(part.right, part.function),
        today(),
        None,
    )


@db
def test_the_change_is_written_down_with_who_and_from_what_to_what(cast: Cast) -> None:
    membership = of(cast.tel_aviv_member, cast.tel_aviv)
    memberships.change(by=cast.coordinator, membership=membership, part=Part(Right.OBSERVER, Function.RELAY))
    change = MembershipChange.objects.get()
    assert (change.by, change.person, change.event) == (cast.coordinator, cast.tel_aviv_member, MembershipEvent.CHANGED)
    assert (change.right_before, change.right_after) == (Right.MEMBER, Right.OBSERVER)
    assert (change.function_before, change.function_after) == (Function.OTHER, Function.RELAY)


@db
def test_the_same_part_again_changes_nothing(cast: Cast) -> None:
    membership = of(cast.tel_aviv_member, cast.tel_aviv)
    memberships.change(by=cast.tel_aviv_lead, membership=membership, part=Part(Right.MEMBER, Function.OTHER))
    assert not MembershipChange.objects.exists()


@db
def test_a_part_may_be_changed_twice_on_one_day(cast: Cast) -> None:
    membership = of(cast.tel_aviv_member, cast.tel_aviv)
    second = memberships.change(by=cast.tel_aviv_lead, membership=membership, part=Part(Right.LEAD, Function.OTHER))
    memberships.change(by=cast.tel_aviv_lead, membership=second, part=Part(Right.OBSERVER, Function.OTHER))
    assert of(cast.tel_aviv_member, cast.tel_aviv).right == Right.OBSERVER


@db
@pytest.mark.parametrize("kind", ["tel_aviv_member", "mulhouse_lead", "coach", "funder_coordinator", "stranger"])
def test_who_does_not_manage_the_team_changes_nobody(cast: Cast, kind: str) -> None:
    person = cast.person(kind)
    assert isinstance(person, User)
    membership = of(cast.tel_aviv_observer, cast.tel_aviv)
    with pytest.raises(NotAllowed):
        memberships.change(by=person, membership=membership, part=Part(Right.LEAD, Function.OTHER))
    with pytest.raises(NotAllowed):
        memberships.end(by=person, membership=membership)


@db
def test_the_last_lead_is_not_demoted(cast: Cast) -> None:
    membership = of(cast.tel_aviv_lead, cast.tel_aviv)
    with pytest.raises(LastLead, match="no lead"):
        memberships.change(by=cast.coordinator, membership=membership, part=Part(Right.MEMBER, Function.OTHER))


@db
def test_the_last_lead_is_not_taken_off_the_team_and_does_not_leave(cast: Cast) -> None:
    membership = of(cast.tel_aviv_lead, cast.tel_aviv)
    for by in (cast.administrator, cast.tel_aviv_lead):
        with pytest.raises(LastLead):
            memberships.end(by=by, membership=membership)


@db
def test_the_last_lead_may_get_another_function(cast: Cast) -> None:
    membership = of(cast.tel_aviv_lead, cast.tel_aviv)
    part = Part(Right.LEAD, Function.DIRECTOR)
    assert memberships.change(by=cast.tel_aviv_lead, membership=membership, part=part).function == Function.DIRECTOR


@db
def test_a_lead_leaves_once_there_is_another_one(cast: Cast) -> None:
    join(cast.tel_aviv, make_person(), Right.LEAD)
    memberships.end(by=cast.tel_aviv_lead, membership=of(cast.tel_aviv_lead, cast.tel_aviv))
    assert not Team.objects.of_member(cast.tel_aviv_lead).exists()


@db
def test_a_lead_whose_end_is_set_cannot_be_counted_on(cast: Cast) -> None:
    join(cast.tel_aviv, make_person(), Right.LEAD, ends_on=today() + 30 * DAY)
    with pytest.raises(LastLead):
        memberships.end(by=cast.tel_aviv_lead, membership=of(cast.tel_aviv_lead, cast.tel_aviv))


@db
def test_a_lead_whose_account_is_closed_cannot_be_counted_on(cast: Cast) -> None:
    join(cast.tel_aviv, make_person(is_active=False), Right.LEAD)
    with pytest.raises(LastLead):
        memberships.end(by=cast.tel_aviv_lead, membership=of(cast.tel_aviv_lead, cast.tel_aviv))


@db
def test_leaving_ends_the_sight_at_once_and_keeps_the_row(cast: Cast) -> None:
    memberships.end(by=cast.tel_aviv_member, membership=of(cast.tel_aviv_member, cast.tel_aviv))
    row = cast.tel_aviv.memberships.get(person=cast.tel_aviv_member)
    assert row.ends_on == today()
    assert not Team.objects.of_member(cast.tel_aviv_member).exists()
    assert MembershipChange.objects.get().event == MembershipEvent.LEFT


@db
def test_a_successor_is_named(cast: Cast) -> None:
    membership = of(cast.tel_aviv_member, cast.tel_aviv)
    ended = memberships.end(by=cast.tel_aviv_lead, membership=membership, successor=cast.tel_aviv_observer)
    assert ended.successor == cast.tel_aviv_observer


@db
@pytest.mark.parametrize("kind", ["tel_aviv_member", "stranger", "coach", "former_member"])
def test_a_successor_is_somebody_who_stays_in_the_team(cast: Cast, kind: str) -> None:
    successor = cast.person(kind)
    assert isinstance(successor, User)
    with pytest.raises(NoSuccessor):
        memberships.end(by=cast.tel_aviv_lead, membership=of(cast.tel_aviv_member, cast.tel_aviv), successor=successor)


@db
def test_what_somebody_else_ended_in_the_meantime_is_told(cast: Cast) -> None:
    membership = of(cast.tel_aviv_member, cast.tel_aviv)
    memberships.end(by=cast.tel_aviv_lead, membership=membership)
    with pytest.raises(NotInTeamAnyMore):
        memberships.end(by=cast.coordinator, membership=membership)


@db
def test_nobody_becomes_a_coach_by_a_change_of_part(cast: Cast) -> None:
    membership = of(cast.tel_aviv_member, cast.tel_aviv)
    with pytest.raises(StillCoaching):
        memberships.change(by=cast.tel_aviv_lead, membership=membership, part=Part(Right.COACH, Function.COACH))


@db
def test_a_coach_without_an_engagement_may_be_taken_off(cast: Cast) -> None:
    memberships.end(by=cast.coordinator, membership=of(cast.coach, cast.tel_aviv))
    assert not Team.objects.coached_by(cast.coach).exists()


@db
def test_leaving_everything_names_the_team_that_would_lose_its_lead_and_changes_nothing(cast: Cast) -> None:
    join(cast.mulhouse, cast.tel_aviv_lead)
    with pytest.raises(LastLead, match=cast.tel_aviv.name):
        memberships.leave_everything(by=cast.tel_aviv_lead)
    assert cast.tel_aviv_lead.memberships.current().count() == 2


@db
def test_an_ended_coordination_ends_the_sight_at_once(cast: Cast) -> None:
    coordinations.end(by=cast.administrator, coordination=cast.coordinator.coordinations.get())
    assert not Team.objects.read_by_coordinator(cast.coordinator).exists()


@db
def test_a_coordination_is_ended_once_and_by_administrators_only(cast: Cast) -> None:
    coordination = cast.coordinator.coordinations.get()
    with pytest.raises(NotAllowed):
        coordinations.end(by=cast.coordinator, coordination=coordination)
    coordinations.end(by=cast.administrator, coordination=coordination)
    with pytest.raises(coordinations.EndedAlready):
        coordinations.end(by=cast.administrator, coordination=coordination)


DATES = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))


class Windows(TestCase):
    """The day of the end is outside: who leaves on a day is gone on that day."""

    @settings(max_examples=60, deadline=None)
    @given(starts=DATES, length=st.none() | st.integers(0, 800), day=DATES)
    def test_a_membership_counts_from_its_first_day_to_the_day_before_its_end(
        self, starts: dt.date, length: int | None, day: dt.date
    ) -> None:
        ends = None if length is None else starts + length * DAY
        with transaction.atomic():
            membership = join(make_team(), make_person(), starts_on=starts, ends_on=ends)
        found = Membership.objects.filter(open_on(day), pk=membership.pk).exists()
        assert found == (starts <= day and (ends is None or day < ends))

    @settings(max_examples=40, deadline=None)
    @given(changes=st.lists(st.sampled_from([Right.LEAD, Right.MEMBER, Right.OBSERVER]), max_size=6))
    def test_after_any_changes_there_is_one_open_row_and_a_lead(self, changes: list[Right]) -> None:
        team, lead, person = make_team(), make_person(), make_person()
        join(team, lead, Right.LEAD)
        join(team, person)
        for right in changes:
            membership = of(person, team)
            memberships.change(by=lead, membership=membership, part=Part(right, Function.OTHER))
        assert team.memberships.filter(person=person, ends_on=None).count() == 1
        assert of(person, team).right == (changes[-1] if changes else Right.MEMBER)
        assert team.memberships.staying().leads().exists()
