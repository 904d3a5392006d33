"""The button of somebody whose mail comes back: write to me again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from engagement import reach
from engagement.views.doors import signed_in
from innoteams.lib.posted import way_back
from innoteams.lib.rates import limited
from innoteams.lib.verdicts import Refused


@require_POST
@limited("reach", times=20, seconds=3600)
def try_again(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    try:
        reach.try_again(by=person)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        text = _("We write to %(address)s again. If mail comes back once more, you see it here.")
        messages.success(request, text % {"address": person.email})
    return redirect(way_back(request, reverse("my_work")))
