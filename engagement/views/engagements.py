"""Engagements: whom one coaches or is coached by, opening, ending, aims."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cities.models import Team
from cities.standing import standing_of
from engagement.choices import Drawer
from engagement.coaching import engagements
from engagement.forms.engagements import AimsForm, OpenEngagementForm
from engagement.models import CoachingEngagement, CoachingNote
from engagement.permissions import can_open_engagements
from engagement.querysets import EngagementQuerySet
from engagement.views.doors import UNPROCESSABLE, attempt, attempt_or_tell, or_403, posted, signed_in
from engagement.views.engagement_page import MOST_NOTES, engagement_page, seen_engagement
from innoteams.lib.rates import limited


@require_safe
def engagement_list(request: HttpRequest) -> HttpResponse:
    reader = signed_in(request)
    mine = CoachingEngagement.objects.visible_to(reader).with_coaches()
    context = {
        "current": mine.current(),
        "past": mine.exclude(ends_on=None),
        "opens": can_open_engagements(reader),
        "overseen": _overseen(request),
        "shared_notes": _notes_for_coordinators(request),
    }
    return render(request, "engagement/engagement_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@limited("engagement", times=30, seconds=3600)
def engagement_create(request: HttpRequest) -> HttpResponse:
    opener = signed_in(request)
    or_403(can_open_engagements(opener))
    form = OpenEngagementForm(posted(request), by=opener, initial={"team": request.GET.get("team")})
    if request.method == "POST" and form.is_valid():
        opened = attempt(form, lambda: engagements.open_engagement(by=opener, **form.cleaned_data), at="coaches")
        if opened:
            messages.success(request, _("From today %(city)s is accompanied.") % {"city": opened.team.city.name})
            return redirect("engagement_list")
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "engagement/engagement_create.html", {"form": form}, status=status)


@require_safe
def engagement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return engagement_page(request, seen_engagement(request, pk))


@require_POST
def engagement_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Also for coordinators and administrators, who see that it exists and not what is in it."""
    ender = signed_in(request)
    seen = CoachingEngagement.objects.visible_to(ender) | _overseen(request)
    engagement: CoachingEngagement = get_object_or_404(seen.distinct(), pk=pk)
    if attempt_or_tell(request, lambda: engagements.end_engagement(by=ender, engagement=engagement)):
        messages.success(request, _("Ended. What was written stays; the coach's right in the team is gone."))
    return redirect("engagement_list")


@require_POST
def aims_set(request: HttpRequest, pk: int) -> HttpResponse:
    engagement = seen_engagement(request, pk)
    form = AimsForm(request.POST)
    if not form.is_valid():
        return engagement_page(request, engagement, aims_form=form, status=UNPROCESSABLE)
    aims = form.cleaned_data["aims"]
    attempt_or_tell(request, lambda: engagements.set_aims(by=signed_in(request), engagement=engagement, aims=aims))
    return redirect(engagement)


def _overseen(request: HttpRequest) -> EngagementQuerySet:
    """What a coordinator or administrator knows of: who coaches whom, since when."""
    reader = signed_in(request)
    rows = CoachingEngagement.objects.current().with_coaches()
    if standing_of(reader).is_administrator:
        return rows
    if not standing_of(reader).is_coordinator:
        return rows.none()
    return rows.filter(team__in=Team.objects.coordinated_by(reader))


def _notes_for_coordinators(request: HttpRequest) -> list[CoachingNote]:
    reader = signed_in(request)
    if not standing_of(reader).is_coordinator:
        return []
    rows = CoachingNote.objects.visible_to(reader).filter(
        drawer=Drawer.COORDINATORS, engagement__team__in=Team.objects.read_by_coordinator(reader)
    )
    return list(rows.select_related("author", "engagement__team__city")[:MOST_NOTES])
