"""Signing in: what the library does under our settings. Nobody learns who has an account."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client
from django.urls import reverse

from innoteams.accounts.models import User
from tests.cast import make_person

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-test-password"


@pytest.fixture
def person() -> User:
    person = make_person("Ana Dane", email="ana@city.example")
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client: Client, address: str, password: str) -> object:
    return client.post(reverse("account_login"), {"login": address, "password": password})


def told(client: Client, url: str, data: dict[str, str]) -> str:
    """What the page says, without what differs by chance."""
    text = client.post(url, data, follow=True).text
    return re.sub(r"csrf[^>]*>|value=\"[A-Za-z0-9]{64}\"|\"X-CSRFToken\": \"\w+\"|\w+@city.example", "", text)


def test_address_in_any_case_and_password_open_the_account(client: Client, person: User) -> None:
    sign_in(client, "ANA@City.example", PASSWORD)
    assert client.get(reverse("profile")).status_code == 200


@pytest.mark.parametrize("address", ["ana@city.example", "nobody@city.example"])
def test_a_wrong_password_reads_the_same_for_everybody(client: Client, person: User, address: str) -> None:
    client.post(reverse("account_login"), {"login": address, "password": "wrong"})
    response = client.post(reverse("account_login"), {"login": address, "password": "wrong"})
    assert "not correct" in response.text


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
def test_asking_for_mail_reads_the_same_whether_there_is_an_account(name: str, person: User) -> None:
    known = told(Client(), reverse(name), {"email": "ana@city.example"})
    unknown = told(Client(), reverse(name), {"email": "bob@city.example"})
    assert known == unknown
    assert {address for message in mail.outbox for address in message.to} == {"ana@city.example"}


def test_a_code_by_mail_opens_the_account(client: Client, person: User) -> None:
    client.post(reverse("account_request_login_code"), {"email": person.email})
    (code,) = re.findall(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", str(mail.outbox[0].body), re.MULTILINE)
    client.post(reverse("account_confirm_login_code"), {"code": code.lower()})
    assert client.get(reverse("profile")).status_code == 200


def test_three_wrong_codes_end_it(client: Client, person: User) -> None:
    client.post(reverse("account_request_login_code"), {"email": person.email})
    (code,) = re.findall(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", str(mail.outbox[0].body), re.MULTILINE)
    for _ in range(3):
        client.post(reverse("account_confirm_login_code"), {"code": "XXXX-XXXX"})
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert client.get(reverse("profile")).status_code == 302


def test_mails_of_the_library_have_two_parts_in_our_dress(client: Client, person: User) -> None:
    client.post(reverse("account_request_login_code"), {"email": person.email})
    (message,) = mail.outbox
    assert isinstance(message, mail.EmailMultiAlternatives)
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert "wordmark" in str(html)
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_after_many_wrong_passwords_one_has_to_wait(client: Client, person: User) -> None:
    for _ in range(5):
        sign_in(client, person.email, "wrong")
    response = client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert "Too many failed login attempts" in response.text
    assert client.get(reverse("profile")).status_code == 302


def test_many_codes_for_one_address_are_refused_in_words(client: Client, person: User) -> None:
    for _ in range(3):
        Client().post(reverse("account_request_login_code"), {"email": person.email})
    response = client.post(reverse("account_request_login_code"), {"email": person.email})
    assert "Try again later" in response.text
    assert len(mail.outbox) == 3


def test_very_many_tries_from_one_place_get_the_page_that_says_when_to_try_again(client: Client) -> None:
    for _ in range(30):
        client.post(reverse("account_login"), {})
    response = client.post(reverse("account_login"), {})
    assert response.status_code == 429
    assert "Try again in 5 minutes" in response.text
    assert response["Retry-After"] == "300"


def test_looking_at_the_sign_out_page_signs_nobody_out(client: Client, person: User) -> None:
    client.force_login(person)
    client.get(reverse("account_logout"))
    assert client.get(reverse("profile")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("profile")).status_code == 302


def test_an_inactive_person_stays_outside(client: Client, person: User) -> None:
    person.is_active = False
    person.save()
    sign_in(client, person.email, PASSWORD)
    assert client.get(reverse("profile")).status_code == 302


def test_another_site_is_not_gone_to_after_signing_in(client: Client, person: User) -> None:
    url = reverse("account_login") + "?next=https://elsewhere.example/"
    response = client.post(url, {"login": person.email, "password": PASSWORD})
    assert "elsewhere" not in response["Location"]


def test_the_owner_hears_of_a_changed_password(client: Client, person: User) -> None:
    sign_in(client, person.email, PASSWORD)
    data = {"oldpassword": PASSWORD, "password1": "another-long-password", "password2": "another-long-password"}
    client.post(reverse("account_change_password"), data)
    assert "password" in mail.outbox[-1].subject.lower()


def test_adding_an_address_asks_for_the_password_again_and_for_the_code(client: Client, person: User) -> None:
    client.force_login(person)
    url = reverse("account_email")
    response = client.post(url, {"email": "second@city.example", "action_add": ""})
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    client.post(response["Location"], {"password": PASSWORD})
    assert mail.outbox[-1].to == ["second@city.example"]
    assert not EmailAddress.objects.filter(email="second@city.example", verified=True).exists()


def test_a_forgotten_password_is_replaced_by_the_link_in_the_mail(client: Client, person: User) -> None:
    client.post(reverse("account_reset_password"), {"email": person.email})
    found = re.search(r"/accounts/password/reset/key/\S+", str(mail.outbox[0].body))
    assert found
    form = client.get(found.group(0), follow=True)
    url = form.redirect_chain[-1][0]
    client.post(url, {"password1": "another-long-password", "password2": "another-long-password"})
    person.refresh_from_db()
    assert person.check_password("another-long-password")
    assert client.get(found.group(0)).status_code == 200, "the link works once"
    assert "reset" in client.get(found.group(0)).text.lower()


def test_a_recovery_code_stands_in_for_a_lost_device_once(client: Client, person: User) -> None:
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    for opens in (True, False):
        sign_in(client, person.email, PASSWORD)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert (client.get(reverse("profile")).status_code == 200) == opens
        client.post(reverse("account_logout"))
