"""Coaching: whom one coaches or is coached by, opening and ending, sessions, commitments and notes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cities.models import Team
from cities.standing import standing_of
from engagement import coaching
from engagement.choices import Drawer
from engagement.forms.coaching import (
    AimsForm,
    CommitmentForm,
    LogSessionForm,
    NoteForm,
    OpenEngagementForm,
    PlanSessionForm,
)
from engagement.models import CoachingEngagement, CoachingNote, CoachingSession, Commitment
from engagement.permissions import can_end_engagement, can_open_engagements, can_write_in_engagement
from engagement.querysets import EngagementQuerySet
from engagement.views.doors import (
    CONFLICT,
    UNPROCESSABLE,
    attempt,
    attempt_or_tell,
    or_403,
    posted,
    signed_in,
    way_back,
)
from innoteams.lib.rates import limited

MOST_NOTES = 30


@require_safe
def engagement_list(request: HttpRequest) -> HttpResponse:
    reader = signed_in(request)
    mine = CoachingEngagement.objects.visible_to(reader).select_related("coach", "team__city")
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
        opened = attempt(form, lambda: coaching.open_engagement(by=opener, **form.cleaned_data), at="coach")
        if opened:
            names = {"coach": opened.coach.name, "city": opened.team.city.name}
            messages.success(request, _("%(coach)s coaches %(city)s from today.") % names)
            return redirect("engagement_list")
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "engagement/engagement_create.html", {"form": form}, status=status)


@require_safe
def engagement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _seen(request, pk))


@require_POST
def engagement_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Also for coordinators and administrators, who see that it exists and not what is in it."""
    ender = signed_in(request)
    seen = CoachingEngagement.objects.visible_to(ender) | _overseen(request)
    engagement: CoachingEngagement = get_object_or_404(seen.distinct(), pk=pk)
    if attempt_or_tell(request, lambda: coaching.end_engagement(by=ender, engagement=engagement)):
        messages.success(request, _("Ended. What was written stays; the coach's right in the team is gone."))
    return redirect("engagement_list")


@require_POST
def aims_set(request: HttpRequest, pk: int) -> HttpResponse:
    engagement = _seen(request, pk)
    form = AimsForm(request.POST)
    if not form.is_valid():
        return _page(request, engagement, aims_form=form, status=UNPROCESSABLE)
    aims = form.cleaned_data["aims"]
    attempt_or_tell(request, lambda: coaching.set_aims(by=signed_in(request), engagement=engagement, aims=aims))
    return redirect(engagement)


