"""Joining and signing in as people do it: a real Chromium, with a passkey made by its virtual authenticator."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect

from cities import invitations
from cities.choices import Right
from cities.emails import send_invitation
from innoteams.accounts.models import User
from tests.browser import SignIn
from tests.cast import coordinate, join, make_city, make_operator, make_person, make_team

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
PASSWORD = "a-long-test-password"
ADDRESS = "new@city.example"


def wait_for_mail(number: int) -> str:
    """The text of the mail with this number; the portal's thread may still be writing it."""
    deadline = time.monotonic() + 10
    while len(mail.outbox) < number and time.monotonic() < deadline:
        time.sleep(0.05)
    return str(mail.outbox[number - 1].body)


def code_in(text: str) -> str:
    found = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", text, re.MULTILINE)
    assert found
    return found.group(1)


@pytest.fixture
def link() -> str:
    """The path of a link that invites ADDRESS into a team."""
    team, lead = make_team(make_city("mulhouse")), make_person("Mulhouse lead")
    join(team, lead, Right.LEAD)
    sealed = invitations.invite(by=lead, team=team, email=ADDRESS, right=Right.MEMBER, name="Ana Dane")
    send_invitation(sealed)
    found = re.search(r"/invitations/\S+", wait_for_mail(1))
    assert found
    return found.group(0)


def person_with_password() -> User:
    person = make_person("Ana Dane", email=ADDRESS)
    person.set_password(PASSWORD)
    person.save()
    return person


def give_password(page: Page) -> None:
    page.get_by_label("Email", exact=False).first.fill(ADDRESS)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def plug_in_a_passkey(page: Page, *, recognises: bool = True) -> None:
    """A platform authenticator that recognises its owner, or does not."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": recognises,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_out(page: Page) -> None:
    page.goto(reverse("account_logout"))
    page.get_by_role("main").get_by_role("button", name=re.compile("sign out", re.IGNORECASE)).click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def test_joining_with_a_password(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the account and accept").click()
    page.get_by_label("Code").fill(code_in(wait_for_mail(2)))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Welcome, Ana Dane")).to_be_visible()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Paris")
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.get_by_role("button", name="Go to my work").click()
    page.wait_for_url("**/my-work/")
    person = User.objects.get(email=ADDRESS)
    assert person.timezone == "Asia/Tokyo"
    assert person.memberships.get().team.slug == "mulhouse"


def test_joining_with_an_account(page: Page, link: str) -> None:
    person = person_with_password()
    page.goto(link)
    page.get_by_role("button", name="I have an account").click()
    give_password(page)
    page.get_by_role("button", name="Accept the invitation").click()
    page.wait_for_url("**/my-work/")
    assert person.memberships.get().team.slug == "mulhouse"


def test_joining_with_a_passkey_and_signing_in_with_it(page: Page, link: str) -> None:
    plug_in_a_passkey(page)
    page.goto(link)
    page.get_by_role("button", name="Create an account").click()
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code").fill(code_in(wait_for_mail(2)))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="Welcome, Ana Dane")).to_be_visible()
    sign_out(page)
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/my-work/")
    assert User.objects.get(email=ADDRESS).memberships.exists()


def test_signing_in_with_a_code_from_the_mail(page: Page) -> None:
    person_with_password()
    page.goto(reverse("account_login"))
    page.get_by_role("link", name="Send me a code by e-mail").click()
    page.get_by_label("Email", exact=False).first.fill(ADDRESS)
    page.get_by_role("main").get_by_role("button").first.click()
    page.get_by_label("Code").fill(code_in(wait_for_mail(1)))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/my-work/")


def test_adding_a_passkey_to_an_account_and_using_it(page: Page) -> None:
    person = person_with_password()
    plug_in_a_passkey(page)
    page.goto(reverse("account_login"))
    give_password(page)
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Confirm").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("main").get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Recovery Codes")).to_be_visible()
    assert Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).exists()
    sign_out(page)
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/my-work/")


def test_a_device_that_says_no_is_told_in_words(page: Page) -> None:
    person_with_password()
    plug_in_a_passkey(page, recognises=False)
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Your device gave no passkey")).to_be_visible()


def test_a_coordinator_has_to_add_an_authenticator_app_and_then_uses_it(page: Page) -> None:
    person = person_with_password()
    coordinate(make_operator("hazira"), person)
    page.goto(reverse("account_login"))
    give_password(page)
    expect(page.get_by_text("so it needs a second step at sign-in").first).to_be_visible()
    page.get_by_role("link", name="Activate").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Confirm").click()
    secret = page.get_by_label("Authenticator secret").input_value()
    page.get_by_label("Authenticator code").fill(totp(secret))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("heading", name="Recovery Codes")).to_be_visible()
    page.goto(reverse("my_work"))
    page.wait_for_url("**/my-work/")
    sign_out(page)
    page.goto(reverse("account_login"))
    give_password(page)
    expect(page.get_by_role("heading", name="Two-Factor Authentication")).to_be_visible()
    page.goto(reverse("my_work"))
    expect(page.get_by_role("heading", name="Two-Factor Authentication")).to_be_visible()


def totp(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


PAGES_OF_ONES_ACCOUNT = (
    "profile",
    "welcome",
    "account_email",
    "account_set_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_generate_recovery_codes",
    "usersessions_list",
    "account_logout",
    "account_close",
)


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_ones_account_keeps_to_the_policy_and_to_the_window(page_of: SignIn, width: int) -> None:
    """`page` fails on any violation of the content security policy."""
    page = page_of(make_person("Ana Dane"))
    page.set_viewport_size({"width": width, "height": 800})
    for name in PAGES_OF_ONES_ACCOUNT:
        response = page.goto(reverse(name))
        assert response is not None
        assert response.status == 200, name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_the_administration_works_under_the_policy(page_of: SignIn) -> None:
    city = make_city("mulhouse")
    page = page_of(make_person("Administrator", second_factor=True, is_staff=True, is_superuser=True))
    page.goto(reverse("admin:cities_city_change", args=[city.pk]))
    page.get_by_text("Add another Department").click()
    page.locator("#id_departments-0-name").fill("Parks")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert city.departments.get().name == "Parks"
