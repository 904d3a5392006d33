"""Inviting, sending again, withdrawing and accepting, as verbs."""

import datetime as dt
import hashlib

import pytest
import time_machine
from allauth.account.models import EmailAddress

from cities import invitations
from cities.choices import Function, InvitationState, MembershipEvent, Right
from cities.invitations import (
    AlreadyInvited,
    AlreadyThere,
    CoachAndMember,
    MeantForSomebodyElse,
    NoLongerValid,
    NotWaiting,
    Sealed,
)
from cities.models import Coordination, Invitation, Membership, MembershipChange
from cities.querysets import today
from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed
from tests.cast import Cast, join, make_person, make_team

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)


def invite(cast: Cast, email: str = "new@city.example", right: str = Right.MEMBER, by: User | None = None) -> Sealed:
    return invitations.invite(by=by or cast.tel_aviv_lead, team=cast.tel_aviv, email=email, right=right)


def accept(person: User, sealed: Sealed) -> Invitation:
    return invitations.accept(by=person, digest=invitations.digest_of(sealed.key))


def test_only_the_digest_of_the_key_is_kept(cast: Cast) -> None:
    sealed = invite(cast)
    row = Invitation.objects.filter(pk=sealed.invitation.pk).values().get()
    assert row["key_digest"] == hashlib.sha256(sealed.key.encode()).hexdigest()
    assert sealed.key not in {str(value) for value in row.values()}


def test_an_address_is_kept_in_small_letters(cast: Cast) -> None:
    assert invite(cast, email=" New@City.Example ").invitation.email == "new@city.example"


@pytest.mark.parametrize("kind", ["tel_aviv_lead", "coordinator", "administrator"])
def test_leads_coordinators_and_administrators_invite(cast: Cast, kind: str) -> None:
    assert invite(cast, by=cast.person(kind)).invitation.state == InvitationState.OPEN  # type: ignore[arg-type]  # a person


@pytest.mark.parametrize(
    "kind", ["tel_aviv_member", "tel_aviv_observer", "coach", "mulhouse_lead", "funder_coordinator", "former_member"]
)
def test_others_do_not_invite(cast: Cast, kind: str) -> None:
    with pytest.raises(NotAllowed):
        invite(cast, by=cast.person(kind))  # type: ignore[arg-type]  # a person


