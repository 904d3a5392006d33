"""Django's administration: places and people for administrators, nothing that a team wrote."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from cities import invitations
from cities.choices import Right
from innoteams.accounts.models import User
from tests.cast import Cast

pytestmark = pytest.mark.django_db
# The administration is put together by the addresses.
import_module("innoteams.urls")
SITE = admin.site
MODELS = sorted(SITE._registry, key=lambda model: model._meta.label)


def url_of(model: type, page: str, *args: object) -> str:
    meta = model._meta  # type: ignore[attr-defined]  # a model
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


def test_no_content_of_teams_is_in_it() -> None:
    assert {model._meta.app_label for model in MODELS} <= {"accounts", "cities"}
    assert not [model for model in apps.get_app_config("projects").get_models() if SITE.is_registered(model)]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_list_and_form_opens(client: Client, cast: Cast, model: type) -> None:
    invitations.invite(by=cast.tel_aviv_lead, team=cast.tel_aviv, email="new@city.example", right=Right.MEMBER)
    client.force_login(cast.administrator)
    assert client.get(url_of(model, "changelist"), {"q": "a"}).status_code == 200
    row = model._default_manager.first()  # type: ignore[attr-defined]  # a model
    if row is not None:
        assert client.get(url_of(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nothing_is_deleted_from_it(client: Client, cast: Cast, model: type) -> None:
    client.force_login(cast.administrator)
    row = model._default_manager.first()  # type: ignore[attr-defined]  # a model
    if row is not None:
        assert client.post(url_of(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("kind", ["stranger", "tel_aviv_lead", "coordinator"])
def test_nobody_else_comes_in(client: Client, cast: Cast, kind: str) -> None:
    person = cast.person(kind)
    assert isinstance(person, User)
    client.force_login(person)
    assert client.get(reverse("admin:accounts_user_changelist"), follow=True).status_code == 403


def test_the_digest_of_a_key_is_nowhere_in_it(client: Client, cast: Cast) -> None:
    sealed = invitations.invite(by=cast.tel_aviv_lead, team=cast.tel_aviv, email="new@city.example", right=Right.LEAD)
    client.force_login(cast.administrator)
    page = client.get(reverse("admin:cities_invitation_change", args=[sealed.invitation.pk])).text
    assert sealed.invitation.key_digest not in page


def test_an_administrator_made_here_is_a_full_one(client: Client, cast: Cast) -> None:
    client.force_login(cast.administrator)
    url = reverse("admin:accounts_user_change", args=[cast.stranger.pk])
    data = {"name": "Stranger", "language": "en", "timezone": "UTC", "is_active": "on", "is_staff": "on"}
    inline = {"emailaddress_set-TOTAL_FORMS": "0", "emailaddress_set-INITIAL_FORMS": "0"}
    client.post(url, {**data, **inline})
    cast.stranger.refresh_from_db()
    assert (cast.stranger.is_staff, cast.stranger.is_superuser) == (True, True)


def test_nobody_locks_themself_out(client: Client, cast: Cast) -> None:
    client.force_login(cast.administrator)
    page = client.get(reverse("admin:accounts_user_change", args=[cast.administrator.pk])).text
    assert 'name="is_staff"' not in page
    assert 'name="is_active"' not in page
