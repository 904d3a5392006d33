"""The pages of an invitation: seeing it, deciding how to come in, accepting; and sending it anew or withdrawing it."""

from smtplib import SMTPException

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cities import emails, invitations, joining
from cities.choices import InvitationState, Right
from cities.forms_people import RIGHTS
from cities.invitations import Sealed
from cities.models import Invitation
from cities.permissions import can_manage_invitation
from innoteams.accounts.models import User
from innoteams.lib.rates import limited
from innoteams.lib.verdicts import Refused

# Keys have 256 bits; the limit only keeps somebody from keeping the database busy.
_TRIES = {"times": 30, "seconds": 300}


@login_not_required
@never_cache
@require_safe
def detail(request: HttpRequest, key: str) -> HttpResponse:
    """Who invites to what. Looking changes nothing, signs nobody in and does not say whether an account exists."""
    return _page(request, invitations.found_by(invitations.digest_of(key)), key)


@login_not_required
@never_cache
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The same for the invitation that this browser came with, after signing in."""
    return _page(request, joining.remembered(request), "")


@login_not_required
@require_POST
@limited("invitation-enter", **_TRIES)
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """How to come in: with an account, with a new one, or as somebody else. The session remembers the invitation."""
    invitation = invitations.found_by(invitations.digest_of(key))
    if invitation is None or invitation.state != InvitationState.OPEN:
        return redirect("invitation_detail", key=key)
    way = request.POST.get("way")
    if way == "switch":
        logout(request)
    joining.remember(request, invitation)
    if way == "sign_up" and not request.user.is_authenticated:
        return redirect("account_signup")
    # For whoever is signed out, the next page leads here through the sign-in.
    return redirect("invitation_waiting") if request.user.is_authenticated else redirect("account_login")


@require_POST
@limited("invitation-accept", **_TRIES)
def accept(request: HttpRequest) -> HttpResponse:
    """Accepts the invitation that this browser came with, or whose key the page sends along."""
    key = request.POST.get("key", "")
    invitation = invitations.found_by(invitations.digest_of(key)) if key else joining.remembered(request)
    if invitation is None:
        raise Http404
    try:
        return joining.accept(request, signed_in(request), invitation)
    except Refused as refusal:
        messages.error(request, str(refusal))
        joining.remember(request, invitation)
        return redirect("invitation_waiting")


@require_POST
@limited("invitation-send", times=20, seconds=600)
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _managed(request, pk)
    try:
        post(request, invitations.send_again(by=signed_in(request), invitation=invitation))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(_people_page(invitation))


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _managed(request, pk)
    try:
        invitations.withdraw(by=signed_in(request), invitation=invitation)
        messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": invitation.email})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(_people_page(invitation))


def post(request: HttpRequest, sealed: Sealed) -> None:
    """Hands the mail to the mail server and says what came of it."""
    email = {"email": sealed.invitation.email}
    try:
        emails.send_invitation(sealed)
    except (OSError, SMTPException):
        messages.error(
            request,
            _("The invitation of %(email)s is kept, but its mail could not be sent. Try “Send again” later.") % email,
        )
    else:
        messages.success(request, _("The invitation is on its way to %(email)s.") % email)


def signed_in(request: HttpRequest) -> User:
    """The person who acts; the middleware has sent everybody else to the sign-in."""
    if not request.user.is_authenticated:
        raise PermissionDenied(_("Sign in first."))
    return request.user


def _page(request: HttpRequest, invitation: Invitation | None, key: str) -> HttpResponse:
    if invitation is None:
        return render(request, "cities/invitation_closed.html", {"state": "unknown"}, status=404)
    person = request.user
    if invitation.state != InvitationState.OPEN:
        mine = person.is_authenticated and invitation.accepted_by_id == person.pk
        context = {"state": invitation.state.value, "invitation": invitation, "mine": mine}
        return render(request, "cities/invitation_closed.html", context, status=410)
    meant_for_me = person.is_authenticated and invitations.is_meant_for(invitation, person)
    context = {
        "invitation": invitation,
        "key": key,
        "meant_for_me": meant_for_me,
        "explained": RIGHTS[Right(invitation.right)] if invitation.team else None,
    }
    return render(request, "cities/invitation_detail.html", context)


def _managed(request: HttpRequest, pk: int) -> Invitation:
    """Invitations are seen by those who manage them; for everybody else they are not there."""
    invitation: Invitation = get_object_or_404(
        Invitation.objects.select_related("team", "operator", "invited_by"), pk=pk
    )
    if not can_manage_invitation(request.user, invitation):
        raise Http404
    return invitation


def _people_page(invitation: Invitation) -> str:
    place = invitation.team or invitation.operator
    assert place is not None  # noqa: S101 - held by a constraint
    return place.get_absolute_url()
