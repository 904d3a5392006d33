"""Engagements: whom one coaches or is coached by, opening, who coaches and until when, ending, aims, the timeline."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cities.models import Team
from cities.querysets import today
from cities.standing import standing_of
from engagement.choices import Drawer
from engagement.coaching import engagements
from engagement.coaching.rhythm import is_kept
from engagement.coaching.timeline import by_month, timeline_of
from engagement.forms.engagements import AddCoachesForm, AimsForm, EndForm, OpenEngagementForm, PeriodForm
from engagement.models import CoachingEngagement, CoachingNote
from engagement.permissions import (
    can_change_coaches,
    can_change_period,
    can_end_engagement,
    can_open_engagements,
    can_take_out_coach,
)
from engagement.querysets import EngagementQuerySet
from engagement.views.doors import UNPROCESSABLE, attempt, attempt_or_tell, or_403, posted, signed_in
from engagement.views.engagement_page import MOST_NOTES, engagement_page, seen_engagement
from innoteams.lib.rates import limited


@require_safe
def engagement_list(request: HttpRequest) -> HttpResponse:
    reader = signed_in(request)
    mine = list(CoachingEngagement.objects.visible_to(reader).with_coaches().with_session_dates())
    overseen = list(_overseen(request).with_session_dates())
    for one in overseen:
        one.rhythm_kept = is_kept(one, timezone.now())
    context = {
        "current": [one for one in mine if one.ends_on is None],
        "past": [one for one in mine if one.ends_on is not None],
        "opens": can_open_engagements(reader),
        "overseen": overseen,
        "shared_notes": _notes_for_coordinators(request),
        "today": today(),
    }
    return render(request, "engagement/engagement_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@limited("engagement", times=120, seconds=3600)
def engagement_create(request: HttpRequest) -> HttpResponse:
    """With `look` it only finds people, and keeps what was typed."""
    opener = signed_in(request)
    or_403(can_open_engagements(opener))
    if "look" in request.POST:
        form = OpenEngagementForm(by=opener, initial=_typed(request))
        return _people_or_page(request, "engagement/engagement_create.html", {"form": form})
    form = OpenEngagementForm(posted(request), by=opener, initial={"team": request.GET.get("team")})
    if request.method == "POST" and form.is_valid():
        opened = attempt(form, lambda: engagements.open_engagement(by=opener, **form.given), at="coaches")
        if opened:
            messages.success(request, _("From today %(city)s is accompanied.") % {"city": opened.team.city.name})
            return redirect("engagement_list")
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "engagement/engagement_create.html", {"form": form}, status=status)


@require_safe
def engagement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return engagement_page(request, seen_engagement(request, pk))


@require_safe
def engagement_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole of it on one page, to look back on and to print; never a note. The engagement's page asks for the
    picture alone."""
    reader, engagement = signed_in(request), seen_engagement(request, pk)
    entries = timeline_of(engagement, reader)
    months = by_month(entries, reader.zone)
    context = {"engagement": engagement, "months": months, "newest": months[-3:], "today": today()}
    if request.headers.get("HX-Target") == "strip":
        return render(request, "engagement/_strip.html", {**context, "elsewhere": request.path})
    return render(request, "engagement/engagement_timeline.html", context)


@require_POST
def aims_set(request: HttpRequest, pk: int) -> HttpResponse:
    engagement = seen_engagement(request, pk)
    form = AimsForm(request.POST)
    if not form.is_valid():
        return engagement_page(request, engagement, aims_form=form, status=UNPROCESSABLE)
    aims = form.cleaned_data["aims"]
    attempt_or_tell(request, lambda: engagements.set_aims(by=signed_in(request), engagement=engagement, aims=aims))
    return redirect(engagement)


# --- Who coaches, and until when: also for those who know only that it exists ---------------------------------------


@require_safe
def engagement_arrange(request: HttpRequest, pk: int) -> HttpResponse:
    return _arrange_page(request, _known_engagement(request, pk))


@require_POST
def engagement_period(request: HttpRequest, pk: int) -> HttpResponse:
    by, engagement = signed_in(request), _known_engagement(request, pk)
    form = PeriodForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        act = attempt(
            form,
            lambda: engagements.change_period(by=by, engagement=engagement, **typed),
            at="planned_until",
        )
        if act:
            messages.success(request, _("Kept."))
            return redirect("engagement_arrange", pk=pk)
    or_403(can_change_period(by, engagement))
    return _arrange_page(request, engagement, period_form=form, status=UNPROCESSABLE)


