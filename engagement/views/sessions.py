"""Planning a session, reading and logging it, its agenda, moving it and calling it off."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cities.querysets import today
from engagement.coaching import sessions
from engagement.coaching.agenda import count_missing, drafted_for, extended
from engagement.coaching.clocks import clocks_of
from engagement.coaching.rhythm import propose
from engagement.coaching.sessions import CalledOff, ChangedMeanwhile, LoggedAlready
from engagement.forms.sessions import AgendaForm, CallOffForm, LogSessionForm, MoveSessionForm, PlanSessionForm
from engagement.models import CoachingEngagement, CoachingSession
from engagement.permissions import can_write_in_engagement
from engagement.views.doors import CONFLICT, UNPROCESSABLE, attempt, or_403, posted, signed_in
from engagement.views.engagement_page import seen_engagement
from engagement.views.session_part import carried_part, clocks_typed, shown_on
from innoteams.accounts.models import User
from innoteams.lib.rates import limited

OfSession = TypeVar("OfSession", bound=forms.Form)


def seen_session(request: HttpRequest, pk: int) -> CoachingSession:
    rows = CoachingSession.objects.visible_to(request.user).select_related(
        "engagement__team__city", "logged_by", "planned_by", "called_off_by"
    )
    found: CoachingSession = get_object_or_404(rows.prefetch_related("engagement__coaches__person"), pk=pk)
    return found


# --- Planning ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@limited("session", times=60, seconds=3600)
def session_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Also answers what the hour being typed is on the other clocks: as a fragment, or with `look` as the page."""
    planner, engagement = signed_in(request), seen_engagement(request, pk)
    or_403(can_write_in_engagement(planner, engagement))
    if _asks_for_clocks(request):
        return render(request, "engagement/_clocks.html", clocks_typed(request.GET.dict(), engagement, planner))
    last = engagement.sessions.filter(called_off_at=None).order_by("-starts_at").first()
    form = _plan_form(request, planner, engagement, last)
    if form.is_bound and form.is_valid() and (planned := attempt(form, lambda: _plan(planner, engagement, form))):
        return _planned(request, planned)
    context = {
        "engagement": engagement,
        "form": form,
        "last": last,
        "carried": carried_part(engagement),
        **_clocks_of(form, engagement, planner),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "engagement/session_create.html", context, status=status)


def _plan_form(
    request: HttpRequest, planner: User, engagement: CoachingEngagement, last: CoachingSession | None
) -> PlanSessionForm:
    clocks, minutes = clocks_of(engagement, planner), last.minutes if last else 60
    also = last.planned_zone if last else ""
    if request.method == "POST" and "look" not in request.POST:
        return PlanSessionForm(request.POST, clocks=clocks, also_zone=also, minutes=minutes)
    looked = request.POST.dict() if request.method == "POST" else _proposed(request, planner, engagement, last)
    return PlanSessionForm(initial=looked, clocks=clocks, also_zone=also, minutes=minutes)


def _plan(planner: User, engagement: CoachingEngagement, form: PlanSessionForm) -> CoachingSession:
    texts = {name: form.cleaned_data[name] for name in ("aim", "agenda")}
    return sessions.plan_session(by=planner, engagement=engagement, **form.when, **texts)


def _planned(request: HttpRequest, planned: CoachingSession) -> HttpResponse:
    if planned.starts_at <= timezone.now():
        messages.success(request, _("Kept. It lies in the past, so it can be logged now."))
        return redirect(planned)
    messages.success(request, _("Planned. Everybody else gets word, and finds it under Coaching."))
    return redirect(planned.engagement)


def _proposed(
    request: HttpRequest, reader: User, engagement: CoachingEngagement, last: CoachingSession | None
) -> dict[str, Any]:
    """The same hour next time, by the rhythm, with a drafted agenda; what the address names comes first."""
    initial: dict[str, Any] = {"zone": reader.timezone, "agenda": drafted_for(reader, engagement)}
    if last is not None:
        initial |= asdict(propose(engagement.rhythm, last, today()))
    named = ("day", "hour", "zone", "minutes", "place", "aim")
    return initial | {name: request.GET[name][:1000] for name in named if name in request.GET}


def _asks_for_clocks(request: HttpRequest) -> bool:
    return request.method == "GET" and request.headers.get("HX-Target") == "clocks"


def _clocks_of(form: PlanSessionForm | MoveSessionForm, engagement: CoachingEngagement, by: User) -> dict[str, object]:
    """What stands in the form (typed, proposed, or as it is), on every clock."""
    values = {name: form[name].value() for name in ("day", "hour", "zone")}
    return clocks_typed({name: str(value or "") for name, value in values.items()}, engagement, by)


