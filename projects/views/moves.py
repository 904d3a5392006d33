"""What changes a project's state: sharing, phases, outcome, confirming, claiming, following."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cities.models import City, Topic
from innoteams.lib.posted import way_back
from innoteams.lib.verdicts import NotAllowed
from projects.audience import Audience, audiences
from projects.choices import Outcome, Visibility
from projects.follows import follow, unfollow
from projects.forms.moves import OutcomeForm, PhaseForm
from projects.levels import Kept, kept_back, own_levels
from projects.models import Project
from projects.permissions import can_claim_project, can_edit_project, can_share_project
from projects.phases import conclude, move_phase
from projects.records import claim_project, confirm_project
from projects.sharing import missing_before_sharing, share_project
from projects.views.doors import attempt, or_403, seen_project, signed_in
from projects.views.endings import to_questions
from projects.views.pages import Words, done, form_page, in_place

PHASE = Words(
    gettext_lazy("Move the project on"),
    gettext_lazy("Move"),
    gettext_lazy("On to the next phase, or back to an earlier one: learning sends people back, and that is fine."),
)
OUTCOME = Words(gettext_lazy("What came of it"), gettext_lazy("Save"), is_ending=True)


@dataclass(frozen=True, slots=True)
class Seen(Audience):
    """Who would see the project at a level, and which of its parts would stay with fewer."""

    kept_back: list[Kept]


def project_share(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), seen_project(request, slug)
    or_403(can_share_project(person, project))
    form = forms.Form()
    if request.method == "POST":
        level = request.POST.get("visibility", "")
        form = forms.Form(request.POST)
        if level not in Visibility:
            form.add_error(None, _("Choose who sees the project."))
        elif shared := attempt(form, lambda: share_project(by=person, project=project, visibility=level)):
            return done(request, shared, _told(shared))
    context = {
        "project": project,
        "form": form,
        "audiences": _with_kept_back(project),
        "missing": missing_before_sharing(project),
    }
    return render(request, "projects/project_share.html", context)


def _with_kept_back(project: Project) -> list[Seen]:
    own = own_levels(project)
    return [Seen(seen.level, seen.people, seen.cities, kept_back(own, seen.level)) for seen in audiences(project.team)]


def _told(project: Project) -> str:
    sentences = {
        Visibility.TEAM: _("Now your team alone sees it."),
        Visibility.PROGRAMME: _("Now your team, its coach and the coordinators of its programme see it."),
        Visibility.NETWORK: _("Now the whole network sees it."),
        Visibility.PUBLIC: _("Now everybody sees it, also without signing in."),
    }
    return sentences[Visibility(project.visibility)]


def project_phase(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), seen_project(request, slug)
    or_403(can_edit_project(person, project))
    form = PhaseForm(request.POST if request.method == "POST" else None, phase=project.phase)
    if form.is_valid():
        data = form.cleaned_data
        if attempt(form, lambda: move_phase(by=person, project=project, to=data["to"], note=data["note"])):
            return done(request, project, _("The project moved on."), "phase")
    return form_page(request, project, form, PHASE)


def project_outcome(request: HttpRequest, slug: str) -> HttpResponse:
    """Whoever chooses that it stopped goes on to the five questions; nothing has changed yet."""
    person, project = signed_in(request), seen_project(request, slug)
    or_403(can_edit_project(person, project))
    form = OutcomeForm(request.POST if request.method == "POST" else None, outcome=project.outcome)
    if form.is_valid():
        data = form.cleaned_data
        if data["outcome"] == Outcome.STOPPED:
            return to_questions(request, reverse("ending_edit", args=[slug]), data["note"])
        if attempt(form, lambda: conclude(by=person, project=project, outcome=data["outcome"], note=data["note"])):
            return done(request, project, _("Saved."), "phase")
    return form_page(request, project, form, OUTCOME)


@require_POST
def project_confirm(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), seen_project(request, slug)
    _or_403(lambda: confirm_project(by=person, project=project))
    thanks = _("Thank you. Readers now see that this is still true.")
    if not request.POST.get("next"):
        return done(request, project, thanks)
    messages.success(request, thanks)
    return HttpResponseRedirect(way_back(request, project.get_absolute_url()))


def project_claim(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), seen_project(request, slug)
    or_403(can_claim_project(person, project))
    if request.method == "POST":
        _or_403(lambda: claim_project(by=person, project=project))
        return done(request, project, _("This is now your team's own. The source stays on the page."))
    return render(request, "projects/project_claim.html", {"project": project})


@require_POST
def follow_toggle(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """`wanted` is "on" or "off", so that pressing twice is the same as once."""
    person = signed_in(request)
    what = _followed(request, kind, slug)
    wanted = request.POST.get("wanted") != "off"
    if wanted:
        follow(by=person, what=what)
    else:
        unfollow(by=person, what=what)
    if in_place(request):
        return render(request, "projects/_follow_button.html", {"kind": kind, "slug": slug, "is_followed": wanted})
    back = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    return HttpResponseRedirect(back)


def _followed(request: HttpRequest, kind: str, slug: str) -> Project | City | Topic:
    if kind == "project":
        return seen_project(request, slug)
    if kind == "city":
        city: City = get_object_or_404(City.objects.visible_to(request.user), slug=slug)
        return city
    if kind == "topic":
        return get_object_or_404(Topic, slug=slug)
    raise Http404


def _or_403(act: Callable[[], object]) -> None:
    try:
        act()
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
