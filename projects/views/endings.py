"""The graceful ending: its five questions, and what other teams say of the lesson."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from cities.models import Team
from innoteams.accounts.models import User
from innoteams.lib.posted import way_back
from innoteams.lib.verdicts import Refused
from projects.audience import audience
from projects.choices import VISIBILITIES, Decision, Outcome, Usefulness, Visibility
from projects.endings import as_answer, change_ending, has_stopped, tell_ending
from projects.forms.endings import EndingForm
from projects.lessons import Saying, answer_lesson, take_back_answer
from projects.locking import EditedMeanwhile
from projects.models import Ending, Pilot, Project
from projects.phases import conclude
from projects.pilots import decide_pilot
from projects.views.doors import attempt, signed_in
from projects.views.pages import Words, both_texts, done, form_page, in_place
from projects.views.parts import data_of, writable

STOP_PROJECT = Words(gettext_lazy("The project stops"), gettext_lazy("Stop it, and keep what was learned"))
STOP_PILOT = Words(gettext_lazy("The pilot stops"), gettext_lazy("Stop it, and keep what was learned"))
ENDED = Words(gettext_lazy("What was learned at the end"), gettext_lazy("Save"))
# Where what was typed beside the choice to stop waits for the questions.
_CARRIED = "why_it_stops"


@dataclass(frozen=True)
class Ended:
    """What stops or has stopped, and its ending if it is told already."""

    project: Project
    pilot: Pilot | None
    ending: Ending | None

    @property
    def what(self) -> Project | Pilot:
        return self.pilot or self.project

    @property
    def seen_as(self) -> Visibility:
        """A pilot may be narrower than its project, never wider."""
        levels = [self.project.visibility, self.pilot.visibility if self.pilot else ""]
        return min((Visibility(level) for level in levels if level), key=VISIBILITIES.index)

    @property
    def is_stopping(self) -> bool:
        return not has_stopped(self.what)

    @property
    def words(self) -> Words:
        if not self.is_stopping:
            return ENDED
        return STOP_PILOT if self.pilot else STOP_PROJECT


def ending_edit(request: HttpRequest, slug: str) -> HttpResponse:
    project = writable(request, slug)
    return _five_questions(request, Ended(project, None, project.endings.filter(pilot=None).first()))


def pilot_ending(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    project = writable(request, slug)
    pilot = get_object_or_404(project.pilots, pk=pk)
    pilot.project = project
    return _five_questions(request, Ended(project, pilot, Ending.objects.filter(pilot=pilot).first()))


def to_questions(request: HttpRequest, url: str, why: str) -> HttpResponse:
    """On to the page with the questions; what was typed already stands there as the answer to one of them."""
    if why:
        request.session[_CARRIED] = {"url": url, "why": why}
    return HttpResponseClientRedirect(url) if in_place(request) else HttpResponseRedirect(url)


def _five_questions(request: HttpRequest, ended: Ended) -> HttpResponse:
    form = EndingForm(data_of(request), instance=ended.ending, initial=_what_stands_there(request, ended))
    more: dict[str, Any] = {}
    if form.is_valid():
        try:
            if attempt(form, lambda: _keep(signed_in(request), ended, form)):
                return _kept(request, ended)
        except EditedMeanwhile as refusal:
            more = both_texts(form, refusal)
    return form_page(
        request,
        ended.project,
        form,
        ended.words,
        template="projects/ending_form.html",
        about=ended.pilot.title if ended.pilot else ended.project.title,
        ended=ended,
        seen_as=ended.seen_as,
        audience=audience(ended.project.team, ended.seen_as),
        **more,
    )


def _keep(person: User, ended: Ended, form: EndingForm) -> object:
    if ended.is_stopping and ended.pilot:
        return decide_pilot(by=person, pilot=ended.pilot, decision=Decision.STOP, ending=form.answers)
    if ended.is_stopping:
        return conclude(by=person, project=ended.project, outcome=Outcome.STOPPED, ending=form.answers)
    if ended.ending is None:
        return tell_ending(by=person, what=ended.what, answers=form.answers)
    return change_ending(by=person, ending=ended.ending, version=form.seen_version, **form.given)


def _kept(request: HttpRequest, ended: Ended) -> HttpResponse:
    request.session.pop(_CARRIED, None)
    said = _("Kept. What was learned stays here for others.") if ended.is_stopping else _("Saved.")
    return done(request, ended.project, said, f"pilot-{ended.pilot.pk}" if ended.pilot else "learned")


def _what_stands_there(request: HttpRequest, ended: Ended) -> dict[str, str]:
    """Nobody writes twice what is written down already."""
    carried = request.session.get(_CARRIED, {})
    why = {"why": as_answer(carried["why"])} if carried.get("url") == request.path else {}
    if ended.ending:
        return why
    found = {"language": ended.project.language, **why}
    if ended.pilot:
        found |= {
            "hoped": as_answer(ended.pilot.hypothesis),
            "happened": as_answer(ended.pilot.observations),
            "advice": as_answer(ended.pilot.lessons),
        }
        if ended.pilot.decision_note and not why:
            found["why"] = as_answer(ended.pilot.decision_note)
        return found
    return {**found, "advice": as_answer(ended.project.lesson)}


@require_POST
def lesson_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """`usefulness` is one of Usefulness, or "" to take an answer back; `team` is the team that says it."""
    person = signed_in(request)
    endings = Ending.objects.visible_to(person).select_related("project")
    ending = get_object_or_404(endings, pk=pk)
    team = _team_that_says(request, person)
    usefulness = request.POST.get("usefulness", "")
    try:
        if usefulness in Usefulness:
            answer_lesson(by=person, ending=ending, team=team, usefulness=usefulness)
        else:
            usefulness = ""
            take_back_answer(by=person, ending=ending, team=team)
    except Refused as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    back = request.POST.get("next", "")
    if in_place(request):
        context = {"ending": ending, "saying": Saying(team, usefulness), "next": back, "in_place": True}
        return render(request, "projects/_lesson_answer.html", context)
    return _said(request, way_back(request, ending.project.get_absolute_url()), usefulness)


def _said(request: HttpRequest, back: str, usefulness: str) -> HttpResponse:
    sentences = {
        Usefulness.USEFUL.value: _("Noted, and the team that wrote it sees that it helps."),
        Usefulness.NOT_FOR_US.value: _("Noted. It is not offered to your team again."),
        "": _("Taken back."),
    }
    messages.success(request, sentences[usefulness])
    return HttpResponseRedirect(back)


def _team_that_says(request: HttpRequest, person: User) -> Team:
    teams = Team.objects.active().writable_by(person).order_by("pk")
    named = request.POST.get("team", "")
    team: Team | None = teams.filter(pk=named).first() if named.isdecimal() else teams.first()
    if team is None:
        raise PermissionDenied(_("Leads and members of a team say whether a lesson helps them."))
    return team
