"""One way of adding to a project and of correcting what was added, for every kind of part."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from projects.locking import EditedMeanwhile
from projects.models import Project
from projects.permissions import can_edit_project
from projects.views.doors import attempt, or_403, seen_project
from projects.views.pages import Words, done, edited_meanwhile, form_page

SAVE = gettext_lazy("Save")


def writable(request: HttpRequest, slug: str) -> Project:
    project = seen_project(request, slug)
    or_403(can_edit_project(request.user, project))
    return project


def answer(
    request: HttpRequest,
    project: Project,
    form: Any,
    words: Words,
    *,
    act: Callable[[], object],
    said: str,
    anchor: str,
    **context: Any,
) -> HttpResponse:
    """Valid: runs the verb and goes back to the part. Otherwise the form again, with what was typed."""
    if form.is_valid():
        try:
            if attempt(form, act):
                return done(request, project, said, anchor)
        except EditedMeanwhile as refusal:
            return edited_meanwhile(request, project, form, words, refusal, **context)
    return form_page(request, project, form, words, **context)


def data_of(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
