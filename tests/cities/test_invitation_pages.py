"""The pages of an invitation, as a browser without script would use them."""

import datetime as dt
import re
import smtplib

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cities import invitations
from cities.choices import Right
from cities.invitations import Sealed
from cities.models import Invitation, Membership
from innoteams.accounts.models import User
from tests.cast import Cast, make_person

pytestmark = pytest.mark.django_db
ADDRESS = "new@city.example"


@pytest.fixture
def sealed(cast: Cast) -> Sealed:
    return invitations.invite(
        by=cast.tel_aviv_lead, team=cast.tel_aviv, email=ADDRESS, right=Right.MEMBER, message="Come!", name="New Person"
    )


def url_of(sealed: Sealed) -> str:
    return reverse("invitation_detail", args=[sealed.key])


def enter(client: Client, sealed: Sealed, way: str) -> str:
    response = client.post(reverse("invitation_enter", args=[sealed.key]), {"way": way})
    assert response.status_code == 302
    return str(response["Location"])


def code_in(message: mail.EmailMessage) -> str:
    found = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", str(message.body), re.MULTILINE)
    assert found
    return found.group(1)


def html_of(message: mail.EmailMessage) -> str:
    assert isinstance(message, mail.EmailMultiAlternatives)
    content, _kind = message.alternatives[0]
    return str(content)


def sign_up(client: Client, password: str = "") -> str:
    """Fills in the form and gives the code of the mail."""
    response = client.post(reverse("account_signup"), {"name": "New Person", "password1": password})
    assert response["Location"] == reverse("account_email_verification_sent")
    return code_in(mail.outbox[-1])


def test_looking_at_an_invitation_changes_nothing_and_signs_nobody_in(client: Client, sealed: Sealed) -> None:
    before = Invitation.objects.values().get()
    response = client.get(url_of(sealed))
    assert response.status_code == 200
    assert "Come!" in response.text
    assert Invitation.objects.values().get() == before
    assert not Session.objects.exists()


def test_the_page_looks_the_same_whether_the_address_has_an_account_or_not(client: Client, sealed: Sealed) -> None:
    def page() -> str:
        return re.sub(r"[A-Za-z0-9]{64}", "", client.get(url_of(sealed)).text)

    before = page()
    make_person(email=ADDRESS)
    assert page() == before


def test_an_unknown_link_is_not_found(client: Client) -> None:
    assert client.get(reverse("invitation_detail", args=["nothing"])).status_code == 404


def test_a_replaced_link_reads_as_an_unknown_one(client: Client, cast: Cast, sealed: Sealed) -> None:
    invitations.send_again(by=cast.tel_aviv_lead, invitation=sealed.invitation)
    response = client.get(url_of(sealed))
    assert response.status_code == 404
    assert "newer link" in response.text


def test_an_expired_link_says_so_and_what_to_do(client: Client, sealed: Sealed) -> None:
    with time_machine.travel(sealed.invitation.expires_at + dt.timedelta(seconds=1), tick=False):
        response = client.get(url_of(sealed))
    assert response.status_code == 410
    assert "send it again" in response.text


def test_a_withdrawn_link_says_so(client: Client, cast: Cast, sealed: Sealed) -> None:
    invitations.withdraw(by=cast.tel_aviv_lead, invitation=sealed.invitation)
    response = client.get(url_of(sealed))
    assert response.status_code == 410
    assert "withdrawn" in response.text


def test_a_used_link_says_so_without_naming_who_used_it(client: Client, sealed: Sealed) -> None:
    person = make_person("Somebody Particular", email=ADDRESS)
    invitations.accept(by=person, digest=invitations.digest_of(sealed.key))
    response = client.get(url_of(sealed))
    assert response.status_code == 410
    assert "Somebody Particular" not in response.text


def test_signed_in_with_the_invited_address_one_button_accepts(client: Client, sealed: Sealed) -> None:
    person = make_person(email=ADDRESS)
    client.force_login(person)
    assert "Accept the invitation" in client.get(url_of(sealed)).text
    response = client.post(reverse("invitation_accept"), {"key": sealed.key})
    assert response["Location"] == reverse("my_work")
    assert Membership.objects.filter(person=person, team=sealed.invitation.team).exists()


def test_accepting_is_never_a_get(client: Client, sealed: Sealed) -> None:
    client.force_login(make_person(email=ADDRESS))
    assert client.get(reverse("invitation_accept"), {"key": sealed.key}).status_code == 405


