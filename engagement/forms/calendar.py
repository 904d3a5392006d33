"""Which reminders a person wants."""

from typing import TYPE_CHECKING

from django import forms

from engagement.models import ReminderPreference

if TYPE_CHECKING:
    PreferenceForm = forms.ModelForm[ReminderPreference]
else:
    PreferenceForm = forms.ModelForm


class ReminderForm(PreferenceForm):
    class Meta:
        model = ReminderPreference
        fields = ("sessions",)
