"""One thing tried, and what is decided about it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.choices import Decision
from projects.forms.base import Day, RecordForm, RichWords, Words
from projects.models import Pilot
from projects.pilots import decisions_from


class PilotForm(RecordForm):
    told_at = "ends_on"

    class Meta:
        model = Pilot
        fields = ["title", "place", "starts_on", "ends_on", "hypothesis", "observations", "lessons"]
        widgets = {"starts_on": Day, "ends_on": Day}
        help_texts = {
            "hypothesis": _("If we do this, then that will change, because…"),
            "observations": _("What you see, also what you did not expect."),
            "lessons": _("What you would do again, and what not."),
        }


_DECISIONS = {
    Decision.SCALE: _("Scale: do it in more places"),
    Decision.ADAPT: _("Adapt: change it and go on"),
    Decision.HAND_OVER: _("Hand over: others carry it from here"),
    Decision.STOP: _("Stop: and keep what was learned"),
}


class PilotDecisionForm(forms.Form):
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    note = Words(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False)
    lessons = RichWords(
        label=_("What was learned"),
        help_text=_("Asked when a pilot stops. It is shown first, before any figure."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=6000,
        required=False,
    )

    def __init__(self, *args: Any, pilot: Pilot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(decision.value, _DECISIONS[decision]) for decision in decisions_from(pilot.decision)]
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]
        self.fields["lessons"].initial = pilot.lessons
