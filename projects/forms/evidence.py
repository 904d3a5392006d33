"""Residents heard, indicators chosen, readings taken, one by one or as a table."""

import hashlib
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from projects.choices import Direction, Measure, ReadingKind
from projects.csv_text import MOST_BYTES, NoTable, decoded
from projects.figures import DURATIONS, Measured, currencies, currency_name, typed_text, unit_line
from projects.forms.base import Day, PartForm, RecordForm, Words, let_text_choose_direction
from projects.models import Consultation, Indicator, Project, Reading
from projects.readings_table import SOURCE_LENGTH, Defaults
from projects.typed_figures import NotAFigure, figure_of

# Longer than any figure, shorter than an essay.
_LONGEST_FIGURE = 60


class Figure(forms.CharField):
    """A value as people type it; what it means depends on the measure and is found out by the form (`read_figure`)."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off", "class": "figure-input"})
        super().__init__(widget=widget, **kwargs)


def read_figure(form: forms.BaseForm, name: str, of: Measured) -> None:
    """Turns what was typed into the value meant, or tells at the field why it cannot be read."""
    text = form.cleaned_data.get(name)
    if not isinstance(text, str) or not text.strip():
        form.cleaned_data[name] = None
        return
    try:
        form.cleaned_data[name] = figure_of(text[: _LONGEST_FIGURE + 1], of)
    except NotAFigure as refusal:
        form.add_error(name, str(refusal))


def _typed(value: Decimal | None) -> str:
    return "" if value is None else typed_text(value)


class ConsultationForm(PartForm):
    class Meta:
        model = Consultation
        fields = ["held_on", "method", "heard", "heard_count", "said", "changed"]
        widgets = {"held_on": Day}
        help_texts = {
            "method": _("A walk, a survey, coffee in the courtyard…"),
            "heard": _("Which residents, not their names."),
            "said": _("In their words where you can."),
        }


class IndicatorForm(PartForm):
    """Asks little first: what is counted and in what; figures to compare with may come later."""

    template_name = "projects/_indicator_fields.html"
    told_at = "target_on"

    baseline = Figure(required=False, help_text=_("Where it stood before. Leave it empty if nobody knows yet."))
    target = Figure(required=False, help_text=_("Leave it empty if there is none yet."))
    time_unit = forms.ChoiceField(label=_("Counted in"), choices=[*DURATIONS.items()], required=False)
    currency = forms.ChoiceField(required=False)

    class Meta:
        model = Indicator
        fields = [
            "name", "measure", "unit", "currency", "better", "definition", "baseline", "baseline_on",
            "baseline_source", "target", "target_on", "target_source", "compared_with",
        ]  # fmt: skip
        widgets = {
            "baseline_on": Day,
            "target_on": Day,
            "better": forms.RadioSelect,
            "measure": forms.RadioSelect,
            "definition": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "name": _("For example: people over 75 who had a visit this week."),
            "unit": _("For example: people, visits a week, of households, per visit."),
            "definition": _("Who counts, what is counted and what is not, so that somebody else would get the same."),
            "baseline_source": _("A list, a survey, a count at the door."),
            "target_source": _("Who set it, or where it is written."),
            "compared_with": _(
                "The same figure where nothing was tried: another district, the year before. "
                "Leave it empty if there is none."
            ),
        }

    def __init__(self, data: Any = None, *, project: Project, instance: Any = None, initial: Any = None) -> None:
        if data is not None and "measure" not in data:
            # What is asked of nobody: a plain number.
            data = data.copy()
            data["measure"] = Measure.NUMBER.value
        super().__init__(data, project=project, instance=instance, initial=initial)
        for name in ("baseline", "target", "currency"):
            self.fields[name].label = capfirst(str(Indicator._meta.get_field(name).verbose_name))  # type: ignore[union-attr]  # a column has a name
        for name, choices in (("better", Direction.choices), ("measure", Measure.choices)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # without "not chosen"
        # A sign or a length of time needs no word; whether one is missing depends on the measure.
        self.fields["unit"].required = False
        names = sorted(((code, f"{currency_name(code)} ({code})") for code in currencies()), key=lambda pair: pair[1])
        self.fields["currency"].choices = [("", _("Choose…")), *names]  # type: ignore[attr-defined]  # a choice field
        if self.instance.pk:
            self.initial.update(
                baseline=_typed(self.instance.baseline),
                target=_typed(self.instance.target),
                time_unit=self.instance.unit,
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        measure = given.get("measure", "")
        if measure == Measure.DURATION:
            given["unit"] = given.get("time_unit") or "minutes"
        of = Indicator(measure=measure, unit=given.get("unit", ""), currency=given.get("currency", ""))
        for name in ("baseline", "target"):
            if name in given:
                read_figure(self, name, of)
        return given

    @property
    def given(self) -> dict[str, Any]:
        return {name: value for name, value in super().given.items() if name != "time_unit"}

    def _opens(self, *names: str) -> bool:
        return any(self[name].errors or self[name].value() for name in names)

    @property
    def opens_definition(self) -> bool:
        """Whether the fold has something in it, or something wrong."""
        return self._opens("definition")

    @property
    def opens_baseline(self) -> bool:
        return self._opens("baseline", "baseline_on", "baseline_source")

    @property
    def opens_target(self) -> bool:
        return self._opens("target", "target_on", "target_source")

    @property
    def opens_comparison(self) -> bool:
        return self._opens("compared_with")


class ReadingForm(RecordForm):
    """One value, its day, its source; whether it is of the comparison only where there is one."""

    value = Figure(label=_("Value"))

    class Meta:
        model = Reading
        fields = ["value", "read_on", "kind", "source", "is_comparison"]
        widgets = {"read_on": Day, "kind": forms.RadioSelect}
        help_texts = {
            "kind": _(
                "Measured: with a method others could repeat. Counted: a list or a tally. Claimed: somebody says so."
            ),
            "source": _("A list, a survey, a count at the door."),
        }

    def __init__(self, data: Any = None, *, indicator: Indicator, instance: Any = None, initial: Any = None) -> None:
        super().__init__(data, instance=instance, initial=initial)
        self.indicator = indicator
        self.fields["kind"].choices = ReadingKind.choices  # type: ignore[attr-defined]  # without "not chosen"
        self.fields["value"].help_text = _value_help(indicator)
        if instance is not None:
            self.initial["value"] = typed_text(instance.value)
        if indicator.compared_with:
            self.fields["is_comparison"].label = _("This is a reading of the comparison: %(place)s") % {
                "place": indicator.compared_with
            }
        else:
            del self.fields["is_comparison"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        if "value" in self.cleaned_data:
            read_figure(self, "value", self.indicator)
        return self.cleaned_data


class CorrectionForm(ReadingForm):
    """The right figure, and what was wrong with the one that stands there."""

    why = Words(
        label=_("What was wrong"),
        help_text=_("One sentence. The earlier figure stays in the record with it."),
        max_length=300,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        let_text_choose_direction(self)


class WithdrawalForm(forms.Form):
    why = Words(
        label=_("Why"),
        help_text=_("One sentence. The figure stays in the record with it, and nothing counts it any more."),
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


class TableForm(forms.Form):
    """A pasted or chosen table. What was looked at travels with the form; the server keeps nothing between."""

    text = forms.CharField(
        label=_("The table"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto", "class": "table-text", "spellcheck": "false"}),
        help_text=_("Copied from a spreadsheet, or typed: one line for each reading."),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        help_text=_("CSV or text, up to 2 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )
    source = Words(
        label=_("Source of lines that name none"),
        required=False,
        max_length=SOURCE_LENGTH,
        help_text=_("A list, a survey, a count at the door."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    kind = forms.ChoiceField(label=_("How lines are known that do not say"), choices=ReadingKind.choices)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_file(self) -> str:
        """Its text; "" where none was chosen."""
        chosen = self.cleaned_data.get("file")
        if not chosen:
            return ""
        try:
            # One byte more than allowed is enough to know.
            return decoded(chosen.read(MOST_BYTES + 1))
        except NoTable as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("file"):
            # From here on the text in the form is what counts, where it can be mended.
            given["text"] = given["file"]
        elif not self.errors and not (given.get("text") or "").strip():
            self.add_error("text", _("Paste the table here, or choose a file."))
        return given

    @property
    def text_given(self) -> str:
        return str(self.cleaned_data.get("text") or "").replace("\r\n", "\n")

    @property
    def defaults(self) -> Defaults:
        return Defaults(self.cleaned_data["source"], self.cleaned_data["kind"])

    @property
    def print(self) -> str:
        """Tells whether text and defaults are those that were looked at."""
        parts = (self.text_given, self.defaults.source, self.defaults.kind)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def was_looked_at(self) -> bool:
        return bool(self.cleaned_data.get("seen") == self.print)


def _value_help(indicator: Indicator) -> Any:
    if indicator.measure == Measure.DURATION and indicator.unit in DURATIONS:
        return _("In %(unit)s; 1:30 and 1 h 30 are understood too.") % {"unit": DURATIONS[indicator.unit]}
    return _("In %(unit)s.") % {"unit": unit_line(indicator)}
