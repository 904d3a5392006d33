"""Logging a project, keeping the draft while it is typed, and changing what stands there."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cities.models import Team
from innoteams.accounts.models import User
from projects.audience import audience
from projects.choices import Phase, Visibility
from projects.drafts import OwnDrafts, keep_draft, own_drafts
from projects.forms.records import DraftForm, NewProjectForm, ProjectForm
from projects.locking import EditedMeanwhile
from projects.models import Project
from projects.permissions import can_edit_project, can_log_project
from projects.records import change_project
from projects.views.doors import attempt, or_403, seen_project, signed_in
from projects.views.pages import Words, both_texts, done, edited_meanwhile, form_page

EDIT = Words(
    gettext_lazy("Change the project"),
    gettext_lazy("Save"),
    gettext_lazy("Fill in what you know today. Everything is saved together, and the rest can wait."),
)


def writable_teams(person: User) -> list[Team]:
    return list(Team.objects.active().writable_by(person).select_related("city").order_by("slug"))


def project_create(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    or_403(can_log_project(person))
    teams = writable_teams(person)
    if request.method != "POST":
        drafts = own_drafts(person, teams)
        initial = _begun(drafts, request.GET.get("draft", ""))
        form = NewProjectForm(teams=teams, initial=initial)
        carried_on = "version" in initial
        return _new_page(request, form, teams, drafts=drafts, carried_on=carried_on)
    form = NewProjectForm(request.POST, teams=teams)
    if form.is_valid():
        try:
            if project := attempt(form, lambda: _keep(person, form, settled=True)):
                return HttpResponseRedirect(project.get_absolute_url())
        except EditedMeanwhile as refusal:
            return _new_page(request, form, teams, **both_texts(form, refusal))
    return _new_page(request, form, teams)


def _begun(drafts: OwnDrafts, key: str) -> dict[str, Any]:
    """What the form starts from: the draft that `key` names, to carry on with, or nothing but a key of its own."""
    project = next((draft for draft in drafts.unfinished if str(draft.draft_key) == key), None)
    if project is None:
        return {"draft_key": uuid.uuid4(), "phase": Phase.INVESTIGATE}
    names = ("draft_key", "version", "team", "title", "problem", "for_whom", "phase")
    topics = [ranked.topic.slug for ranked in project.ranked_topics.all()]
    return {**{name: getattr(project, name) for name in names}, "topics": topics}


def _new_page(request: HttpRequest, form: NewProjectForm, teams: list[Team], **context: object) -> HttpResponse:
    seen = audience(teams[0], Visibility.TEAM) if len(teams) == 1 else None
    return render(request, "projects/project_new.html", {"form": form, "teams": teams, "seen": seen, **context})


def _keep(person: User, form: NewProjectForm, *, settled: bool) -> Project:
    data = form.cleaned_data
    return keep_draft(
        by=person,
        team=data["team"],
        draft_key=data["draft_key"],
        version=data["version"],
        settled=settled,
        **form.given,
    )


@require_POST
def draft_keep(request: HttpRequest) -> HttpResponse:
    """Called by the form while somebody types; answers in JSON with the version and what to tell the person."""
    person = signed_in(request)
    teams = writable_teams(person)
    or_403(can_log_project(person))
    form = DraftForm(request.POST, teams=teams)
    project = None
    if form.is_valid():
        try:
            project = attempt(form, lambda: _keep(person, form, settled=False))
        except EditedMeanwhile as refusal:
            return JsonResponse({"text": str(refusal)}, status=409)
    if project is None:
        sentence = next(iter(form.errors.values()))[0] if form.errors else ""
        return JsonResponse({"text": _("Not saved yet: %(reason)s") % {"reason": sentence}}, status=422)
    clock = formats.time_format(timezone.localtime(), "TIME_FORMAT")
    return JsonResponse({"version": project.version, "text": _("Saved at %(time)s") % {"time": clock}})


def project_edit(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), seen_project(request, slug)
    or_403(can_edit_project(person, project))
    opened = request.GET.get("open", "")
    form = ProjectForm(request.POST if request.method == "POST" else None, instance=project, opened=opened)
    if form.is_valid():
        try:
            if attempt(form, lambda: _change(person, project, form)):
                return done(request, project, _("Saved."))
        except EditedMeanwhile as refusal:
            return edited_meanwhile(request, project, form, EDIT, refusal)
    return form_page(request, project, form, EDIT)


def _change(person: User, project: Project, form: ProjectForm) -> Project:
    fields: dict[str, Any] = form.given
    return change_project(by=person, project=project, version=form.seen_version, **fields)
