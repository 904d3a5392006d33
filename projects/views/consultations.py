"""Residents were heard: logging it, and adding what changed because of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.evidence import change_consultation, log_consultation
from projects.forms.evidence import ConsultationForm
from projects.views.doors import signed_in
from projects.views.pages import Words
from projects.views.parts import SAVE, answer, data_of, writable

NEW_CONSULTATION = Words(
    gettext_lazy("Log a consultation"),
    SAVE,
    gettext_lazy("Whom you heard, what they said, and what changed because of it."),
)
CONSULTATION = Words(gettext_lazy("The consultation"), SAVE)


def consultation_add(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    form = ConsultationForm(data_of(request), project=project)
    return answer(
        request,
        project,
        form,
        NEW_CONSULTATION,
        act=lambda: log_consultation(by=person, project=project, **form.given),
        said=_("The consultation is there."),
        anchor="consultations",
    )


def consultation_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    consultation = get_object_or_404(project.consultations, pk=pk)
    form = ConsultationForm(data_of(request), project=project, instance=consultation)
    return answer(
        request,
        project,
        form,
        CONSULTATION,
        act=lambda: change_consultation(by=person, consultation=consultation, version=form.seen_version, **form.given),
        said=_("Saved."),
        anchor="consultations",
    )
