"""Two people, or two clicks, at the same moment: real threads, each with its own connection."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from cities import invitations, memberships
from cities.choices import Function, Right
from cities.invitations import NotWaiting
from cities.memberships import Part
from cities.models import Invitation, Membership
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused
from tests.cast import join, make_operator, make_person, make_team

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gave, or the refusal it met; they start together."""
    gate = threading.Barrier(len(acts))
    outcomes: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            gate.wait()
            outcomes[place] = act()
        except Refused as refusal:
            outcomes[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    return outcomes


def refused(outcomes: list[object]) -> int:
    return sum(isinstance(outcome, Refused) for outcome in outcomes)


def test_two_clicks_on_accept_make_one_membership() -> None:
    lead, person, team = make_person(), make_person(), make_team()
    join(team, lead, Right.LEAD)
    sealed = invitations.invite(by=lead, team=team, email=person.email, right=Right.MEMBER)
    digest = invitations.digest_of(sealed.key)
    outcomes = at_once(*[lambda: invitations.accept(by=person, digest=digest)] * 4)
    assert refused(outcomes) == 3
    assert Membership.objects.filter(team=team, person=person).count() == 1


def test_two_coordinator_invitations_accepted_at_once_make_one_coordination() -> None:
    administrator, person, operator = make_person(is_staff=True), make_person(), make_operator()
    sealed = invitations.invite_coordinator(by=administrator, operator=operator, email=person.email)
    digest = invitations.digest_of(sealed.key)
    assert refused(at_once(*[lambda: invitations.accept(by=person, digest=digest)] * 3)) == 2
    assert operator.coordinations.count() == 1


def test_accepting_while_it_is_withdrawn_ends_one_way_only() -> None:
    lead, person, team = make_person(), make_person(), make_team()
    join(team, lead, Right.LEAD)
    sealed = invitations.invite(by=lead, team=team, email=person.email, right=Right.MEMBER)
    digest = invitations.digest_of(sealed.key)
    at_once(
        lambda: invitations.accept(by=person, digest=digest),
        lambda: invitations.withdraw(by=lead, invitation=sealed.invitation),
    )
    invitation = Invitation.objects.get()
    joined = Membership.objects.filter(team=team, person=person).exists()
    assert joined == bool(invitation.accepted_at)
    assert bool(invitation.accepted_at) != bool(invitation.withdrawn_at)


def test_the_same_address_invited_twice_at_once_gets_one_invitation() -> None:
    lead, team = make_person(), make_team()
    join(team, lead, Right.LEAD)
    send = lambda: invitations.invite(by=lead, team=team, email="new@city.example", right=Right.MEMBER)  # noqa: E731 - an act to repeat
    assert refused(at_once(send, send, send)) == 2
    assert Invitation.objects.count() == 1


def test_sent_again_twice_at_once_only_the_latest_link_works() -> None:
    lead, team = make_person(), make_team()
    join(team, lead, Right.LEAD)
    first = invitations.invite(by=lead, team=team, email="new@city.example", right=Right.MEMBER)
    outcomes = at_once(*[lambda: invitations.send_again(by=lead, invitation=first.invitation)] * 2)
    assert not any(isinstance(outcome, NotWaiting) for outcome in outcomes)
    keys = [first.key, *(outcome.key for outcome in outcomes if isinstance(outcome, invitations.Sealed))]
    assert len(keys) == 3
    assert sum(invitations.found_by(invitations.digest_of(key)) is not None for key in keys) == 1


def two_leads() -> tuple[User, User, Membership, Membership]:
    team = make_team()
    one, two = make_person(), make_person()
    return one, two, join(team, one, Right.LEAD), join(team, two, Right.LEAD)


def test_two_leads_who_leave_at_once_leave_one_lead() -> None:
    one, two, first, second = two_leads()
    outcomes = at_once(
        lambda: memberships.end(by=one, membership=first), lambda: memberships.end(by=two, membership=second)
    )
    assert refused(outcomes) == 1
    assert first.team.memberships.staying().leads().count() == 1


def test_two_leads_who_demote_each_other_at_once_leave_one_lead() -> None:
    one, two, first, second = two_leads()
    member = Part(Right.MEMBER, Function.OTHER)
    outcomes = at_once(
        lambda: memberships.change(by=one, membership=second, part=member),
        lambda: memberships.change(by=two, membership=first, part=member),
    )
    assert refused(outcomes) == 1
    assert first.team.memberships.staying().leads().count() == 1


def test_two_leads_of_two_teams_who_leave_everything_at_once_do_not_wait_for_each_other_for_ever() -> None:
    one, two, first, _second = two_leads()
    other = make_team()
    join(other, one, Right.LEAD)
    join(other, two, Right.LEAD)
    outcomes = at_once(lambda: memberships.leave_everything(by=one), lambda: memberships.leave_everything(by=two))
    assert refused(outcomes) == 1
    for team in (first.team, other):
        assert team.memberships.staying().leads().count() == 1


def test_one_member_taken_off_by_two_leads_at_once_is_taken_off_once() -> None:
    one, two, first, _second = two_leads()
    member = join(first.team, make_person())
    outcomes = at_once(
        lambda: memberships.end(by=one, membership=member), lambda: memberships.end(by=two, membership=member)
    )
    assert refused(outcomes) == 1
    assert first.team.membership_changes.count() == 1
