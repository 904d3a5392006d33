"""Adding to a project and correcting what was added: pilots, journal, consultations, indicators, readings."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.choices import Decision
from projects.evidence import (
    add_reading,
    change_consultation,
    change_indicator,
    choose_indicator,
    log_consultation,
    remove_reading,
)
from projects.forms import (
    ConsultationForm,
    IndicatorForm,
    JournalForm,
    PilotDecisionForm,
    PilotForm,
    ReadingForm,
    RecordForm,
)
from projects.journal import change_journal, write_journal
from projects.locking import EditedMeanwhile
from projects.models import Indicator, Project, Reading
from projects.permissions import can_edit_project
from projects.pilots import change_pilot, decide_pilot, start_pilot
from projects.views.doors import attempt, or_403, seen_project, signed_in
from projects.views.pages import Words, done, edited_meanwhile, form_page

_SAVE = gettext_lazy("Save")
NEW_PILOT = Words(
    gettext_lazy("Start a pilot"),
    gettext_lazy("Start"),
    gettext_lazy("One thing you try, at a place, for a time. A pilot that fails early is a good pilot."),
)
PILOT = Words(gettext_lazy("The pilot"), _SAVE)
DECISION = Words(gettext_lazy("Decide about the pilot"), gettext_lazy("Decide"), is_ending=True)
NEW_ENTRY = Words(gettext_lazy("Write in the journal"), _SAVE, gettext_lazy("What happened, in a few sentences."))
ENTRY = Words(gettext_lazy("Correct the journal entry"), _SAVE)
NEW_CONSULTATION = Words(
    gettext_lazy("Log a consultation"),
    _SAVE,
    gettext_lazy("Whom you heard, what they said, and what changed because of it."),
)
CONSULTATION = Words(gettext_lazy("The consultation"), _SAVE)
NEW_INDICATOR = Words(
    gettext_lazy("Choose an indicator"),
    _SAVE,
    gettext_lazy("What you would count to know that it works. No figure is needed yet: “none yet” is a valid answer."),
)
INDICATOR = Words(gettext_lazy("The indicator"), _SAVE)
NEW_READING = Words(
    gettext_lazy("Add a reading"), gettext_lazy("Add"), gettext_lazy("One figure, its day, its source.")
)


def _writable(request: HttpRequest, slug: str) -> Project:
    project = seen_project(request, slug)
    or_403(can_edit_project(request.user, project))
    return project


def _answer(
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


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


# --- pilots -------------------------------------------------------------------------------------------------------


def pilot_add(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), _writable(request, slug)
    form = PilotForm(_data(request))
    for name in ("observations", "lessons"):
        del form.fields[name]
    return _answer(
        request,
        project,
        form,
        NEW_PILOT,
        act=lambda: start_pilot(by=person, project=project, **form.given),
        said=_("The pilot is there."),
        anchor="pilots",
    )


def pilot_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), _writable(request, slug)
    pilot = get_object_or_404(project.pilots, pk=pk)
    form = PilotForm(_data(request), instance=pilot)
    return _answer(
        request,
        project,
        form,
        PILOT,
        act=lambda: change_pilot(by=person, pilot=pilot, version=form.seen_version, **form.given),
        said=_("Saved."),
        anchor=f"pilot-{pk}",
    )


def pilot_decide(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), _writable(request, slug)
    pilot = get_object_or_404(project.pilots, pk=pk)
    form = PilotDecisionForm(_data(request), pilot=pilot)
    return _answer(
        request,
        project,
        form,
        DECISION,
        act=lambda: decide_pilot(by=person, pilot=pilot, **form.cleaned_data),
        said=_("Decided. What was learned stays here for others."),
        anchor=f"pilot-{pk}",
        is_closed=pilot.decision == Decision.STOP,
        about=pilot.title,
    )


# --- journal ------------------------------------------------------------------------------------------------------


def journal_add(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), _writable(request, slug)
    form = JournalForm(_data(request), initial={"happened_on": timezone.localdate(), "language": project.language})
    return _answer(
        request,
        project,
        form,
        NEW_ENTRY,
        act=lambda: write_journal(by=person, project=project, **form.given),
        said=_("Written down."),
        anchor="journal",
    )


def journal_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), _writable(request, slug)
    entry = get_object_or_404(project.journal, pk=pk)
    form = JournalForm(_data(request), instance=entry)
    return _answer(
        request,
        project,
        form,
        ENTRY,
        act=lambda: change_journal(by=person, entry=entry, version=form.seen_version, **form.given),
        said=_("Saved."),
        anchor="journal",
    )


# --- evidence -----------------------------------------------------------------------------------------------------


def consultation_add(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), _writable(request, slug)
    form = ConsultationForm(_data(request))
    return _answer(
        request,
        project,
        form,
        NEW_CONSULTATION,
        act=lambda: log_consultation(by=person, project=project, **form.given),
        said=_("The consultation is there."),
        anchor="consultations",
    )


def consultation_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), _writable(request, slug)
    consultation = get_object_or_404(project.consultations, pk=pk)
    form = ConsultationForm(_data(request), instance=consultation)
    return _answer(
        request,
        project,
        form,
        CONSULTATION,
        act=lambda: change_consultation(by=person, consultation=consultation, version=form.seen_version, **form.given),
        said=_("Saved."),
        anchor="consultations",
    )


def indicator_add(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), _writable(request, slug)
    form = IndicatorForm(_data(request))
    return _answer(
        request,
        project,
        form,
        NEW_INDICATOR,
        act=lambda: choose_indicator(by=person, project=project, **form.given),
        said=_("The indicator is there. Its first reading can come whenever there is one."),
        anchor="figures",
    )


def indicator_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), _writable(request, slug)
    indicator = get_object_or_404(project.indicators, pk=pk)
    form = IndicatorForm(_data(request), instance=indicator)
    return _answer(
        request,
        project,
        form,
        INDICATOR,
        act=lambda: change_indicator(by=person, indicator=indicator, version=form.seen_version, **form.given),
        said=_("Saved."),
        anchor=f"indicator-{pk}",
    )


def reading_add(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), _writable(request, slug)
    indicator = get_object_or_404(project.indicators, pk=pk)
    form: RecordForm = ReadingForm(_data(request), initial={"read_on": timezone.localdate(), "kind": "counted"})
    return _answer(
        request,
        project,
        form,
        NEW_READING,
        act=lambda: add_reading(by=person, indicator=indicator, **form.given),
        said=_("The reading is there."),
        anchor=f"indicator-{pk}",
        about=f"{indicator.name} ({indicator.unit})",
    )


def reading_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), _writable(request, slug)
    reading: Reading = get_object_or_404(
        Reading.objects.select_related("indicator__project__team"), indicator__project=project, pk=pk
    )
    indicator: Indicator = reading.indicator
    if request.method == "POST":
        remove_reading(by=person, reading=reading)
        return done(request, project, _("The reading is taken back."), f"indicator-{indicator.pk}")
    return render(request, "projects/reading_remove.html", {"project": project, "reading": reading})