# --- Reading and logging -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@limited("session", times=60, seconds=3600)
def session_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Reading a session, and logging it where one may."""
    by, session = signed_in(request), seen_session(request, pk)
    verdict = can_write_in_engagement(by, session.engagement)
    if request.method != "POST":
        return _session_page(request, session, LogSessionForm(session=session, by=by) if verdict else None)
    or_403(verdict)

    def log(form: LogSessionForm) -> CoachingSession:
        return sessions.log_session(by=by, session=session, **form.cleaned_data)

    tried = _try(request.POST, lambda data: LogSessionForm(data, session=session, by=by), log)
    if tried.done:
        messages.success(request, _("Logged. The team and its coaches read it here."))
        return redirect(session.engagement)
    shown = seen_session(request, pk) if tried.theirs else session
    return _session_page(request, shown, tried.form, theirs=tried.theirs, status=tried.status)


def _session_page(
    request: HttpRequest,
    session: CoachingSession,
    form: LogSessionForm | None,
    *,
    theirs: CoachingSession | None = None,
    status: int = 200,
) -> HttpResponse:
    reader, engagement = signed_in(request), session.engagement
    is_over = session.starts_at <= timezone.now()
    may_arrange = form is not None and not session.logged_at and not session.called_off_at
    context = {
        "session": session,
        "engagement": engagement,
        "form": form,
        "theirs": theirs,
        "is_over": is_over,
        "may_arrange": may_arrange,
        "attended": list(session.attended.order_by("name", "pk")),
        "carried": carried_part(engagement, session.starts_at),
        "news_count": count_missing(session.agenda, reader, engagement) if may_arrange and not is_over else 0,
        **shown_on(session.starts_at, engagement, reader),
    }
    return render(request, "engagement/session_detail.html", context, status=status)


# --- Arranging -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@limited("session", times=60, seconds=3600)
def session_agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """With `again` the form holds, below what is written, what has come up since; nothing is kept until it is sent."""
    by, session = signed_in(request), seen_session(request, pk)
    agenda = session.agenda
    if request.method != "POST" and ("again" in request.GET or not agenda):
        agenda = extended(agenda, by, session.engagement)
    initial = {"aim": session.aim, "agenda": agenda, "version": session.version}

    def write(form: AgendaForm) -> CoachingSession:
        return sessions.write_agenda(by=by, session=session, **form.cleaned_data)

    said = _("Kept. Everybody reads it here.")
    return _arrange(request, session, "agenda", lambda data: AgendaForm(data, initial=initial), write, said)


@require_http_methods(["GET", "HEAD", "POST"])
@limited("session", times=60, seconds=3600)
def session_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Also answers, as `session_create`, what the hour being typed is on the other clocks."""
    by, session = signed_in(request), seen_session(request, pk)
    engagement = session.engagement
    if _asks_for_clocks(request):
        return render(request, "engagement/_clocks.html", clocks_typed(request.GET.dict(), engagement, by))
    there = session.starts_at.astimezone(ZoneInfo(session.planned_zone))
    initial = {
        "day": there.date(),
        "hour": there.time(),
        "zone": session.planned_zone,
        "place": session.place,
        "version": session.version,
    }

    def make(data: QueryDict | None) -> MoveSessionForm:
        looks = data is not None and "look" in data
        return MoveSessionForm(
            None if looks else data,
            initial=data.dict() if data is not None and looks else initial,
            minutes=session.minutes,
            clocks=clocks_of(engagement, by),
            also_zone=session.planned_zone,
        )

    def move(form: MoveSessionForm) -> CoachingSession:
        version = form.cleaned_data["version"]
        return sessions.move_session(by=by, session=session, version=version, **form.when)

    return _arrange(request, session, "move", make, move, _("Moved. Everybody else gets word."))


@require_http_methods(["GET", "HEAD", "POST"])
@limited("session", times=60, seconds=3600)
def session_call_off(request: HttpRequest, pk: int) -> HttpResponse:
    by, session = signed_in(request), seen_session(request, pk)

    def call_off(form: CallOffForm) -> CoachingSession:
        return sessions.call_off_session(by=by, session=session, **form.cleaned_data)

    said = _("Called off. Everybody else gets word.") if session.starts_at > timezone.now() else _("Called off.")
    initial = {"version": session.version}
    return _arrange(request, session, "call_off", lambda data: CallOffForm(data, initial=initial), call_off, said)


@dataclass(frozen=True)
class Tried(Generic[OfSession]):
    """What came of sending a form: done, or the form with what to mend, and what somebody else did meanwhile."""

    form: OfSession
    done: CoachingSession | None = None
    theirs: CoachingSession | None = None

    @property
    def status(self) -> int:
        return CONFLICT if self.theirs else UNPROCESSABLE


def _try(
    data: QueryDict, make: Callable[[QueryDict | None], OfSession], act: Callable[[OfSession], CoachingSession]
) -> Tried[OfSession]:
    """Of two people at once the second gets the form back as it was typed, with the version that stands now: having
    read both, they may send it again."""
    form = make(data)
    if not form.is_valid():
        return Tried(form)
    try:
        return Tried(form, done=attempt(form, lambda: act(form), leave=(ChangedMeanwhile,)))
    except ChangedMeanwhile as meanwhile:
        newer = data.copy()
        newer["version"] = str(meanwhile.theirs.version)
        form = make(newer)
        form.add_error(None, str(meanwhile))
        return Tried(form, theirs=meanwhile.theirs)


def _arrange(
    request: HttpRequest,
    session: CoachingSession,
    what: str,
    make: Callable[[QueryDict | None], OfSession],
    act: Callable[[OfSession], CoachingSession],
    said: str,
) -> HttpResponse:
    """The page of one change: what was typed stays on it whatever is refused, and whoever was first is shown."""
    by = signed_in(request)
    or_403(can_write_in_engagement(by, session.engagement))
    is_sent = request.method == "POST" and "look" not in request.POST
    if not is_sent and (session.logged_at or session.called_off_at):
        messages.error(request, str(LoggedAlready() if session.logged_at else CalledOff()))
        return redirect(session)
    if not is_sent:
        form, theirs, status = make(posted(request)), None, 200
    else:
        tried = _try(request.POST, make, act)
        if tried.done:
            messages.success(request, said)
            return redirect(tried.done)
        form, theirs, status = tried.form, tried.theirs, tried.status
    context: dict[str, object] = {
        "session": session,
        "engagement": session.engagement,
        "form": form,
        "theirs": theirs,
        "stands": shown_on((theirs or session).starts_at, session.engagement, by)["shown"],
    }
    if isinstance(form, MoveSessionForm):
        context |= _clocks_of(form, session.engagement, by)
    return render(request, f"engagement/session_{what}.html", context, status=status)
