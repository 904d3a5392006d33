"""What changes a project's state."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.choices import Outcome
from projects.forms.base import RichWords, Words
from projects.phases import moves_from


class PhaseForm(forms.Form):
    to = forms.ChoiceField(label=_("Move to"), widget=forms.RadioSelect)
    note = Words(
        label=_("Why"),
        help_text=_("One sentence for the next reader: what you know now that you did not know before."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )

    def __init__(self, *args: Any, phase: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(to.value, to.label) for to in moves_from(phase)]  # type: ignore[attr-defined]


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(label=_("What came of it"), choices=Outcome.choices, widget=forms.RadioSelect)
    lesson = RichWords(
        label=_("What was learned"),
        help_text=_("Asked when a project stops: then it is the most useful part for others."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=3000,
        required=False,
    )
