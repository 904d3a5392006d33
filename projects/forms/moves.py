"""What changes a project's state."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.choices import PHASES, Outcome, Phase
from projects.forms.base import WHY_OR_QUESTIONS, OneOf, Why, Words, let_text_choose_direction
from projects.phases import moves_from, outcomes_from


class PhaseForm(forms.Form):
    to = OneOf(label=_("Move to"), gone=_("The project does not stand where it stood; choose again."))
    note = Why(help_text=_("One sentence for the next reader: what you know now that you did not know before."))

    def __init__(self, *args: Any, phase: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(to.value, _direction(phase, to)) for to in moves_from(phase)]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]  # the field is a ChoiceField; stubs know only Field
        let_text_choose_direction(self)


def _direction(phase: str, to: Phase) -> str:
    ahead = PHASES.index(to) > PHASES.index(Phase(phase))
    sentence = gettext("On to “%(phase)s”") if ahead else gettext("Back to “%(phase)s”")
    return sentence % {"phase": to.label}


class StuckForm(forms.Form):
    why = Words(
        label=_("What is in the way"),
        help_text=_("One sentence: what you wait for, and who could help."),
        max_length=400,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        let_text_choose_direction(self)


_OUTCOMES = {
    Outcome.DELIVERED: _("Delivered: what was planned is done"),
    Outcome.SUSTAINED: _("Sustained: it goes on without the project"),
    Outcome.SCALED: _("Scaled: it is done in more places"),
    Outcome.HANDED_OVER: _("Handed over: others carry it from here"),
    Outcome.STOPPED: _("Stopped: and what was learned is kept"),
    Outcome.IN_PROGRESS: _("In progress: you are at work on it"),
    Outcome.UNKNOWN: _("Not known: you have lost sight of it"),
}


class OutcomeForm(forms.Form):
    """Without the questions that follow where a project stops; they have a page of their own."""

    outcome = OneOf(label=_("What came of it"), gone=_("The project does not stand where it stood; choose again."))
    note = Why(help_text=WHY_OR_QUESTIONS, required=False)

    def __init__(self, *args: Any, outcome: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(after.value, _OUTCOMES[after]) for after in outcomes_from(outcome)]
        if outcome == Outcome.STOPPED:
            choices = [(Outcome.IN_PROGRESS.value, _("Taken up again: what was told of its end stays in the record"))]
            self.fields["note"].help_text = _("One sentence for the next reader: what has changed since it stopped.")
            self.fields["outcome"].initial = Outcome.IN_PROGRESS
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]  # as above
        let_text_choose_direction(self)