def test_signed_in_as_somebody_else_the_page_offers_to_sign_out(client: Client, cast: Cast, sealed: Sealed) -> None:
    client.force_login(cast.stranger)
    response = client.get(url_of(sealed))
    assert "Accept the invitation" not in response.text
    assert "Sign out and go on" in response.text
    assert enter(client, sealed, "switch") == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_signed_in_as_somebody_else_accepting_is_refused_with_the_reason(
    client: Client, cast: Cast, sealed: Sealed
) -> None:
    client.force_login(cast.stranger)
    response = client.post(reverse("invitation_accept"), {"key": sealed.key}, follow=True)
    assert "sent to another address" in response.text
    assert not cast.stranger.memberships.exists()


def test_with_an_account_signing_in_leads_back_to_the_invitation(client: Client, sealed: Sealed) -> None:
    person = make_person(email=ADDRESS)
    person.set_password("a-long-test-password")
    person.save()
    assert enter(client, sealed, "sign_in") == reverse("account_login")
    response = client.post(reverse("account_login"), {"login": ADDRESS, "password": "a-long-test-password"})
    assert response["Location"] == reverse("invitation_waiting")
    assert not person.memberships.exists(), "signing in is no yes"
    client.post(reverse("invitation_accept"))
    assert person.memberships.exists()


def test_the_session_does_not_hold_what_opens_the_link(client: Client, sealed: Sealed) -> None:
    enter(client, sealed, "sign_up")
    assert sealed.key not in str(dict(client.session))


def test_signing_up_without_an_invitation_is_closed(client: Client) -> None:
    for name in ("account_signup", "account_signup_by_passkey"):
        assert "by invitation" in client.get(reverse(name)).text
    client.post(reverse("account_signup"), {"email": ADDRESS, "name": "New", "password1": "a-long-test-password"})
    assert not User.objects.exists()


def test_signing_up_asks_for_the_code_and_then_one_is_in(client: Client, sealed: Sealed) -> None:
    enter(client, sealed, "sign_up")
    code = sign_up(client, "a-long-test-password")
    assert not Membership.objects.filter(person__email=ADDRESS).exists()
    response = client.post(reverse("account_email_verification_sent"), {"code": code})
    assert response["Location"] == reverse("welcome")
    person = User.objects.get(email=ADDRESS)
    assert person.name == "New Person"
    assert person.timezone == "Asia/Jerusalem", "guessed from the city of the team"
    assert person.memberships.get().team == sealed.invitation.team
    assert EmailAddress.objects.get(user=person).verified


def test_one_may_sign_up_without_a_password(client: Client, sealed: Sealed) -> None:
    enter(client, sealed, "sign_up")
    client.post(reverse("account_email_verification_sent"), {"code": sign_up(client)})
    person = User.objects.get(email=ADDRESS)
    assert not person.has_usable_password()
    assert person.memberships.exists()


def test_the_invited_address_cannot_be_changed_in_the_form(client: Client, sealed: Sealed) -> None:
    enter(client, sealed, "sign_up")
    client.post(reverse("account_signup"), {"name": "New", "email": "other@city.example", "password1": ""})
    assert mail.outbox[-1].to == [ADDRESS]
    assert User.objects.filter(email=ADDRESS).exists()


def test_a_refused_form_keeps_what_was_typed(client: Client, sealed: Sealed) -> None:
    enter(client, sealed, "sign_up")
    response = client.post(reverse("account_signup"), {"name": "New Person II", "password1": "short"})
    assert response.status_code == 200
    assert "New Person II" in response.text
    assert "too short" in response.text


def test_who_got_the_link_forwarded_does_not_get_in_without_the_code(client: Client, sealed: Sealed) -> None:
    enter(client, sealed, "sign_up")
    sign_up(client, "a-password-of-theirs")
    for guess in ("AAAA-AAAA", "BBBB-BBBB", "CCCC-CCCC"):
        client.post(reverse("account_email_verification_sent"), {"code": guess})
    assert not Membership.objects.filter(person__email=ADDRESS).exists()
    assert client.get(reverse("my_work")).status_code == 302


def test_a_password_set_by_whoever_had_the_link_does_not_open_the_account_of_the_owner(sealed: Sealed) -> None:
    other, owner = Client(), Client()
    enter(other, sealed, "sign_up")
    sign_up(other, "a-password-of-theirs")
    owner.post(reverse("account_request_login_code"), {"email": ADDRESS})
    owner.post(reverse("account_confirm_login_code"), {"code": code_in(mail.outbox[-1])})
    assert owner.get(reverse("profile")).status_code == 200
    other.post(reverse("account_login"), {"login": ADDRESS, "password": "a-password-of-theirs"})
    assert other.get(reverse("profile")).status_code == 302


