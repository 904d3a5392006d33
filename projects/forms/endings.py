"""The five questions of the graceful ending."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.endings import TEXTS, Answers
from projects.forms.base import RecordForm
from projects.models import Ending


class EndingForm(RecordForm):
    class Meta:
        model = Ending
        fields = ["hoped", "happened", "why", "stays", "advice", "language"]
        widgets = {
            **{name: forms.Textarea(attrs={"rows": 3}) for name in ("hoped", "happened", "why", "stays")},
            "advice": forms.Textarea(attrs={"rows": 4}),
        }
        labels = {"language": _("Written in")}
        help_texts = {
            "happened": _("Also what went well, and what surprised you."),
            "why": _("In plain words. Money, time, people, politics or a better idea: all of them are reasons."),
            "stays": _("A tool, a habit, a contact, a figure: whatever others may still use."),
            "advice": _("The one answer we ask of everybody. It is shown first, and offered to teams at similar work."),
        }

    @property
    def answers(self) -> Answers:
        return Answers(**{name: self.cleaned_data[name] for name in TEXTS})

    @property
    def given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in TEXTS}
