"""For coordinators: proposing that two teams meet, and how the introductions of their cities go."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from engagement import introductions
from engagement.forms.introductions import BrokerForm
from engagement.introductions.overview import brokered_for, overview_for, state_of
from engagement.models import Introduction
from engagement.permissions import can_broker_introductions, can_read_introductions
from engagement.views.doors import UNPROCESSABLE, attempt, or_403, posted, signed_in
from innoteams.lib.rates import limited

PER_PAGE = 25


@require_safe
def introduction_overview(request: HttpRequest) -> HttpResponse:
    reader = signed_in(request)
    or_403(can_read_introductions(reader))
    page = Paginator(brokered_for(reader), PER_PAGE).get_page(request.GET.get("page"))
    operators = set(reader.coordinations.current().values_list("operator", flat=True))
    context = {
        "overview": overview_for(reader),
        "page_obj": page,
        "brokered": [(one, state_of(one), one.is_open and one.brokered_for_id in operators) for one in page],
        "brokers": can_broker_introductions(reader),
    }
    return render(request, "engagement/introduction_overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@limited("introduction", times=30, seconds=3600)
def introduction_broker(request: HttpRequest) -> HttpResponse:
    """?with= names a team that one of the two is to be, by its slug."""
    by = signed_in(request)
    or_403(can_broker_introductions(by))
    form = BrokerForm(posted(request), by=by, initial=_begin_with(request))
    if form.is_valid():
        typed = form.cleaned_data
        if proposed := attempt(form, lambda: introductions.broker(by=by, **typed)):
            messages.success(request, _told(proposed))
            return redirect("introduction_overview")
    context = {"form": form, "most": introductions.MOST_BROKERED_IN_A_WEEK}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "engagement/introduction_broker.html", context, status=status)


def _begin_with(request: HttpRequest) -> dict[str, object]:
    named = request.GET.get("with", "")
    return {"to_team": named} if named else {}


def _told(proposed: Introduction) -> str:
    names = {"one": proposed.from_team.city.name, "other": proposed.to_team.city.name}
    return _("Proposed. %(one)s and %(other)s are asked by mail; you see here how it stands.") % names