def test_the_owner_may_begin_anew_after_somebody_began_with_the_forwarded_link(sealed: Sealed) -> None:
    other, owner = Client(), Client()
    enter(other, sealed, "sign_up")
    sign_up(other, "a-password-of-theirs")
    enter(owner, sealed, "sign_up")
    # The limit of one code in ten seconds for one address is the library's.
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=11)):
        code = sign_up(owner, "a-password-of-the-owner")
        owner.post(reverse("account_email_verification_sent"), {"code": code})
    person = User.objects.get(email=ADDRESS)
    assert person.check_password("a-password-of-the-owner")
    assert person.memberships.exists()


def test_signing_up_with_an_address_that_has_an_account_looks_the_same_and_writes_to_it(sealed: Sealed) -> None:
    make_person(email=ADDRESS)
    client = Client()
    enter(client, sealed, "sign_up")
    response = client.post(reverse("account_signup"), {"name": "New", "password1": "a-long-test-password"})
    assert response["Location"] == reverse("account_email_verification_sent")
    assert "You have one already" in str(mail.outbox[-1].body)
    assert User.objects.filter(email=ADDRESS).count() == 1


def test_the_mail_says_who_invites_to_what_and_until_when(cast: Cast, client: Client) -> None:
    client.force_login(cast.tel_aviv_lead)
    data = {"email": ADDRESS, "right": "member", "function": "designer", "language": "fr", "message": "À bientôt"}
    client.post(reverse("invitation_create", args=[cast.tel_aviv.slug]), data)
    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    assert "À bientôt" in message.body
    assert "Tel Aviv lead" in message.body
    assert "/invitations/" in message.body
    assert 'lang="fr"' in html_of(message)
    assert Invitation.objects.get().sent_count == 1


def test_the_mail_in_hebrew_runs_from_right_to_left(cast: Cast, client: Client, settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("he", "Hebrew")]
    client.force_login(cast.tel_aviv_lead)
    data = {"email": ADDRESS, "right": "member", "function": "other", "language": "he"}
    client.post(reverse("invitation_create", args=[cast.tel_aviv.slug]), data)
    assert 'dir="rtl"' in html_of(mail.outbox[0])


def test_whoever_joined_is_told_by_mail(client: Client, sealed: Sealed) -> None:
    client.force_login(make_person(email=ADDRESS))
    client.post(reverse("invitation_accept"), {"key": sealed.key})
    assert mail.outbox[-1].subject.startswith("You are now in")


def test_a_mail_server_that_is_away_loses_no_invitation(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: EmailBackend, messages: object) -> int:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    client.force_login(cast.tel_aviv_lead)
    data = {"email": ADDRESS, "right": "member", "function": "other", "language": "en"}
    response = client.post(reverse("invitation_create", args=[cast.tel_aviv.slug]), data, follow=True)
    assert "could not be sent" in response.text
    assert "mail not sent" in response.text
    assert Invitation.objects.get().sent_at is None


def test_sending_again_and_withdrawing_are_buttons_of_those_who_manage(
    cast: Cast, client: Client, sealed: Sealed
) -> None:
    client.force_login(cast.tel_aviv_lead)
    client.post(reverse("invitation_send_again", args=[sealed.invitation.pk]))
    assert ADDRESS in mail.outbox[-1].to[0]
    client.post(reverse("invitation_withdraw", args=[sealed.invitation.pk]))
    assert Invitation.objects.get().withdrawn_by == cast.tel_aviv_lead


def test_an_invitation_of_another_team_is_not_there(cast: Cast, client: Client, sealed: Sealed) -> None:
    client.force_login(cast.mulhouse_lead)
    for name in ("invitation_send_again", "invitation_withdraw"):
        assert client.post(reverse(name, args=[sealed.invitation.pk])).status_code == 404


def test_too_many_tries_are_told_when_to_come_back(client: Client, cast: Cast) -> None:
    with time_machine.travel("2027-03-01T12:00:00+00:00", tick=False):
        sealed = invitations.invite(by=cast.tel_aviv_lead, team=cast.tel_aviv, email=ADDRESS, right=Right.MEMBER)
        for _ in range(30):
            enter(client, sealed, "sign_in")
        response = client.post(reverse("invitation_enter", args=[sealed.key]), {"way": "sign_in"})
    assert response.status_code == 429
    assert response["Retry-After"] == "301"
    assert "from 12:05" in response.text
    with time_machine.travel("2027-03-01T12:05:02+00:00", tick=False):
        assert enter(client, sealed, "sign_in") == reverse("account_login")
