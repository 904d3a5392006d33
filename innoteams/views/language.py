"""Choosing the language of the interface: a cookie for visitors, the profile for people signed in."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    person = request.user
    chosen = request.POST.get("language", "")
    if person.is_authenticated and chosen in dict(settings.LANGUAGES):
        person.language = chosen
        person.save(update_fields=["language"])
    return django_set_language(request)