@require_POST
@limited("engagement", times=120, seconds=3600)
def coach_add(request: HttpRequest, pk: int) -> HttpResponse:
    by, engagement = signed_in(request), _known_engagement(request, pk)
    or_403(can_change_coaches(by, engagement))
    if "look" in request.POST:
        form = AddCoachesForm(engagement=engagement, initial=_typed(request))
        if request.headers.get("HX-Target") == "people":
            return render(request, "engagement/_people_choice.html", {"form": form})
        return _arrange_page(request, engagement, coaches_form=form)
    form = AddCoachesForm(request.POST, engagement=engagement)
    if form.is_valid():
        coaches = form.cleaned_data["coaches"]
        if attempt(form, lambda: engagements.add_coaches(by=by, engagement=engagement, coaches=coaches), at="coaches"):
            messages.success(request, _("Added. They find it under Coaching from now on."))
            return redirect("engagement_arrange", pk=pk)
    return _arrange_page(request, engagement, coaches_form=form, status=UNPROCESSABLE)


@require_POST
def coach_take_out(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    by, engagement = signed_in(request), _known_engagement(request, pk)
    part = get_object_or_404(engagement.coaches.select_related("person").filter(ends_on=None), person=person)
    coach = part.person
    done = attempt_or_tell(request, lambda: engagements.take_out_coach(by=by, engagement=engagement, coach=coach))
    if done and done.ends_on:
        messages.success(request, _("That was the last coach, so the coaching has ended. What was written stays."))
    elif done:
        messages.success(request, _("%(name)s does not coach here any more.") % {"name": coach.name})
    return redirect("engagement_list")


@require_POST
def engagement_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Also for coordinators and administrators, who see that it exists and not what is in it."""
    by, engagement = signed_in(request), _known_engagement(request, pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _arrange_page(request, engagement, end_form=form, status=UNPROCESSABLE)
    why = form.cleaned_data["why"]
    if attempt_or_tell(request, lambda: engagements.end_engagement(by=by, engagement=engagement, why=why)):
        messages.success(request, _("Ended. What was written stays; the coach's right in the team is gone."))
    return redirect("engagement_list")


def _known_engagement(request: HttpRequest, pk: int) -> CoachingEngagement:
    """One that the person reads, or knows of because they answer for the programme."""
    read, known = CoachingEngagement.objects.visible_to(request.user), _overseen(request)
    rows = CoachingEngagement.objects.filter(Q(pk__in=read.values("pk")) | Q(pk__in=known.order_by().values("pk")))
    found: CoachingEngagement = get_object_or_404(rows.with_coaches(), pk=pk)
    return found


def _arrange_page(
    request: HttpRequest, engagement: CoachingEngagement, *, status: int = 200, **forms: object
) -> HttpResponse:
    """Nothing that the pair wrote stands here: a coordinator arranges without reading."""
    by = signed_in(request)
    adds, ends = can_change_coaches(by, engagement), can_end_engagement(by, engagement)
    open_parts = [part for part in engagement.coaches.all() if part.ends_on is None]
    context: dict[str, object] = {
        "engagement": engagement,
        "parts": [(part, bool(can_take_out_coach(by, engagement, part.person))) for part in open_parts],
        "reads": CoachingEngagement.objects.visible_to(by).filter(pk=engagement.pk).exists(),
        "adds": adds,
        "ends": ends,
        "changes_period": can_change_period(by, engagement),
        "planned_ahead": engagement.sessions.planned().filter(starts_at__gt=timezone.now()).count(),
        "period_form": PeriodForm(initial={"rhythm": engagement.rhythm, "planned_until": engagement.planned_until}),
        "end_form": EndForm(),
        "coaches_form": AddCoachesForm(engagement=engagement) if adds and "coaches_form" not in forms else None,
        "looks_back": engagement.planned_until is not None and engagement.planned_until <= today(),
        **forms,
    }
    return render(request, "engagement/engagement_arrange.html", context, status=status)


def _people_or_page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    is_part = request.headers.get("HX-Target") == "people"
    return render(request, "engagement/_people_choice.html" if is_part else template, context)


def _typed(request: HttpRequest) -> dict[str, object]:
    """What stands in a form that was sent only to look for people."""
    return {**request.POST.dict(), "coaches": request.POST.getlist("coaches")}


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
