"""One thing tried, and what is decided about it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.choices import Decision
from projects.forms.base import WHY_OR_QUESTIONS, Day, OneOf, PartForm, Why, let_text_choose_direction
from projects.models import Pilot
from projects.pilots import decisions_from


class PilotForm(PartForm):
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
    """Without the questions that follow where a pilot stops; they have a page of their own."""

    decision = OneOf(label=_("Decision"), gone=_("That is not open any more; somebody may have decided just now."))
    note = Why(help_text=WHY_OR_QUESTIONS, max_length=1200, required=False)

    def __init__(self, *args: Any, pilot: Pilot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(decision.value, _DECISIONS[decision]) for decision in decisions_from(pilot.decision)]
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]  # a choice field
        let_text_choose_direction(self)
