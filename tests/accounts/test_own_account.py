"""A person's own page, data and goodbye."""

import datetime as dt
import json

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cities.choices import Right
from engagement.models import DigestPreference
from innoteams.accounts.models import User
from innoteams.accounts.zones import zone_choices
from innoteams.views.own_account import leave_and_close
from projects.models import Follow
from tests.cast import Cast, join, make_person, make_project

pytestmark = pytest.mark.django_db
PROFILE = {
    "name": "Ana Dane",
    "pronouns": "she",
    "language": "fr",
    "spoken_languages": ["ar"],
    "timezone": "Asia/Tokyo",
}
HABITS = {"language": "fr", "timezone": "Asia/Tokyo", "weekday": "3", "local_hour": "17"}


def test_one_changes_name_languages_and_time_zone(client: Client) -> None:
    person = make_person()
    client.force_login(person)
    assert client.post(reverse("profile"), PROFILE)["Location"] == reverse("profile")
    person.refresh_from_db()
    assert (person.name, person.language, person.spoken_languages) == ("Ana Dane", "fr", ["ar"])
    assert str(person.zone) == "Asia/Tokyo"


def test_the_address_is_not_changed_by_the_profile_form(client: Client) -> None:
    person = make_person()
    client.force_login(person)
    client.post(reverse("profile"), {**PROFILE, "email": "other@city.example", "is_staff": "on"})
    before = person.email
    person.refresh_from_db()
    assert (person.email, person.is_staff) == (before, False)


@pytest.mark.parametrize(
    "wrong", [{"timezone": "Mars/Base"}, {"language": "xx"}, {"spoken_languages": ["xx"]}, {"name": ""}]
)
def test_a_wrong_value_is_said_at_its_field_and_the_rest_is_kept(client: Client, wrong: dict[str, object]) -> None:
    client.force_login(make_person())
    response = client.post(reverse("profile"), {**PROFILE, "pronouns": "they/them", **wrong})
    assert set(response.context["form"].errors) == set(wrong)
    assert "they/them" in response.text


def test_a_language_the_interface_does_not_speak_stays_chosen(client: Client) -> None:
    person = make_person(language="am")
    client.force_login(person)
    assert client.post(reverse("profile"), {**PROFILE, "language": "am"}).status_code == 302


def test_time_zones_are_grouped_and_complete() -> None:
    names = {name for _group, zones in zone_choices() for name, _place in zones}
    assert {"UTC", "Europe/Paris", "Asia/Jerusalem", "America/New_York", "Europe/Reykjavik"} - names <= {
        "Europe/Reykjavik"
    }


def test_the_welcome_page_sets_habits_and_the_digest(client: Client) -> None:
    person = make_person(welcomed_at=None)
    client.force_login(person)
    assert client.post(reverse("welcome"), HABITS)["Location"] == reverse("my_work")
    person.refresh_from_db()
    assert (person.language, person.timezone) == ("fr", "Asia/Tokyo")
    assert person.welcomed_at is not None
    preference = DigestPreference.objects.get(person=person)
    assert (preference.weekday, preference.local_hour, preference.cadence) == (3, 17, "weekly")


def test_the_welcome_page_guesses_the_time_zone_from_the_city(client: Client, cast: Cast) -> None:
    person = make_person(welcomed_at=None)
    join(cast.tel_aviv, person)
    client.force_login(person)
    response = client.get(reverse("welcome"))
    assert '<option value="Asia/Jerusalem" selected>' in response.text
    assert 'data-timezone="Asia/Jerusalem"' in response.text


def test_whoever_was_welcomed_keeps_the_moment(client: Client) -> None:
    person = make_person()
    client.force_login(person)
    client.post(reverse("welcome"), HABITS)
    before = person.welcomed_at
    person.refresh_from_db()
    assert person.welcomed_at == before


def test_a_wrong_hour_is_said_at_its_field(client: Client) -> None:
    client.force_login(make_person())
    response = client.post(reverse("welcome"), {**HABITS, "local_hour": "24"})
    assert "local_hour" in response.context["form"].errors


def export(client: Client, person: User) -> dict[str, object]:
    client.force_login(person)
    response = client.get(reverse("own_data"))
    assert response["Content-Disposition"].startswith("attachment")
    data = json.loads(response.content)
    assert isinstance(data, dict)
    return data


def test_the_export_holds_what_the_portal_knows_of_the_person(client: Client, cast: Cast) -> None:
    Follow.objects.create(person=cast.tel_aviv_lead, city=cast.mulhouse.city)
    data = export(client, cast.tel_aviv_lead)
    assert data["person"]["email"] == cast.tel_aviv_lead.email  # type: ignore[index]  # read from JSON
    assert data["memberships"][0]["team__name"] == cast.tel_aviv.name  # type: ignore[index]  # read from JSON
    assert data["follows"] == [{"city__slug": "mulhouse"}]


