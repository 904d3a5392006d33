"""Error pages that say what happened and what to do; the others are Django's with our templates."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the sentence that the verdict gave."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = _("This form was opened before another sign-in. Go back, reload the page and try again.")
    return render(request, "403.html", {"reason": sentence}, status=403)
