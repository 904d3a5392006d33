"""Every page of a signed-in person is in their language and time zone."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

Respond = Callable[[HttpRequest], HttpResponse]


class PersonalHabitsMiddleware:
    """Signed-in people get their own language and time zone, whatever the browser asks for."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        self.offered = {code for code, _ in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if not person.is_authenticated:
            return self.get_response(request)
        if person.language in self.offered:
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
        with timezone.override(person.zone):
            return self.get_response(request)
