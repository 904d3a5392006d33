"""Indicators, and their readings one by one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.choices import Measure
from projects.evidence import change_indicator, choose_indicator
from projects.figures import currency_of, full_text, unit_line
from projects.forms.base import RecordForm
from projects.forms.evidence import CorrectionForm, IndicatorForm, ReadingForm, WithdrawalForm
from projects.models import Indicator, Project, Reading
from projects.readings import add_reading, correct_reading, withdraw_reading
from projects.views.doors import signed_in
from projects.views.pages import Words
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
CORRECTION = Words(
    gettext_lazy("Correct a reading"),
    gettext_lazy("Correct it"),
    gettext_lazy(
        "The right figure takes its place. The earlier one stays in the record, with who corrected it and why."
    ),
)
WITHDRAWAL = Words(
    gettext_lazy("Take back a reading"),
    gettext_lazy("Take it back"),
    gettext_lazy(
        "Only for what was entered by mistake. A figure that another source doubts should stay, "
        "with the other beside it."
    ),
)


def indicator_add(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    usual = {"measure": Measure.NUMBER, "better": "up", "currency": currency_of(project.team.city.country)}
    form = IndicatorForm(data_of(request), project=project, initial=usual)
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
    indicator = indicator_of(request, project, pk)
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
    indicator = indicator_of(request, project, pk)
    usual = {"read_on": timezone.localdate(), "kind": "counted", "is_comparison": "comparison" in request.GET}
    form: RecordForm = ReadingForm(data_of(request), indicator=indicator, initial=usual)
    return answer(
        request,
        project,
        form,
        NEW_READING,
        act=lambda: add_reading(by=person, indicator=indicator, **form.given),
        said=_("The reading is there."),
        anchor=f"indicator-{pk}",
        about=_about(indicator),
    )


def reading_correct(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    reading = _reading(request, project, pk)
    form = CorrectionForm(data_of(request), indicator=reading.indicator, instance=reading)
    return answer(
        request,
        project,
        form,
        CORRECTION,
        act=lambda: correct_reading(by=person, reading=reading, **form.given),
        said=_("Corrected. The earlier figure stays in the record."),
        anchor=f"indicator-{reading.indicator_id}",
        about=_told(reading),
    )


def reading_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    reading = _reading(request, project, pk)
    form = WithdrawalForm(data_of(request))
    return answer(
        request,
        project,
        form,
        WITHDRAWAL,
        act=lambda: withdraw_reading(by=person, reading=reading, why=form.cleaned_data["why"]),
        said=_("The reading is taken back."),
        anchor=f"indicator-{reading.indicator_id}",
        about=_told(reading),
    )


def indicator_of(request: HttpRequest, project: Project, pk: int) -> Indicator:
    """Of this project, and seen by the person; otherwise 404."""
    found: Indicator = get_object_or_404(project.indicators.visible_to(request.user), pk=pk)
    return found


def _reading(request: HttpRequest, project: Project, pk: int) -> Reading:
    """Also one that was corrected meanwhile: the verb says so, and by whom."""
    readings = Reading.objects.visible_to(request.user).select_related("indicator__project__team")
    found: Reading = get_object_or_404(readings, indicator__project=project, pk=pk)
    return found


def _about(indicator: Indicator) -> str:
    unit = unit_line(indicator)
    return f"{indicator.name} ({unit})" if unit else indicator.name


def _told(reading: Reading) -> str:
    values = {
        "name": reading.indicator.name,
        "value": full_text(reading.value, reading.indicator),
        "day": date_format(reading.read_on, "DATE_FORMAT"),
        "source": reading.source,
    }
    return _("%(name)s: %(value)s, %(day)s (%(source)s)") % values
