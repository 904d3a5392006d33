"""Adapting another city's project, saying where one's own came from, telling what came of it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from innoteams.accounts.models import User
from projects.adaptations import adapt, adapt_from_outside, forget_origin, name_source, report_back
from projects.choices import Visibility
from projects.forms.adaptations import AdaptForm, OutsideForm, SourceForm, report_form
from projects.models import Adaptation, Project
from projects.permissions import can_adapt_project
from projects.similar import similar_to
from projects.views.doors import attempt, or_403, seen_project, signed_in
from projects.views.pages import Words, done, form_page
from projects.views.parts import SAVE, answer, data_of, writable
from projects.views.writing import writable_teams

MOST_FOUND = 8

ADAPT = Words(
    gettext_lazy("Adapt this project"),
    gettext_lazy("Start my project"),
    gettext_lazy(
        "You start a project of your own that remembers where it came from. It is your team's draft first; "
        "the city you learn from hears of it when you share it."
    ),
)
REPORT = Words(
    gettext_lazy("What came of it where you are"),
    SAVE,
    gettext_lazy("Also when it did not work: that saves the next city a year."),
)
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@_get_or_post
def project_adapt(request: HttpRequest, slug: str) -> HttpResponse:
    person, source = signed_in(request), seen_project(request, slug)
    or_403(can_adapt_project(person, source))
    teams = [team for team in writable_teams(person) if team.pk != source.team_id]
    if not teams:
        raise PermissionDenied(_("This is your own team's project; another team can adapt it."))
    form = AdaptForm(data_of(request), teams=teams, initial={"title": source.title})
    if form.is_valid() and (project := attempt(form, lambda: adapt(by=person, source=source, **form.cleaned_data))):
        return done(request, project, _("Your project is there, as a draft of your team."))
    topics = [ranked.topic for ranked in source.ranked_topics.select_related("topic__group")]
    already = Project.objects.visible_to(person).filter(team__in=teams, adapted_from__source=source).first()
    return form_page(
        request,
        source,
        form,
        ADAPT,
        template="projects/project_adapt.html",
        seen_as=Visibility.TEAM,
        topics=topics,
        already=already,
    )


@_get_or_post
def project_origin(request: HttpRequest, slug: str) -> HttpResponse:
    """Where a project that is there already came from: one of the network, looked for by words, or from outside.

    `from` in what is sent says which of the two forms it was.
    """
    person, project = signed_in(request), writable(request, slug)
    words = (request.POST or request.GET).get("q", "").strip()
    seen = _possible_sources(person, project)
    found = _found(person, project, seen, words)
    outside = request.POST.get("from") == "outside"
    data = data_of(request)
    source_form = SourceForm(None if outside else data, projects=seen, found=found, prefix="network")
    outside_form = OutsideForm(data if outside else None)
    if source_form.is_valid():
        typed = source_form.cleaned_data
        if attempt(source_form, lambda: name_source(by=person, project=project, **typed)):
            return done(request, project, _told_source(project), "adapted")
    elif outside_form.is_valid():
        typed = outside_form.cleaned_data
        if attempt(outside_form, lambda: adapt_from_outside(by=person, project=project, **typed)):
            return done(request, project, _("Now readers see where it came from."), "adapted")
    context = {
        "project": project,
        "words": words,
        "found": found,
        "source_form": source_form,
        "outside_form": outside_form,
    }
    return render(request, "projects/project_origin.html", context)


def _told_source(project: Project) -> str:
    if project.visibility in (Visibility.NETWORK, Visibility.PUBLIC):
        return _("Now readers see where it came from, and the team you learned from hears of it.")
    return _("Written down. The team you learned from hears of it when you share the project.")


def _possible_sources(person: User, project: Project) -> QuerySet[Project]:
    named = project.adapted_from.exclude(source=None).values("source")
    seen: QuerySet[Project] = Project.objects.visible_to(person).exclude(Q(team=project.team_id) | Q(pk__in=named))
    return seen.select_related("team__city").defer("words")


def _found(person: User, project: Project, seen: Any, words: str) -> list[Project]:
    """By the words; without any, what is similar, as the likeliest."""
    if words:
        return list(seen.search(words).by_rank(words)[:MOST_FOUND])
    named = set(project.adapted_from.values_list("source", flat=True))
    return [other for other in similar_to(project, person) if other.pk not in named]


@_get_or_post
def adaptation_report(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    adaptation = _own_adaptation(person, project, pk)
    form = report_form(data_of(request), adaptation)
    said = _("Saved, and told to the team you learned from.") if adaptation.source_id else _("Saved.")
    return answer(
        request,
        project,
        form,
        REPORT,
        act=lambda: report_back(by=person, adaptation=adaptation, version=form.seen_version, **form.given),
        said=said,
        anchor="adapted",
        about=adaptation.source.title if adaptation.source else adaptation.outside_name,
    )


@_get_or_post
def adaptation_forget(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    adaptation = _own_adaptation(person, project, pk)
    if request.method == "POST":
        forget_origin(by=person, adaptation=adaptation)
        return done(request, project, _("The link is gone from both pages."), "adapted")
    return render(request, "projects/adaptation_forget.html", {"project": project, "adaptation": adaptation})


def _own_adaptation(person: User, project: Project, pk: int) -> Adaptation:
    rows = Adaptation.objects.visible_to(person).select_related("source__team__city", "project__team")
    found: Adaptation = get_object_or_404(rows, project=project, pk=pk)
    return found
