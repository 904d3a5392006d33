"""The history of a project, for its team: what changed, one change whole, and bringing an earlier text back."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed, Refused
from projects.choices import PartKind
from projects.history_reading import changes_of, item_of, items_of, language_of, names_in, plan_told
from projects.history_rows import kinds_of, people_of, rows_of
from projects.history_words import name_of
from projects.locking import EditedMeanwhile
from projects.models import Project, Revision
from projects.permissions import can_edit_project
from projects.restoring import Plan, can_come_back, plan_restore, restore
from projects.views.doors import or_403, signed_in
from projects.views.pages import done

PER_PAGE = 20
CONFLICT = 409


def _of_own_team(person: User, slug: str) -> Project:
    """404 for everybody else: that there is an earlier text is not for them to know either."""
    projects = Project.objects.visible_to(person).of_teams_of(person).select_related("team__city").defer("words")
    found: Project = get_object_or_404(projects, slug=slug)
    return found


def _seen_revision(person: User, project: Project, pk: int) -> Revision:
    revisions = Revision.objects.visible_to(person).select_related("by", "restores__by")
    found: Revision = get_object_or_404(revisions, project=project, pk=pk)
    # The page has the project already, with its team.
    found.project = project
    return found


def project_history(request: HttpRequest, slug: str) -> HttpResponse:
    person = signed_in(request)
    project = _of_own_team(person, slug)
    part, by = _part_asked(request), request.GET.get("by", "")
    rows = rows_of(project, person, part=part, by=int(by) if by.isdecimal() and len(by) < 10 else None)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    kind, _dash, key = part.partition("-")
    context = {
        "project": project,
        "page_obj": page,
        "items": items_of(project, page.object_list, person),
        "kinds": kinds_of(project),
        "people": [(str(one.pk), name_of(one)) for one in people_of(project)],
        "kind": kind,
        "one_part": part if key else "",
        "by": by,
        "is_filtered": bool(part or by),
        "may_write": bool(can_edit_project(person, project)),
    }
    return render(request, "projects/project_history.html", context)


def _part_asked(request: HttpRequest) -> str:
    """A kind of part, or one part of it; whatever else is asked for counts as nothing."""
    part = request.GET.get("part", "")
    kind, _dash, key = part.partition("-")
    if kind not in PartKind:
        return ""
    return part if key.isdecimal() and len(key) < 16 else kind


def project_revision(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person = signed_in(request)
    project = _of_own_team(person, slug)
    revision = _seen_revision(person, project, pk)
    names = names_in([revision], person)
    context = {
        "project": project,
        "revision": revision,
        "item": item_of(revision, project, names),
        "restores": revision.restores,
        "restores_by": name_of(revision.restores.by) if revision.restores else "",
        "may_bring_back": can_come_back(revision) and bool(can_edit_project(person, project)),
    }
    return render(request, "projects/project_revision.html", context)


def project_restore(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What would change now, and on POST the change."""
    person = signed_in(request)
    project = _of_own_team(person, slug)
    revision = _seen_revision(person, project, pk)
    or_403(can_edit_project(person, project))
    refusal, status = "", 200
    if request.method == "POST":
        try:
            restore(by=person, revision=revision, version=_version(request), only=request.POST.getlist("field"))
        except EditedMeanwhile:
            refusal = _("Somebody changed it while you were looking. This is what would change now.")
            status = CONFLICT
        except NotAllowed:
            or_403(can_edit_project(person, project))
        except Refused as refused:
            refusal = str(refused)
        else:
            return done(request, project, _("The earlier text is back. What stood there is in the history."))
        project = revision.project = _of_own_team(person, slug)
    return _restore_page(request, project, revision, refusal, status)


def _version(request: HttpRequest) -> int:
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 10 else 0


def _restore_page(
    request: HttpRequest, project: Project, revision: Revision, refusal: str, status: int
) -> HttpResponse:
    plan: Plan | None = None
    try:
        plan = plan_restore(revision)
    except Refused as refused:
        refusal = str(refused)
    names = names_in([revision], signed_in(request), *({step.name: step.now} for step in (plan.steps if plan else [])))
    context = {
        "project": project,
        "revision": revision,
        "item": item_of(revision, project, names),
        "plan": plan,
        "changes": plan_told(plan, project, names, language_of(revision, project)) if plan else [],
        "then": changes_of(revision, project, names) if plan is None else [],
        "refusal": refusal,
    }
    return render(request, "projects/project_restore.html", context, status=status)
