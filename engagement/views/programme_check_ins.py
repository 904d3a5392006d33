"""A programme's check-ins: how often they open, the periods that are open and how far they are, and their days."""

import datetime as dt
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cities.models import Programme
from engagement.checkins import periods
from engagement.checkins.opening import next_span
from engagement.checkins.schedules import custom_key
from engagement.choices import CheckInState, Rhythm
from engagement.forms.periods import ChangePeriodForm, DatesForm, RhythmForm
from engagement.models import CheckInPeriod, CheckInSchedule, ScheduledPeriod
from engagement.permissions import can_set_check_ins
from engagement.views.doors import UNPROCESSABLE, attempt_or_tell, or_403, posted, signed_in
from innoteams.lib.verdicts import NotAllowed, Refused

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])
PERIODS_SHOWN = 12


@require_safe
def programme_check_ins(request: HttpRequest, slug: str) -> HttpResponse:
    """For coordinators of the operator, who decide, and of the funder, who read along."""
    return _page(request, _programme(request, slug))


@require_POST
def rhythm_set(request: HttpRequest, slug: str) -> HttpResponse:
    person, programme = signed_in(request), _programme(request, slug)
    or_403(can_set_check_ins(person, programme))
    form = RhythmForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data
        if _tried(
            form,
            lambda: periods.set_rhythm(
                by=person,
                programme=programme,
                rhythm=chosen["rhythm"],
                days_to_submit=chosen["days"],
                starts_on=chosen["starts_on"],
            ),
        ):
            messages.success(request, _("Saved. Periods that are open already stay as they are."))
            return redirect("programme_check_ins", slug)
    return _page(request, programme, rhythm_form=form, status=UNPROCESSABLE)


@require_POST
def dates_add(request: HttpRequest, slug: str) -> HttpResponse:
    person, programme = signed_in(request), _programme(request, slug)
    or_403(can_set_check_ins(person, programme))
    form = DatesForm(request.POST)
    if form.is_valid() and _tried(form, lambda: periods.add_dates(by=person, programme=programme, **form.cleaned_data)):
        messages.success(request, _("Added. Its check-ins open by themselves when its last day is over."))
        return redirect(f"{reverse('programme_check_ins', args=[slug])}#dates")
    return _page(request, programme, dates_form=form, status=UNPROCESSABLE)


@_get_or_post
def dates_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, programme = signed_in(request), _programme(request, slug)
    or_403(can_set_check_ins(person, programme))
    dates = _dates(programme, pk)
    fields = ("title", "starts_on", "ends_on", "due_on")
    form = DatesForm(posted(request), initial={name: getattr(dates, name) for name in fields})
    if form.is_valid() and _tried(form, lambda: periods.change_dates(by=person, dates=dates, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect(f"{reverse('programme_check_ins', args=[slug])}#dates")
    context = {"programme": programme, "dates": dates, "form": form}
    return render(request, "engagement/period_dates.html", context, status=_status(form))


@require_POST
def dates_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, programme = signed_in(request), _programme(request, slug)
    or_403(can_set_check_ins(person, programme))
    dates = _dates(programme, pk)

    def remove() -> bool:
        periods.remove_dates(by=person, dates=dates)
        return True

    if attempt_or_tell(request, remove):
        messages.success(request, _("Removed. No check-in opens on these dates."))
    return redirect(f"{reverse('programme_check_ins', args=[slug])}#dates")


@_get_or_post
def period_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The days of an opened period, with a reason; before that, what the change will do."""
    person, programme = signed_in(request), _programme(request, slug)
    or_403(can_set_check_ins(person, programme))
    period = get_object_or_404(programme.check_in_periods.select_related("programme__operator"), pk=pk)
    fields = ("starts_on", "ends_on", "due_on")
    form = ChangePeriodForm(posted(request), initial={name: getattr(period, name) for name in fields})
    if form.is_valid() and _tried(form, lambda: periods.change_period(by=person, period=period, **form.cleaned_data)):
        messages.success(request, _("Changed. The leads of the teams that were not accepted yet are told."))
        return redirect(f"{reverse('programme_check_ins', args=[slug])}#period-{pk}")
    context = {
        "programme": programme,
        "period": period,
        "form": form,
        "changes": period.changes.select_related("by"),
        "told": period.check_ins.exclude(state=CheckInState.ACCEPTED).count(),
    }
    return render(request, "engagement/period_change.html", context, status=_status(form))


def _programme(request: HttpRequest, slug: str) -> Programme:
    """404 for whoever coordinates neither for its operator nor for its funder."""
    mine = signed_in(request).coordinations.current().values("operator")
    rows = Programme.objects.filter(Q(operator__in=mine) | Q(funder__in=mine)).select_related("operator", "funder")
    return get_object_or_404(rows, slug=slug)


def _dates(programme: Programme, pk: int) -> ScheduledPeriod:
    rows = ScheduledPeriod.objects.filter(schedule__programme=programme).select_related("schedule__programme__operator")
    return get_object_or_404(rows, pk=pk)


def _page(
    request: HttpRequest,
    programme: Programme,
    *,
    rhythm_form: RhythmForm | None = None,
    dates_form: DatesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    reader = signed_in(request)
    schedule = CheckInSchedule.objects.filter(programme=programme).first()
    opened = _opened(programme)
    keys = {period.key for period in opened}
    dates = list(schedule.dates.all()) if schedule else []
    context: dict[str, object] = {
        "programme": programme,
        "schedule": schedule,
        "decides": bool(can_set_check_ins(reader, programme)),
        "periods": opened[:PERIODS_SHOWN],
        "older": len(opened[PERIODS_SHOWN:]),
        "upcoming": [row for row in dates if custom_key(row.starts_on) not in keys],
        "is_custom": schedule is not None and schedule.rhythm == Rhythm.CUSTOM,
        "next_span": next_span(schedule, [(p.key, p.starts_on, p.ends_on) for p in opened], timezone.now())
        if schedule
        else None,
    }
    if context["decides"]:
        context["rhythm_form"] = rhythm_form or RhythmForm(initial=_rhythm_of(schedule, opened))
        context["dates_form"] = dates_form or DatesForm()
        context["dates_open"] = dates_form is not None
    return render(request, "engagement/programme_check_ins.html", context, status=status)


def _rhythm_of(schedule: CheckInSchedule | None, opened: list[CheckInPeriod]) -> dict[str, object]:
    if schedule:
        return {"rhythm": schedule.rhythm, "days": schedule.days_to_submit, "starts_on": schedule.starts_on}
    first = opened[0].ends_on + dt.timedelta(days=1) if opened else timezone.localdate()
    return {"rhythm": Rhythm.QUARTERLY, "days": 14, "starts_on": first}


def _opened(programme: Programme) -> list[CheckInPeriod]:
    """The newest first, each with how far its check-ins are and how often its days were changed."""
    counts = {
        state.value: Count("check_ins", filter=Q(check_ins__state=state), distinct=True) for state in CheckInState
    }
    rows = programme.check_in_periods.annotate(
        **counts, total=Count("check_ins", distinct=True), changed=Count("changes", distinct=True)
    )
    return list(rows.order_by("-starts_on"))


def _tried(form: forms.Form, act: Callable[[], object]) -> bool:
    """Runs a verb; what it refuses is said at the day that it is about."""
    try:
        act()
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        field = getattr(refusal, "field", None)
        form.add_error(field if field in form.fields else None, str(refusal))
        return False
    return True


def _status(form: forms.Form) -> int:
    return UNPROCESSABLE if form.is_bound else 200
