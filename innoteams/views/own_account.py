"""Taking one's data along, and closing the account."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cities import memberships
from engagement import calendar_feeds
from innoteams.accounts.closing import close
from innoteams.accounts.forms import ClosingForm
from innoteams.accounts.models import User
from innoteams.lib.posted import typed
from innoteams.lib.rates import limited
from innoteams.lib.verdicts import Refused
from innoteams.own_data import own_data


@reauthentication_required
@never_cache
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Everything about oneself, as a file."""
    response = JsonResponse(own_data(_signed_in(request)), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="innoteams-my-data.json"'
    return response


@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("account-close", times=10, seconds=3600)
def close_account(request: HttpRequest) -> HttpResponse:
    person = _signed_in(request)
    form = ClosingForm(typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            leave_and_close(by=person, keep_name=form.cleaned_data["keep_name"] == "yes")
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            messages.success(request, _("Your account is closed. Thank you for what you shared."))
            return redirect("home")
    return render(request, "accounts/close.html", {"form": form})


@transaction.atomic
def leave_and_close(*, by: User, keep_name: bool) -> None:
    """All or nothing: whoever is the last lead of a team, or coaches one, keeps the account for now."""
    memberships.leave_everything(by=by)
    calendar_feeds.revoke(by=by)
    close(person=by, keep_name=keep_name)


def _signed_in(request: HttpRequest) -> User:
    if not request.user.is_authenticated:
        raise PermissionDenied(_("Sign in first."))
    return request.user
