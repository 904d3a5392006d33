"""People: sign-in and one's own account (the library's pages too), teams, coordinators, invitations, administration."""

from collections.abc import Callable

from django.urls import reverse

from cities import invitations
from cities.choices import Right
from cities.models import Invitation, Membership
from tests.access.table import LOGIN, Canary, Expected, Row, everybody, signed_in
from tests.cast import Cast

MANAGERS = ("tel_aviv_lead", "coordinator", "administrator")
MANAGING: dict[str, Expected] = {**signed_in(403), **dict.fromkeys(MANAGERS, 200)}
ADMINISTRATORS: dict[str, Expected] = {**signed_in(403), "administrator": 200}
CANARY = "wobblequince"


def at(name: str, *args: object) -> Callable[[Cast], str]:
    return lambda cast: reverse(name, args=args)


def of_team(name: str) -> Callable[[Cast], str]:
    return lambda cast: reverse(name, args=[cast.tel_aviv.slug])


def of_operator(name: str) -> Callable[[Cast], str]:
    return lambda cast: reverse(name, args=[cast.operator.slug])


def of_membership(name: str, kind: str) -> Callable[[Cast], str]:
    def url(cast: Cast) -> str:
        membership = Membership.objects.get(team=cast.tel_aviv, person=cast.person(kind).pk)
        return reverse(name, args=[cast.tel_aviv.slug, membership.pk])

    return url


def invitation(cast: Cast) -> Invitation:
    """The one that the lead has sent to somebody outside."""
    return cast.tel_aviv.invitations.first() or (
        invitations.invite(
            by=cast.tel_aviv_lead, team=cast.tel_aviv, email=f"{CANARY}@city.example", right=Right.MEMBER
        ).invitation
    )


def of_invitation(name: str) -> Callable[[Cast], str]:
    return lambda cast: reverse(name, args=[invitation(cast).pk])


def entrance(name: str, signed: Expected = 302, *args: object) -> Row:
    """A page for whoever is not signed in yet; who is goes on to the work."""
    return Row(name, at(name, *args), {**signed_in(signed), "visitor": 200}, public=True)


def account(name: str, visitor: Expected = LOGIN, signed: Expected = 200, *args: object) -> Row:
    """A page of one's own account."""
    return Row(name, at(name, *args), {**signed_in(signed), "visitor": visitor})


# Pages that first ask who it is (whoever has a factor), or let through whoever has nothing to ask for.
ASKED = ("coordinator", "funder_coordinator", "other_coordinator", "administrator")


def sensitive(name: str, others: Expected = 200, *args: object) -> Row:
    return Row(name, at(name, *args), {**signed_in(others), **dict.fromkeys(ASKED, 302)})


def proof(name: str, with_factor: Expected = 200) -> Row:
    """Where one proves again who one is; not for whoever has nothing to prove it with."""
    return Row(name, at(name), {**signed_in(403), **dict.fromkeys(ASKED, with_factor)})


SIGNING_IN = [
    entrance("account_login"),
    entrance("account_signup"),
    entrance("account_signup_by_passkey"),
    entrance("account_request_login_code"),
    entrance("account_reset_password", 200),
    entrance("account_reset_password_done", 200),
    entrance("account_reset_password_from_key", 200, "1", "no-such-key"),
    entrance("account_reset_password_from_key_done", 200),
    entrance("account_inactive", 200),
    # Steps of signing in: nothing to see without the step before.
    Row("account_confirm_login_code", at("account_confirm_login_code"), everybody(302), public=True),
    Row("account_email_verification_sent", at("account_email_verification_sent"), everybody(302), public=True),
    Row("mfa_authenticate", at("mfa_authenticate"), everybody(302), public=True),
    Row("mfa_signup_webauthn", at("mfa_signup_webauthn"), everybody(302), public=True),
    Row("mfa_login_webauthn", at("mfa_login_webauthn"), everybody(302), public=True),
]

OWN_ACCOUNT = [
    account("profile"),
    account("welcome"),
    account("account_logout", 302),
    account("account_email"),
    account("account_set_password"),
    account("account_change_password", LOGIN, 302),
    account("usersessions_list"),
    account("mfa_index"),
    sensitive("own_data"),
    sensitive("account_close"),
    proof("account_reauthenticate", 302),
    proof("mfa_reauthenticate"),
    proof("mfa_reauthenticate_webauthn", 302),
    sensitive("mfa_activate_totp"),
    sensitive("mfa_deactivate_totp", 404),
    sensitive("mfa_add_webauthn"),
    account("mfa_list_webauthn"),
    # Nobody of the cast has any yet.
    account("mfa_view_recovery_codes", LOGIN, 404),
    account("mfa_download_recovery_codes", LOGIN, 404),
    sensitive("mfa_generate_recovery_codes"),
    sensitive("mfa_remove_webauthn", 404, 1),
    sensitive("mfa_edit_webauthn", 404, 1),
]

TEAMS = [
    Row("people", at("people"), signed_in()),
    Row("team_people", of_team("team_people"), signed_in()),
    Row("team_people", at("team_people", "nowhere")),
    Row("invitation_create", of_team("invitation_create"), MANAGING),
    Row("membership_change", of_membership("membership_change", "tel_aviv_observer"), MANAGING),
    Row("membership_change", of_membership("membership_change", "former_member")),
    Row("membership_change", of_membership("membership_change", "coach"), signed_in(403)),
    Row("membership_end", of_membership("membership_end", "tel_aviv_observer"), {**MANAGING, "tel_aviv_observer": 200}),
    Row("operator_people", of_operator("operator_people"), signed_in()),
    Row("coordinator_invite", of_operator("coordinator_invite"), ADMINISTRATORS),
]

COORDINATIONS = [
    Row(
        "coordination_end",
        lambda cast: reverse("coordination_end", args=[cast.operator.slug, cast.coordinator.coordinations.get().pk]),
        # Who has a factor proves who it is first; then the verb asks who may.
        {**signed_in(403), **dict.fromkeys(ASKED, 302)},
        method="post",
    ),
]

INVITATIONS = [
    Row("invitation_detail", at("invitation_detail", "unknown-key"), public=True),
    Row("invitation_waiting", at("invitation_waiting"), public=True),
    Row("invitation_enter", at("invitation_enter", "unknown-key"), everybody(302), public=True, method="post"),
    Row("invitation_accept", at("invitation_accept"), {}, method="post", data={"key": "unknown-key"}),
    Row(
        "invitation_send_again",
        of_invitation("invitation_send_again"),
        dict.fromkeys(MANAGERS, 302),
        method="post",
    ),
    Row("invitation_withdraw", of_invitation("invitation_withdraw"), dict.fromkeys(MANAGERS, 302), method="post"),
]

ADMINISTRATION = [
    Row("admin:index", at("admin:index"), {**signed_in(302), "administrator": 200, "visitor": 302}, crawl=False),
]

ROWS = [*SIGNING_IN, *OWN_ACCOUNT, *TEAMS, *COORDINATIONS, *INVITATIONS, *ADMINISTRATION]


def plant(cast: Cast) -> list[Canary]:
    invitation(cast)
    return [Canary(CANARY, frozenset(MANAGERS))]
