"""One way of showing a form about a project: a page of its own, or in place where htmx asks for it."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from innoteams.lib.rich_text import RichTextFormField
from projects.locking import EditedMeanwhile
from projects.models import Project

Text = str | Promise


@dataclass(frozen=True)
class Words:
    """What stands around the fields."""

    title: Text
    button: Text
    lede: Text = ""
    is_ending: bool = False


def in_place(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page the person is on."""
    return bool(getattr(request, "htmx", False))


def form_page(
    request: HttpRequest,
    project: Project,
    form: forms.BaseForm,
    words: Words,
    *,
    template: str = "projects/project_form.html",
    **context: object,
) -> HttpResponse:
    shown = "projects/_form.html" if in_place(request) else template
    if in_place(request) and (fields := form.visible_fields()):
        fields[0].field.widget.attrs["autofocus"] = True
    everything = {
        "project": project,
        "form": form,
        "words": words,
        "action": request.path,
        "in_place": in_place(request),
        **context,
    }
    return render(request, shown, everything)


def edited_meanwhile(
    request: HttpRequest, project: Project, form: Any, words: Words, refusal: EditedMeanwhile, **context: Any
) -> HttpResponse:
    return form_page(request, project, form, words, **both_texts(form, refusal), **context)


def both_texts(form: Any, refusal: EditedMeanwhile) -> dict[str, Any]:
    """Their text for the page; the form keeps what was typed and takes their version: saving again is a decision."""
    data = form.data.copy()
    data["version"] = getattr(refusal.theirs, "version", "")
    form.data = data
    theirs = [
        {
            "label": form.fields[name].label,
            "text": _shown(getattr(refusal.theirs, name)),
            "is_rich": isinstance(form.fields[name], RichTextFormField),
        }
        for name in refusal.differing
        if name in form.fields
    ]
    return {"theirs": theirs, "refusal": str(refusal)}


def _shown(value: object) -> object:
    return _("(empty)") if value in (None, "") else value


def done(request: HttpRequest, project: Project, message: Text, anchor: str = "") -> HttpResponse:
    """Back to the project, at the part that changed."""
    messages.success(request, str(message))
    url = project.get_absolute_url() + (f"#{anchor}" if anchor else "")
    if not in_place(request):
        return HttpResponseRedirect(url)
    if not anchor:
        return HttpResponseClientRedirect(url)
    # The address differs by its anchor only, so a plain redirect would not load the page again.
    response = HttpResponse()
    there = {"path": url, "target": "#main", "select": "#main", "swap": f"outerHTML show:#{anchor}:top"}
    response["HX-Location"] = json.dumps(there)
    return response
