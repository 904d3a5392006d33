"""How often, when, and from when on again a person wants one stream."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from engagement.choices import Cadence, Stream
from engagement.models import DigestPreference

if TYPE_CHECKING:
    PreferenceForm = forms.ModelForm[DigestPreference]
else:
    PreferenceForm = forms.ModelForm


def _hours() -> list[tuple[int, str]]:
    return [(hour, time_format(dt.time(hour), "H:i")) for hour in range(24)]


class DigestPreferenceForm(PreferenceForm):
    """Several stand on one page, so each has ids of its own; the names are the same in all."""

    local_hour = forms.TypedChoiceField(
        label=_("At"),
        coerce=int,
        choices=_hours,
    )

    class Meta:
        model = DigestPreference
        fields = ["cadence", "weekday", "local_hour", "paused_until"]
        labels = {"cadence": _("How often"), "weekday": _("On"), "paused_until": _("Pause until")}
        help_texts = {"paused_until": _("From that day on it comes again. Leave it empty for no pause.")}
        widgets = {"paused_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, data: Any = None, *, instance: DigestPreference) -> None:
        super().__init__(data, instance=instance, auto_id=f"id_{instance.stream}_%s")
        cadence = self.fields["cadence"]
        if instance.stream == Stream.ACTIONS and isinstance(cadence, forms.ChoiceField):
            labels = {**dict(Cadence.choices), Cadence.DAILY: _("every working day")}
            cadence.choices = [(value, labels[value]) for value in Cadence.values]

    def clean_paused_until(self) -> dt.date | None:
        until: dt.date | None = self.cleaned_data["paused_until"]
        if until and until <= timezone.localdate() and until != self.initial.get("paused_until"):
            raise forms.ValidationError(_("Choose a day to come."))
        return until
