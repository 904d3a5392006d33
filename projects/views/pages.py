"""One way of showing a form about a project: a page of its own, or in place where htmx asks for it."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import formats
from django.utils.functional import Promise
from django_htmx.http import HttpResponseClientRedirect

from innoteams.lib.rich_text import plain
from projects.differences import Row, between, compare
from projects.history import EMPTY, project_of
from projects.history_reading import Told
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
    return {"theirs": differences_to(form, refusal.theirs), "refusal": str(refusal)}


def differences_to(form: Any, theirs: models.Model) -> list[Told]:
    """What was typed beside what stands in the row, for the fields in which they differ."""
    language = getattr(theirs, "language", "") or getattr(project_of(theirs), "language", "")
    fields = [field for field in form.visible_fields() if field.name in form.cleaned_data]
    found = [_compared(field, _standing(theirs, field.name), language) for field in fields]
    return [told for told in found if not all(row.is_kept for row in told.rows)]


def _standing(theirs: models.Model, name: str) -> object:
    if name == "topics" and isinstance(theirs, Project):
        return [ranked.topic for ranked in theirs.ranked_topics.select_related("topic")]
    value = getattr(theirs, name, None)
    return list(value.all()) if isinstance(value, models.Manager) else value


def _compared(field: Any, theirs: object, language: str) -> Told:
    mine = field.form.cleaned_data[field.name]
    choices = dict(getattr(field.field, "choices", ())) if isinstance(field.field, forms.ChoiceField) else {}
    if isinstance(theirs, str) and not choices:
        rows = compare(plain(theirs), plain(str(mine or "")))
        return Told(field.name, str(field.label), rows, language, is_text=True)
    rows = [Row((change,)) for change in between(_words(theirs, choices), _words(mine, choices))]
    return Told(field.name, str(field.label), rows)


def _words(value: object, choices: dict[Any, Any]) -> list[str]:
    """As the reader says it: days, figures, choices, names; a list as one word each."""
    if value in EMPTY:
        return []
    if isinstance(value, list | models.QuerySet):
        return [str(one) for one in value]
    return [str(choices.get(value, formats.localize(value)))]


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