def test_the_export_holds_no_secret(client: Client, cast: Cast) -> None:
    cast.tel_aviv_lead.set_password("a-long-test-password")
    cast.tel_aviv_lead.save()
    client.force_login(cast.tel_aviv_lead)
    client.post(reverse("account_reauthenticate"), {"password": "a-long-test-password"})
    text = client.get(reverse("own_data")).text
    assert cast.tel_aviv_lead.password not in text
    assert str(client.session.session_key) not in text


def test_the_export_of_a_former_member_does_not_hold_the_teams_texts(client: Client, cast: Cast) -> None:
    make_project(cast.tel_aviv, title="Kept by the team", visibility="team", created_by=cast.former_member)
    assert "Kept by the team" not in json.dumps(export(client, cast.former_member))


def test_the_export_asks_for_the_password_first(client: Client) -> None:
    person = make_person()
    person.set_password("a-long-test-password")
    person.save()
    client.force_login(person)
    assert client.get(reverse("own_data"))["Location"].startswith(reverse("account_reauthenticate"))


def test_closing_ends_memberships_and_removes_what_identifies(client: Client, cast: Cast) -> None:
    person = cast.tel_aviv_member
    client.force_login(person)
    response = client.post(reverse("account_close"), {"keep_name": "yes", "sure": "on"}, follow=True)
    assert "Your account is closed" in response.text
    person.refresh_from_db()
    assert not person.is_active
    assert person.email.endswith("@closed.invalid")
    assert not EmailAddress.objects.filter(user=person).exists()
    assert not person.memberships.current().exists()
    assert str(person) == "Tel Aviv member"


def test_whoever_wants_is_called_former_member_from_then_on(client: Client, cast: Cast) -> None:
    client.force_login(cast.tel_aviv_member)
    client.post(reverse("account_close"), {"keep_name": "no", "sure": "on"})
    cast.tel_aviv_member.refresh_from_db()
    assert str(cast.tel_aviv_member) == "Former member"
    assert cast.tel_aviv_member.get_short_name() == "Former member"


def test_nothing_happens_without_the_tick(client: Client, cast: Cast) -> None:
    client.force_login(cast.tel_aviv_member)
    response = client.post(reverse("account_close"), {"keep_name": "yes"})
    assert "sure" in response.context["form"].errors
    assert cast.tel_aviv_member.memberships.current().exists()


def test_the_last_lead_keeps_the_account_and_reads_why(client: Client, cast: Cast) -> None:
    client.force_login(cast.tel_aviv_lead)
    response = client.post(reverse("account_close"), {"keep_name": "yes", "sure": "on"})
    assert f"{cast.tel_aviv.name} would have no lead" in response.text
    cast.tel_aviv_lead.refresh_from_db()
    assert cast.tel_aviv_lead.is_active


def test_other_devices_are_signed_out_by_closing(client: Client, cast: Cast) -> None:
    other = Client()
    other.force_login(cast.tel_aviv_observer)
    leave_and_close(by=cast.tel_aviv_observer, keep_name=True)
    assert other.get(reverse("profile")).status_code == 302


def test_whoever_closed_an_account_may_be_invited_and_begin_anew(cast: Cast) -> None:
    address = cast.tel_aviv_observer.email
    leave_and_close(by=cast.tel_aviv_observer, keep_name=True)
    again = User.objects.create_user(address, name="Again")
    join(cast.tel_aviv, again, Right.LEAD)
    assert again.pk != cast.tel_aviv_observer.pk


def test_createsuperuser_makes_an_administrator_who_can_sign_in_without_mail(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-long-test-password")
    call_command("createsuperuser", "--noinput", email="Admin@City.example", name="Administrator", verbosity=0)
    person = User.objects.get(email="admin@city.example")
    assert (person.is_staff, person.is_superuser, person.name) == (True, True, "Administrator")
    response = client.post(
        reverse("account_login"), {"login": "admin@city.example", "password": "a-long-test-password"}
    )
    assert response["Location"] == reverse("my_work")


def test_two_addresses_that_differ_in_case_are_one(client: Client) -> None:
    make_person(email="ana@city.example")
    with pytest.raises(Exception, match="user_email_unique"):
        User.objects.create_user("ANA@city.example", name="Ana")


def test_local_time_is_shown_as_it_is_there(client: Client, cast: Cast) -> None:
    client.force_login(cast.stranger)
    page = client.get(reverse("team_people", args=[cast.tel_aviv.slug])).text
    there = timezone.now().astimezone(cast.tel_aviv_lead.zone)
    nearby = {(there + dt.timedelta(minutes=minutes)).strftime("%I:%M").lstrip("0") for minutes in (-1, 0)}
    assert any(time in page for time in nearby)
