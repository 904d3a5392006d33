"""Indicators and their readings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.evidence import add_reading, change_indicator, choose_indicator, remove_reading
from projects.forms.base import RecordForm
from projects.forms.evidence import IndicatorForm, ReadingForm
from projects.models import Indicator, Reading
from projects.views.doors import signed_in
from projects.views.pages import Words, done
from projects.views.parts import SAVE, answer, data_of, writable

NEW_INDICATOR = Words(
    gettext_lazy("Choose an indicator"),
    SAVE,
    gettext_lazy("What you would count to know that it works. No figure is needed yet: “none yet” is a valid answer."),
)
INDICATOR = Words(gettext_lazy("The indicator"), SAVE)
NEW_READING = Words(
    gettext_lazy("Add a reading"), gettext_lazy("Add"), gettext_lazy("One figure, its day, its source.")
)


def indicator_add(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    form = IndicatorForm(data_of(request), project=project)
    return answer(
        request,
        project,
        form,
        NEW_INDICATOR,
        act=lambda: choose_indicator(by=person, project=project, **form.given),
        said=_("The indicator is there. Its first reading can come whenever there is one."),
        anchor="figures",
    )


def indicator_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    indicator = get_object_or_404(project.indicators, pk=pk)
    form = IndicatorForm(data_of(request), project=project, instance=indicator)
    return answer(
        request,
        project,
        form,
        INDICATOR,
        act=lambda: change_indicator(by=person, indicator=indicator, version=form.seen_version, **form.given),
        said=_("Saved."),
        anchor=f"indicator-{pk}",
    )


def reading_add(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    indicator = get_object_or_404(project.indicators, pk=pk)
    form: RecordForm = ReadingForm(data_of(request), initial={"read_on": timezone.localdate(), "kind": "counted"})
    return answer(
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
    person, project = signed_in(request), writable(request, slug)
    reading: Reading = get_object_or_404(
        Reading.objects.select_related("indicator__project__team"), indicator__project=project, pk=pk
    )
    indicator: Indicator = reading.indicator
    if request.method == "POST":
        remove_reading(by=person, reading=reading)
        return done(request, project, _("The reading is taken back."), f"indicator-{indicator.pk}")
    return render(request, "projects/reading_remove.html", {"project": project, "reading": reading})
