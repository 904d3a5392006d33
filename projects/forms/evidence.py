"""Residents heard, indicators chosen, readings taken."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.base import Day, PartForm, RecordForm
from projects.models import Consultation, Indicator, Reading


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
    told_at = "target_on"

    class Meta:
        model = Indicator
        fields = ["name", "unit", "better", "baseline", "baseline_on", "target", "target_on"]
        widgets = {"baseline_on": Day, "target_on": Day, "better": forms.RadioSelect}
        help_texts = {
            "name": _("For example: people over 75 who had a visit this week."),
            "unit": _("For example: people, minutes, % of households."),
            "baseline": _("Where it stood before. Leave it empty if nobody knows yet."),
            "target": _("Leave it empty if there is none yet."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["better"].choices = [choice for choice in self.fields["better"].choices if choice[0]]  # type: ignore[attr-defined]


class ReadingForm(RecordForm):
    class Meta:
        model = Reading
        fields = ["value", "read_on", "kind", "source"]
        widgets = {"read_on": Day, "kind": forms.RadioSelect}
        help_texts = {
            "kind": _(
                "Measured: with a method others could repeat. Counted: a list or a tally. Claimed: somebody says so."
            ),
            "source": _("A list, a survey, a count at the door."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [choice for choice in self.fields["kind"].choices if choice[0]]  # type: ignore[attr-defined]
