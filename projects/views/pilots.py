"""Pilots: starting one, writing down what it shows, deciding about it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.choices import Decision
from projects.forms.pilots import PilotDecisionForm, PilotForm
from projects.pilots import change_pilot, decide_pilot, start_pilot
from projects.views.doors import signed_in
from projects.views.endings import to_questions
from projects.views.pages import Words
from projects.views.parts import SAVE, answer, data_of, writable

NEW_PILOT = Words(
    gettext_lazy("Start a pilot"),
    gettext_lazy("Start"),
    gettext_lazy("One thing you try, at a place, for a time. A pilot that fails early is a good pilot."),
)
PILOT = Words(gettext_lazy("The pilot"), SAVE)
DECISION = Words(gettext_lazy("Decide about the pilot"), gettext_lazy("Decide"), is_ending=True)


def pilot_add(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    form = PilotForm(data_of(request), project=project)
    for name in ("observations", "lessons"):
        del form.fields[name]
    return answer(
        request,
        project,
        form,
        NEW_PILOT,
        act=lambda: start_pilot(by=person, project=project, **form.given),
        said=_("The pilot is there."),
        anchor="pilots",
    )


def pilot_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    pilot = get_object_or_404(project.pilots, pk=pk)
    form = PilotForm(data_of(request), project=project, instance=pilot)
    return answer(
        request,
        project,
        form,
        PILOT,
        act=lambda: change_pilot(by=person, pilot=pilot, version=form.seen_version, **form.given),
        said=_("Saved."),
        anchor=f"pilot-{pk}",
    )


def pilot_decide(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    pilot = get_object_or_404(project.pilots, pk=pk)
    form = PilotDecisionForm(data_of(request), pilot=pilot)
    if form.is_valid() and form.cleaned_data["decision"] == Decision.STOP:
        return to_questions(request, reverse("pilot_ending", args=[slug, pk]), form.cleaned_data["note"])
    return answer(
        request,
        project,
        form,
        DECISION,
        act=lambda: decide_pilot(by=person, pilot=pilot, **form.cleaned_data),
        said=_("Decided."),
        anchor=f"pilot-{pk}",
        is_closed=pilot.decision == Decision.STOP,
        about=pilot.title,
    )
