"""What a person of the team does with a suggestion of the matcher: not for us, and back again. Asking is a page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from engagement.introductions import suggesting
from engagement.models import Suggestion
from engagement.views.doors import attempt_or_tell, signed_in
from innoteams.lib.posted import way_back


@require_POST
def suggestion_set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    by, suggestion = signed_in(request), _seen(request, pk)
    if attempt_or_tell(request, lambda: suggesting.set_aside(by=by, suggestion=suggestion)):
        city = suggestion.with_team.city.name
        told = _("Set aside: %(city)s is not suggested to your team again for a year.") % {"city": city}
        messages.info(request, told, extra_tags=reverse("suggestion_bring_back", args=[suggestion.pk]))
    return redirect(way_back(request, reverse("introduction_list")))


@require_POST
def suggestion_bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    by, suggestion = signed_in(request), _seen(request, pk)
    if attempt_or_tell(request, lambda: suggesting.bring_back(by=by, suggestion=suggestion)):
        messages.success(request, _("Suggested again."))
    return redirect(way_back(request, reverse("introduction_list")))


def _seen(request: HttpRequest, pk: int) -> Suggestion:
    rows = Suggestion.objects.visible_to(request.user).select_related("with_team__city")
    found: Suggestion = get_object_or_404(rows, pk=pk)
    return found
