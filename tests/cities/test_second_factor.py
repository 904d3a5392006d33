"""Coordinators and administrators need a second factor; demo accounts on this machine do not."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from innoteams.accounts.models import User
from tests.cast import Cast, coordinate, make_person

pytestmark = pytest.mark.django_db


def is_stopped(client: Client, person: User, host: str = "testserver") -> bool:
    client.force_login(person)
    response = client.get(reverse("city_list"), headers={"host": host})
    return response.status_code == 302 and response["Location"] == reverse("mfa_index")


@pytest.fixture
def new_coordinator(cast: Cast) -> User:
    person = make_person(is_demo=True)
    coordinate(cast.operator, person)
    return person


def test_a_coordinator_without_one_gets_no_page_but_those_to_add_it(client: Client, new_coordinator: User) -> None:
    assert is_stopped(client, new_coordinator)
    for name in ("mfa_index", "mfa_activate_totp", "profile", "account_logout"):
        assert client.get(reverse(name)).status_code == 200


def test_an_administrator_without_one_gets_no_administration(client: Client) -> None:
    client.force_login(make_person(is_staff=True, is_superuser=True))
    response = client.get(reverse("admin:index"))
    assert response["Location"] == reverse("mfa_index")


def test_the_reason_is_said(client: Client, new_coordinator: User) -> None:
    client.force_login(new_coordinator)
    assert "second step at sign-in" in client.get(reverse("city_list"), follow=True).text


def test_recovery_codes_alone_are_no_second_factor(client: Client, new_coordinator: User) -> None:
    Authenticator.objects.create(user=new_coordinator, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert is_stopped(client, new_coordinator)


@pytest.mark.parametrize("kind", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_an_authenticator_app_or_a_passkey_opens_the_way(client: Client, new_coordinator: User, kind: str) -> None:
    Authenticator.objects.create(user=new_coordinator, type=kind, data={"secret": "x"})
    assert not is_stopped(client, new_coordinator)


def test_whoever_coordinates_no_more_needs_none(client: Client, cast: Cast, new_coordinator: User) -> None:
    new_coordinator.coordinations.update(ends_on=new_coordinator.coordinations.get().starts_on)
    assert not is_stopped(client, new_coordinator)


def test_team_leads_members_and_coaches_need_none(client: Client, cast: Cast) -> None:
    for person in (cast.tel_aviv_lead, cast.tel_aviv_member, cast.coach, cast.stranger):
        assert not is_stopped(client, person)


@pytest.mark.parametrize(("host", "stopped"), [("localhost:8000", False), ("127.0.0.1", False), ("testserver", True)])
def test_demo_accounts_are_waived_in_demo_mode_on_a_loopback_address_only(
    client: Client, new_coordinator: User, settings: Settings, host: str, stopped: bool
) -> None:
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
    assert is_stopped(client, new_coordinator, host) == stopped


def test_others_are_not_waived_in_demo_mode(client: Client, cast: Cast, settings: Settings) -> None:
    settings.DEMO = True
    person = make_person()
    coordinate(cast.operator, person)
    assert is_stopped(client, person, "localhost")


def test_demo_accounts_are_not_waived_without_demo_mode(client: Client, new_coordinator: User) -> None:
    assert is_stopped(client, new_coordinator, "localhost")


def test_the_sign_in_and_profile_pages_say_that_it_is_waived(
    client: Client, new_coordinator: User, settings: Settings
) -> None:
    settings.DEMO = True
    assert "it is waived here" in client.get(reverse("account_login")).text
    client.force_login(new_coordinator)
    assert "it is waived here" in client.get(reverse("profile")).text


def test_without_demo_mode_nothing_is_said_of_it(client: Client) -> None:
    assert "waived" not in client.get(reverse("account_login")).text
