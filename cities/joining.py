"""From the link in the mail to being in: what the session remembers, and what sign-in does with it.

The session keeps the digest of the key, as the invitation does, so that no store holds anything that opens a link.
"""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cities import emails, invitations
from cities.choices import InvitationState
from cities.models import Invitation
from innoteams.accounts.adapters import PersonAdapter
from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused

_SESSION_KEY = "invitation"
log = logging.getLogger(__name__)


def remember(request: HttpRequest, invitation: Invitation) -> None:
    request.session[_SESSION_KEY] = invitation.key_digest


def forget(request: HttpRequest) -> None:
    request.session.pop(_SESSION_KEY, None)


def remembered(request: HttpRequest) -> Invitation | None:
    """The invitation that this browser came with, in whatever state it is by now."""
    digest = request.session.get(_SESSION_KEY)
    return invitations.found_by(digest) if digest else None


def acceptable(request: HttpRequest) -> Invitation | None:
    invitation = remembered(request)
    return invitation if invitation and invitation.state == InvitationState.OPEN else None


def abandoned_sign_up(email: str) -> User | None:
    """An account that somebody began with this address and never proved, so that it holds nothing of anybody's."""
    unproven = EmailAddress.objects.filter(email__iexact=email, verified=False).values("user")
    proven = EmailAddress.objects.filter(verified=True).values("user")
    begun = User.objects.filter(pk__in=unproven, last_login=None, is_staff=False, memberships=None, coordinations=None)
    return begun.exclude(pk__in=proven).first()


def accept(request: HttpRequest, person: User, invitation: Invitation) -> HttpResponse:
    """Accepts and goes on: to the welcome page for whoever is new, else to the work. Raises Refused."""
    accepted = invitations.accept(by=person, digest=invitation.key_digest)
    forget(request)
    try:
        emails.send_you_were_added(accepted, person)
    except (OSError, SMTPException):
        # The person is in and looks at the page that says so; whoever runs the mail server has to know.
        log.exception("The mail that says that person %s is in could not be sent", person.pk)
    messages.success(request, _("Welcome to %(place)s.") % {"place": accepted.place})
    return redirect("welcome" if person.welcomed_at is None else "my_work")


class InvitationOnlyAdapter(PersonAdapter):
    """Nobody signs up without an invitation, and whoever does is in at once."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return acceptable(request) is not None

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, *, signup: bool, **hook: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, signup=signup, **hook)
        invitation = acceptable(request)
        if invitation is None or not isinstance(user, User):
            return response
        if not signup:
            # Signing in is no yes to the invitation: its page asks.
            return redirect("invitation_waiting")
        try:
            return accept(request, user, invitation)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("invitation_waiting")
