"""Planning, reading and logging a session."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from engagement.coaching import sessions
from engagement.forms.sessions import LogSessionForm, PlanSessionForm
from engagement.models import CoachingSession
from engagement.permissions import can_write_in_engagement
from engagement.views.doors import CONFLICT, UNPROCESSABLE, or_403, posted, signed_in
from engagement.views.engagement_page import open_commitments, seen_engagement
from innoteams.lib.rates import limited


@require_http_methods(["GET", "HEAD", "POST"])
@limited("session", times=60, seconds=3600)
def session_create(request: HttpRequest, pk: int) -> HttpResponse:
    planner, engagement = signed_in(request), seen_engagement(request, pk)
    or_403(can_write_in_engagement(planner, engagement))
    form = PlanSessionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        session = sessions.plan_session(by=planner, engagement=engagement, **form.cleaned_data)
        messages.success(request, _("Planned. Both of you find it under Coaching."))
        return redirect(session.engagement)
    context = {"engagement": engagement, "form": form, "open_commitments": open_commitments(engagement)}
    return render(request, "engagement/session_create.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@limited("session", times=60, seconds=3600)
def session_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Reading a session, and logging it where one may."""
    logger = signed_in(request)
    rows = CoachingSession.objects.visible_to(logger)
    session: CoachingSession = get_object_or_404(
        rows.select_related("engagement__team__city", "logged_by", "planned_by").prefetch_related(
            "engagement__coaches__person"
        ),
        pk=pk,
    )
    verdict = can_write_in_engagement(logger, session.engagement)
    form = LogSessionForm(posted(request), session=session)
    if request.method == "POST":
        or_403(verdict)
        if form.is_valid():
            return _log(request, session, form)
    context = _session_context(session, form if verdict else None)
    return render(request, "engagement/session_detail.html", context, status=UNPROCESSABLE if form.errors else 200)


def _session_context(session: CoachingSession, form: LogSessionForm | None) -> dict[str, object]:
    return {
        "session": session,
        "engagement": session.engagement,
        "form": form,
        "is_over": session.starts_at < timezone.now(),
        "open_commitments": open_commitments(session.engagement),
    }


def _log(request: HttpRequest, session: CoachingSession, form: LogSessionForm) -> HttpResponse:
    by, typed = signed_in(request), form.cleaned_data
    try:
        sessions.log_session(by=by, session=session, **typed)
    except sessions.LoggedMeanwhile as meanwhile:
        session.refresh_from_db()
        data = request.POST.copy()
        data["known_log"] = session.logged_at.isoformat() if session.logged_at else ""
        form = LogSessionForm(data, session=session)
        form.is_valid()
        form.add_error(None, str(meanwhile))
        context = {**_session_context(session, form), "theirs": session}
        return render(request, "engagement/session_detail.html", context, status=CONFLICT)
    messages.success(request, _("Logged. Both of you read it here."))
    return redirect(session.engagement)