def test_a_lead_does_not_invite_a_coach(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        invite(cast, right=Right.COACH)


def test_a_coordinator_invites_a_coach(cast: Cast) -> None:
    accept(make_person(email="new@city.example"), invite(cast, right=Right.COACH, by=cast.coordinator))
    assert cast.tel_aviv.memberships.current().coaches().count() == 2


def test_an_address_is_invited_once_at_a_time(cast: Cast) -> None:
    invite(cast)
    with pytest.raises(AlreadyInvited):
        invite(cast, email="NEW@city.example")


def test_the_same_address_may_be_invited_to_another_team(cast: Cast) -> None:
    invite(cast)
    other = invitations.invite(by=cast.mulhouse_lead, team=cast.mulhouse, email="new@city.example", right=Right.MEMBER)
    assert other.invitation.team == cast.mulhouse


def test_somebody_of_the_team_is_not_invited_again(cast: Cast) -> None:
    with pytest.raises(AlreadyThere):
        invite(cast, email=cast.tel_aviv_member.email)


def test_a_former_member_may_be_invited_again(cast: Cast) -> None:
    accept(cast.former_member, invite(cast, email=cast.former_member.email))
    assert cast.tel_aviv.memberships.current().filter(person=cast.former_member).count() == 1


def test_sending_again_makes_a_new_link_and_kills_the_old_one(cast: Cast) -> None:
    first = invite(cast)
    second = invitations.send_again(by=cast.tel_aviv_lead, invitation=first.invitation)
    person = make_person(email="new@city.example")
    with pytest.raises(NoLongerValid):
        accept(person, first)
    assert accept(person, second).accepted_by == person


def test_a_link_works_for_a_fortnight(cast: Cast) -> None:
    person = make_person(email="new@city.example")
    with time_machine.travel(NOON, tick=False):
        sealed = invite(cast)
    with time_machine.travel(NOON + dt.timedelta(days=14), tick=False):
        assert Invitation.objects.get().state == InvitationState.EXPIRED
        with pytest.raises(NoLongerValid):
            accept(person, sealed)
    with time_machine.travel(NOON + dt.timedelta(days=14, seconds=-1), tick=False):
        assert accept(person, sealed).state == InvitationState.ACCEPTED


def test_sending_again_revives_an_expired_invitation(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False):
        sealed = invite(cast)
    with time_machine.travel(NOON + dt.timedelta(days=20), tick=False):
        anew = invitations.send_again(by=cast.coordinator, invitation=sealed.invitation)
        assert anew.invitation.state == InvitationState.OPEN


def test_a_withdrawn_invitation_cannot_be_accepted(cast: Cast) -> None:
    sealed = invite(cast)
    invitations.withdraw(by=cast.coordinator, invitation=sealed.invitation)
    with pytest.raises(NoLongerValid):
        accept(make_person(email="new@city.example"), sealed)


def test_an_accepted_invitation_can_be_neither_sent_again_nor_withdrawn(cast: Cast) -> None:
    sealed = invite(cast)
    accept(make_person(email="new@city.example"), sealed)
    with pytest.raises(NotWaiting):
        invitations.send_again(by=cast.tel_aviv_lead, invitation=sealed.invitation)
    with pytest.raises(NotWaiting):
        invitations.withdraw(by=cast.tel_aviv_lead, invitation=sealed.invitation)


def test_after_withdrawing_the_address_may_be_invited_again(cast: Cast) -> None:
    invitations.withdraw(by=cast.tel_aviv_lead, invitation=invite(cast).invitation)
    assert invite(cast).invitation.state == InvitationState.OPEN


def test_accepting_gives_the_part_that_was_offered_and_writes_it_down(cast: Cast) -> None:
    person = make_person(email="new@city.example")
    sealed = invitations.invite(
        by=cast.tel_aviv_lead, team=cast.tel_aviv, email=person.email, right=Right.OBSERVER, function=Function.DESIGNER
    )
    accept(person, sealed)
    membership = Membership.objects.get(person=person)
    assert (membership.right, membership.function, membership.ends_on) == (Right.OBSERVER, Function.DESIGNER, None)
    change = MembershipChange.objects.get(person=person)
    assert (change.event, change.right_after, change.by) == (MembershipEvent.JOINED, Right.OBSERVER, person)


def test_an_invitation_works_once(cast: Cast) -> None:
    person, sealed = make_person(email="new@city.example"), invite(cast)
    accept(person, sealed)
    with pytest.raises(NoLongerValid):
        accept(person, sealed)


def test_somebody_of_another_team_joins_as_well(cast: Cast) -> None:
    accept(cast.mulhouse_lead, invite(cast, email=cast.mulhouse_lead.email))
    assert cast.mulhouse_lead.memberships.current().count() == 2


def test_a_coach_of_the_team_becomes_no_member_of_it(cast: Cast) -> None:
    with pytest.raises(CoachAndMember, match="The coaching has to end first"):
        invite(cast, email=cast.coach.email)
    cast.coach.memberships.update(ends_on=today())
    accept(cast.coach, invite(cast, email=cast.coach.email))
    assert cast.coach.memberships.current().get().right == Right.MEMBER


def test_whoever_has_another_address_is_refused(cast: Cast) -> None:
    with pytest.raises(MeantForSomebodyElse):
        accept(cast.stranger, invite(cast))


def test_a_second_address_counts_once_it_is_verified(cast: Cast) -> None:
    sealed = invite(cast)
    address = EmailAddress.objects.create(user=cast.stranger, email="new@city.example", verified=False)
    with pytest.raises(MeantForSomebodyElse):
        accept(cast.stranger, sealed)
    address.verified = True
    address.save()
    assert accept(cast.stranger, sealed).accepted_by == cast.stranger


def test_who_joined_otherwise_in_the_meantime_is_told_so(cast: Cast) -> None:
    person, sealed = make_person(email="new@city.example"), invite(cast)
    join(cast.tel_aviv, person)
    with pytest.raises(AlreadyThere):
        accept(person, sealed)


def test_a_team_that_is_gone_is_not_joined(cast: Cast) -> None:
    person, sealed = make_person(email="new@city.example"), invite(cast)
    cast.tel_aviv.is_active = False
    cast.tel_aviv.save()
    with pytest.raises(NoLongerValid):
        accept(person, sealed)


def test_an_unknown_key_is_refused(cast: Cast) -> None:
    with pytest.raises(NoLongerValid):
        invitations.accept(by=cast.stranger, digest=invitations.digest_of("unknown"))


def test_an_administrator_invites_a_coordinator(cast: Cast) -> None:
    person = make_person(email="new@city.example")
    accept(person, invitations.invite_coordinator(by=cast.administrator, operator=cast.operator, email=person.email))
    coordination = Coordination.objects.get(person=person)
    assert (coordination.operator, coordination.given_by) == (cast.operator, cast.administrator)


def test_a_coordinator_does_not_invite_coordinators(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        invitations.invite_coordinator(by=cast.coordinator, operator=cast.operator, email="new@city.example")


def test_two_invitations_by_two_addresses_make_one_coordinator(cast: Cast) -> None:
    person = make_person(email="one@city.example")
    EmailAddress.objects.create(user=person, email="two@city.example", verified=True)
    first, second = (
        invitations.invite_coordinator(by=cast.administrator, operator=cast.operator, email=f"{name}@city.example")
        for name in ("one", "two")
    )
    accept(person, first)
    with pytest.raises(AlreadyThere):
        accept(person, second)


def test_the_invitation_of_one_team_is_not_managed_by_another(cast: Cast) -> None:
    sealed = invite(cast)
    with pytest.raises(NotAllowed):
        invitations.withdraw(by=cast.mulhouse_lead, invitation=sealed.invitation)


def test_a_lead_does_not_send_again_what_only_a_coordinator_may_invite(cast: Cast) -> None:
    sealed = invite(cast, right=Right.COACH, by=cast.coordinator)
    with pytest.raises(NotAllowed):
        invitations.send_again(by=cast.tel_aviv_lead, invitation=sealed.invitation)


def test_the_first_lead_is_invited_into_an_empty_team_by_its_coordinator(cast: Cast) -> None:
    empty = make_team(cast.tel_aviv.city, slug="second-team")
    person = make_person(email="new@city.example")
    accept(person, invitations.invite(by=cast.coordinator, team=empty, email=person.email, right=Right.LEAD))
    assert empty.memberships.staying().leads().get().person == person
