"""A person's own page."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from innoteams.accounts.forms import ProfileForm
from innoteams.accounts.models import User
from innoteams.lib.posted import typed
from innoteams.lib.rates import limited


@require_http_methods(["GET", "HEAD", "POST"])
@limited("profile", times=60, seconds=600)
def profile(request: HttpRequest) -> HttpResponse:
    # A row of its own: a form that is refused has already written into its instance, and the shell shows request.user.
    person = get_object_or_404(User, pk=request.user.pk)
    form = ProfileForm(typed(request), instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        translation.activate(person.language)
        messages.success(request, _("Saved."))
        return redirect("profile")
    factors = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    context = {
        "form": form,
        "person": person,
        "addresses": EmailAddress.objects.filter(user=person).order_by("-primary", "email"),
        "factors": factors.order_by("created_at"),
        "waived": settings.DEMO and person.is_demo,
    }
    return render(request, "accounts/profile.html", context)
