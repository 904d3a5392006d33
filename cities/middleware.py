"""Coordinators and administrators get no page of the portal before they have a second factor."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from cities.standing import standing_of

# Signing in and out, adding the factor itself, changing the language, and what a page needs to be drawn.
_OPEN_TO_ALL = ("/accounts/", "/static/", "/i18n/", "/healthz")


def _is_waived_here(request: HttpRequest) -> bool:
    """settings.py lets demo mode answer to loopback names only; this asks again of the request itself."""
    host, _port = split_domain_port(request.get_host())
    return settings.DEMO and host in settings.LOOPBACK_HOSTS


class SecondFactorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self._must_add_one(request):
            return self.get_response(request)
        messages.info(request, _("Your role decides about others, so it needs a second step at sign-in. Add one here."))
        return redirect("mfa_index")

    @staticmethod
    def _must_add_one(request: HttpRequest) -> bool:
        person = request.user
        if not person.is_authenticated or request.path.startswith(_OPEN_TO_ALL):
            return False
        if person.is_demo and _is_waived_here(request):
            return False
        standing = standing_of(person)
        return standing.needs_second_factor and not standing.has_second_factor
