"""The pages that say who is in a team and who coordinates, and those that change it."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cities import invitations
from cities.choices import Function, Right
from cities.models import Invitation, Membership, Team
from cities.querysets import today
from innoteams.accounts.models import User
from tests.cast import Cast, join, make_person

pytestmark = pytest.mark.django_db


def people_page(client: Client, team: Team, person: User) -> str:
    client.force_login(person)
    return client.get(reverse("team_people", args=[team.slug])).text


def membership_of(person: User, team: Team) -> Membership:
    return team.memberships.current().get(person=person)  # type: ignore[no-any-return]  # a queryset of our own


def test_everybody_signed_in_sees_names_functions_and_languages(client: Client, cast: Cast) -> None:
    cast.tel_aviv_member.spoken_languages = ["ar"]
    cast.tel_aviv_member.save()
    membership = membership_of(cast.tel_aviv_member, cast.tel_aviv)
    membership.function = Function.DESIGNER
    membership.save()
    page = people_page(client, cast.tel_aviv, cast.stranger)
    assert "Tel Aviv member" in page
    assert "designer" in page
    assert "العربيّة" in page


@pytest.mark.parametrize("kind", ["stranger", "mulhouse_lead", "tel_aviv_member", "coordinator", "administrator"])
def test_no_address_of_another_person_is_on_the_page(client: Client, cast: Cast, kind: str) -> None:
    viewer = cast.person(kind)
    assert isinstance(viewer, User)
    page = people_page(client, cast.tel_aviv, viewer)
    others = {person.email for person in User.objects.exclude(pk=viewer.pk)}
    assert not {address for address in others if address in page}


def test_pending_invitations_are_shown_to_those_who_manage_only(client: Client, cast: Cast) -> None:
    invitations.invite(by=cast.tel_aviv_lead, team=cast.tel_aviv, email="new@city.example", right=Right.MEMBER)
    assert "new@city.example" in people_page(client, cast.tel_aviv, cast.coordinator)
    for person in (cast.tel_aviv_member, cast.coach, cast.stranger, cast.funder_coordinator):
        assert "new@city.example" not in people_page(client, cast.tel_aviv, person)


def test_who_was_here_before_is_shown_to_the_team_with_the_successor(client: Client, cast: Cast) -> None:
    membership = Membership.objects.get(person=cast.former_member)
    membership.successor = cast.tel_aviv_lead
    membership.save()
    page = people_page(client, cast.tel_aviv, cast.tel_aviv_member)
    assert "Former member" in page
    assert "taken over by" in page
    assert "Former member" not in people_page(client, cast.tel_aviv, cast.mulhouse_lead)


def test_whoever_only_changed_part_was_not_here_before(client: Client, cast: Cast) -> None:
    url = reverse("membership_change", args=[cast.tel_aviv.slug, membership_of(cast.tel_aviv_member, cast.tel_aviv).pk])
    client.force_login(cast.tel_aviv_lead)
    client.post(url, {"right": "observer", "function": "relay"})
    former = people_page(client, cast.tel_aviv, cast.tel_aviv_lead).partition("Were here before")[2]
    assert "Tel Aviv member" not in former.partition("What changed here")[0]


def test_a_closed_account_is_not_listed(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.tel_aviv_observer.pk).update(is_active=False)
    assert "Tel Aviv observer" not in people_page(client, cast.tel_aviv, cast.stranger)


@pytest.mark.parametrize("more", [0, 3])
def test_the_page_asks_the_database_the_same_however_many_people(
    client: Client, cast: Cast, more: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(more):
        join(cast.tel_aviv, make_person())
        invitations.invite(
            by=cast.tel_aviv_lead, team=cast.tel_aviv, email=f"n{number}@city.example", right=Right.MEMBER
        )
    client.force_login(cast.tel_aviv_lead)
    with django_assert_max_num_queries(15):
        client.get(reverse("team_people", args=[cast.tel_aviv.slug]))


def test_an_invitation_form_keeps_what_was_typed_and_says_what_is_wrong_at_the_field(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.tel_aviv_lead)
    data = {"email": "not an address", "name": "Ana", "right": "member", "function": "other", "language": "en"}
    response = client.post(reverse("invitation_create", args=[cast.tel_aviv.slug]), data)
    assert response.status_code == 200
    assert "email" in response.context["form"].errors
    assert 'value="Ana"' in response.text
    assert 'value="not an address"' in response.text


def test_inviting_somebody_of_the_team_is_refused_at_the_field(client: Client, cast: Cast) -> None:
    client.force_login(cast.tel_aviv_lead)
    data = {"email": cast.tel_aviv_member.email, "right": "member", "function": "other", "language": "en"}
    response = client.post(reverse("invitation_create", args=[cast.tel_aviv.slug]), data)
    assert "in the team already" in str(response.context["form"].errors["email"])
    assert not mail.outbox


def test_the_invitation_form_says_what_each_part_may_do(client: Client, cast: Cast) -> None:
    client.force_login(cast.tel_aviv_lead)
    page = client.get(reverse("invitation_create", args=[cast.tel_aviv.slug])).text
    assert "decides who is in the team" in page
    assert "Accompanies the team" not in page
    client.force_login(cast.coordinator)
    assert "Accompanies the team" in client.get(reverse("invitation_create", args=[cast.tel_aviv.slug])).text


def test_a_crafted_coach_invitation_of_a_lead_is_refused(client: Client, cast: Cast) -> None:
    client.force_login(cast.tel_aviv_lead)
    data = {"email": "new@city.example", "right": "coach", "function": "other", "language": "en"}
    client.post(reverse("invitation_create", args=[cast.tel_aviv.slug]), data)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "address", ["a@b.example\nBcc: c@d.example", "x" * 300 + "@b.example", "", "a@b", "é@é.example"]
)
def test_a_bad_address_is_never_an_error_of_ours(client: Client, cast: Cast, address: str) -> None:
    client.force_login(cast.tel_aviv_lead)
    data = {"email": address, "right": "member", "function": "other", "language": "en", "message": "\x00"}
    response = client.post(reverse("invitation_create", args=[cast.tel_aviv.slug]), data)
    assert response.status_code in {200, 302}


def test_who_does_not_manage_gets_the_reason(client: Client, cast: Cast) -> None:
    client.force_login(cast.tel_aviv_member)
    response = client.get(reverse("invitation_create", args=[cast.tel_aviv.slug]))
    assert response.status_code == 403
    assert "Only a lead of the team" in response.text


def test_a_lead_changes_a_part(client: Client, cast: Cast) -> None:
    membership = membership_of(cast.tel_aviv_member, cast.tel_aviv)
    client.force_login(cast.tel_aviv_lead)
    response = client.post(
        reverse("membership_change", args=[cast.tel_aviv.slug, membership.pk]),
        {"right": "lead", "function": "director"},
        follow=True,
    )
    assert "has a new part" in response.text
    assert membership_of(cast.tel_aviv_member, cast.tel_aviv).right == Right.LEAD


def test_demoting_the_last_lead_says_why_not_and_keeps_the_choice(client: Client, cast: Cast) -> None:
    membership = membership_of(cast.tel_aviv_lead, cast.tel_aviv)
    client.force_login(cast.tel_aviv_lead)
    url = reverse("membership_change", args=[cast.tel_aviv.slug, membership.pk])
    response = client.post(url, {"right": "observer", "function": "director"})
    assert response.status_code == 200
    assert "would have no lead" in response.text
    assert 'value="observer"' in response.text


def test_taking_somebody_off_names_the_successor(client: Client, cast: Cast) -> None:
    membership = membership_of(cast.tel_aviv_member, cast.tel_aviv)
    client.force_login(cast.tel_aviv_lead)
    url = reverse("membership_end", args=[cast.tel_aviv.slug, membership.pk])
    client.post(url, {"successor": cast.tel_aviv_observer.pk})
    membership.refresh_from_db()
    assert (membership.ends_on, membership.successor) == (today(), cast.tel_aviv_observer)


def test_one_leaves_by_oneself(client: Client, cast: Cast) -> None:
    membership = membership_of(cast.tel_aviv_observer, cast.tel_aviv)
    client.force_login(cast.tel_aviv_observer)
    url = reverse("membership_end", args=[cast.tel_aviv.slug, membership.pk])
    assert "Leave the team" in client.get(url).text
    assert "You have left" in client.post(url, follow=True).text


def test_an_ended_membership_is_not_changed_any_more(client: Client, cast: Cast) -> None:
    ended = Membership.objects.get(person=cast.former_member)
    client.force_login(cast.tel_aviv_lead)
    for name in ("membership_change", "membership_end"):
        assert client.get(reverse(name, args=[cast.tel_aviv.slug, ended.pk])).status_code == 404


def test_a_membership_is_not_reached_through_another_team(client: Client, cast: Cast) -> None:
    membership = membership_of(cast.tel_aviv_member, cast.tel_aviv)
    client.force_login(cast.mulhouse_lead)
    assert client.get(reverse("membership_end", args=[cast.mulhouse.slug, membership.pk])).status_code == 404


def test_an_administrator_invites_a_coordinator_after_proving_who_it_is(client: Client, cast: Cast) -> None:
    cast.administrator.set_password("a-long-test-password")
    cast.administrator.save()
    client.force_login(cast.administrator)
    url = reverse("coordinator_invite", args=[cast.operator.slug])
    assert client.get(url).status_code == 200
    response = client.post(url, {"email": "new@city.example", "language": "en"})
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    response = client.post(response["Location"], {"password": "a-long-test-password"}, follow=True)
    assert "on its way to new@city.example" in response.text
    assert Invitation.objects.get().operator == cast.operator


def test_a_coordinator_sees_the_coordinators_and_does_not_change_them(client: Client, cast: Cast) -> None:
    client.force_login(cast.coordinator)
    page = client.get(reverse("operator_people", args=[cast.operator.slug])).text
    assert "Coordinator" in page
    assert "End the coordination" not in page
    assert client.get(reverse("coordinator_invite", args=[cast.operator.slug])).status_code == 403


def overview(client: Client, person: User) -> str:
    client.force_login(person)
    return client.get(reverse("people")).text.partition("<main")[2]


def test_the_overview_leads_to_the_teams_and_operators_one_decides_about(client: Client, cast: Cast) -> None:
    tel_aviv, hazira = cast.tel_aviv.get_absolute_url(), cast.operator.get_absolute_url()
    assert tel_aviv in overview(client, cast.tel_aviv_lead)
    assert tel_aviv in overview(client, cast.tel_aviv_observer)
    page = overview(client, cast.coordinator)
    assert tel_aviv in page
    assert hazira in page
    page = overview(client, cast.administrator)
    assert {cast.boston.get_absolute_url(), hazira, reverse("admin:index")} <= set(page.split('"'))
    for person in (cast.stranger, cast.former_member, cast.mulhouse_lead):
        assert tel_aviv not in overview(client, person)


def test_an_expired_invitation_is_marked(client: Client, cast: Cast) -> None:
    invitations.invite(by=cast.tel_aviv_lead, team=cast.tel_aviv, email="new@city.example", right=Right.MEMBER)
    assert "expired" not in people_page(client, cast.tel_aviv, cast.tel_aviv_lead)
    Invitation.objects.update(expires_at=timezone.now())
    assert "expired" in people_page(client, cast.tel_aviv, cast.tel_aviv_lead)