@require_http_methods(["GET", "HEAD", "POST"])
@limited("session", times=60, seconds=3600)
def session_create(request: HttpRequest, pk: int) -> HttpResponse:
    planner, engagement = signed_in(request), _seen(request, pk)
    or_403(can_write_in_engagement(planner, engagement))
    form = PlanSessionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        session = coaching.plan_session(by=planner, engagement=engagement, **form.cleaned_data)
        messages.success(request, _("Planned. Both of you find it under Coaching."))
        return redirect(session.engagement)
    context = {"engagement": engagement, "form": form, "open_commitments": _open_commitments(engagement)}
    return render(request, "engagement/session_create.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@limited("session", times=60, seconds=3600)
def session_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Reading a session, and logging it where one may."""
    logger = signed_in(request)
    rows = CoachingSession.objects.filter(engagement__in=CoachingEngagement.objects.visible_to(logger))
    session: CoachingSession = get_object_or_404(
        rows.select_related("engagement__team__city", "engagement__coach", "logged_by", "planned_by"), pk=pk
    )
    verdict = can_write_in_engagement(logger, session.engagement)
    form = LogSessionForm(posted(request), session=session)
    if request.method == "POST":
        or_403(verdict)
        if form.is_valid():
            return _log(request, session, form)
    context = _session_context(session, form if verdict else None)
    return render(request, "engagement/session_detail.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
@limited("commitment", times=60, seconds=3600)
def commitment_create(request: HttpRequest, pk: int) -> HttpResponse:
    engagement = _seen(request, pk)
    form = CommitmentForm(request.POST, engagement=engagement)
    if form.is_valid():
        by, typed = signed_in(request), form.cleaned_data
        if attempt(form, lambda: coaching.commit(by=by, engagement=engagement, **typed), at="owner"):
            return redirect(f"{engagement.get_absolute_url()}#commitments")
    return _page(request, engagement, commitment_form=form, status=UNPROCESSABLE)


@require_POST
def commitment_settle(request: HttpRequest, pk: int) -> HttpResponse:
    return _settle(request, pk, done=True)


@require_POST
def commitment_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _settle(request, pk, done=False)


@require_POST
@limited("note", times=60, seconds=3600)
def note_create(request: HttpRequest, pk: int) -> HttpResponse:
    engagement = _seen(request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        by, typed = signed_in(request), form.cleaned_data
        if note := attempt(form, lambda: coaching.write_note(by=by, engagement=engagement, **typed)):
            messages.success(request, _drawer_sentences()[note.drawer])
            return redirect(f"{engagement.get_absolute_url()}#notes")
    return _page(request, engagement, note_form=form, status=UNPROCESSABLE)


def _seen(request: HttpRequest, pk: int) -> CoachingEngagement:
    rows = CoachingEngagement.objects.visible_to(request.user).select_related("coach", "team__city")
    found: CoachingEngagement = get_object_or_404(rows, pk=pk)
    return found


def _overseen(request: HttpRequest) -> EngagementQuerySet:
    """What a coordinator or administrator knows of: who coaches whom, since when."""
    reader = signed_in(request)
    rows = CoachingEngagement.objects.current().select_related("coach", "team__city")
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


def _page(request: HttpRequest, engagement: CoachingEngagement, *, status: int = 200, **forms: object) -> HttpResponse:
    reader = signed_in(request)
    writes = can_write_in_engagement(reader, engagement)
    sessions = list(engagement.sessions.select_related("logged_by"))
    now = timezone.now()
    notes = CoachingNote.objects.visible_to(reader).filter(engagement=engagement).select_related("author")
    context: dict[str, object] = {
        "engagement": engagement,
        "writes": writes,
        "ends": can_end_engagement(reader, engagement),
        "is_coach": reader.pk == engagement.coach_id,
        "upcoming": sorted(
            (one for one in sessions if one.starts_at >= now and not one.logged_at), key=lambda one: one.starts_at
        ),
        "past": [one for one in sessions if one.starts_at < now or one.logged_at],
        "open_commitments": _open_commitments(engagement),
        "done_commitments": engagement.commitments.exclude(done_at=None).select_related("owner").order_by("-done_at"),
        "notes": notes[:MOST_NOTES],
    }
    if writes:
        context |= {
            "aims_form": AimsForm(initial={"aims": engagement.aims}),
            "commitment_form": CommitmentForm(engagement=engagement, initial={"owner": reader.pk}),
            "note_form": NoteForm(),
            **forms,
        }
    return render(request, "engagement/engagement_detail.html", context, status=status)


def _open_commitments(engagement: CoachingEngagement) -> list[Commitment]:
    return list(engagement.commitments.filter(done_at=None).select_related("owner", "session"))


def _session_context(session: CoachingSession, form: LogSessionForm | None) -> dict[str, object]:
    return {
        "session": session,
        "engagement": session.engagement,
        "form": form,
        "is_over": session.starts_at < timezone.now(),
        "open_commitments": _open_commitments(session.engagement),
    }


def _log(request: HttpRequest, session: CoachingSession, form: LogSessionForm) -> HttpResponse:
    by, typed = signed_in(request), form.cleaned_data
    try:
        coaching.log_session(by=by, session=session, **typed)
    except coaching.LoggedMeanwhile as meanwhile:
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


def _settle(request: HttpRequest, pk: int, *, done: bool) -> HttpResponse:
    by = signed_in(request)
    rows = Commitment.objects.filter(engagement__in=CoachingEngagement.objects.visible_to(by))
    commitment: Commitment = get_object_or_404(rows.select_related("engagement__team"), pk=pk)
    verb = coaching.settle if done else coaching.reopen
    if attempt_or_tell(request, lambda: verb(by=by, commitment=commitment)):
        sentence = _("Done: %(what)s") if done else _("Open again: %(what)s")
        messages.success(request, sentence % {"what": commitment.text})
    return redirect(way_back(request, f"{commitment.engagement.get_absolute_url()}#commitments"))


def _drawer_sentences() -> dict[str, str]:
    return {
        Drawer.PRIVATE: _("Kept in your private drawer. Nobody else reads it."),
        Drawer.TEAM: _("Shared with the team and its coaches."),
        Drawer.COORDINATORS: _("Shared with the team, its coaches and the coordinators."),
    }
