"""The sheet a team writes, and the answer a coordinator gives."""

from collections.abc import Iterable

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from engagement.checkins.moves import LineChoice, Sheet
from engagement.checkins.reading import Line
from engagement.models import CheckIn
from innoteams.lib.languages import CONTENT_LANGUAGES, direction


class LineForm(forms.Form):
    """A line that was drafted: switched on or off, with a note of the team's own."""

    included = forms.BooleanField(label=_("Send this line"), required=False)
    note = forms.CharField(label=_("In your own words"), max_length=400, required=False)

    def __init__(self, data: QueryDict | None = None, *, line: Line) -> None:
        self.line = line
        initial = {"included": line.included, "note": line.note}
        super().__init__(data, prefix=f"line-{line.pk}", initial=initial)


class SheetForm(forms.Form):
    hard = forms.CharField(
        label=_("What is hard at the moment?"),
        help_text=_("Also what did not work. It is read, and answered."),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
    )
    help_wanted = forms.CharField(
        label=_("What help do you want?"),
        help_text=_("A person to talk to, an example from elsewhere, a word with somebody, or nothing just now."),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
    )
    language = forms.ChoiceField(label=_("Written in"), choices=CONTENT_LANGUAGES)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, check_in: CheckIn, lines: Iterable[Line]) -> None:
        super().__init__(
            data,
            initial={
                "hard": check_in.hard,
                "help_wanted": check_in.help_wanted,
                "language": check_in.language,
                "version": check_in.version,
            },
        )
        for name in ("hard", "help_wanted"):
            self.fields[name].widget.attrs |= {"dir": direction(check_in.language), "lang": check_in.language}
        # What only the team sees cannot be sent, so there is nothing to switch.
        self.lines = [LineForm(data, line=line) for line in lines if not line.is_team_only]
        self.kept_back = [line for line in lines if line.is_team_only]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(line.is_valid() for line in self.lines)])

    def sheet(self) -> Sheet:
        """What was typed; only after is_valid()."""
        return Sheet(
            hard=self.cleaned_data["hard"],
            help_wanted=self.cleaned_data["help_wanted"],
            language=self.cleaned_data["language"],
            lines={
                form.line.pk: LineChoice(form.cleaned_data["included"], form.cleaned_data["note"])
                for form in self.lines
            },
        )


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=_("Your answer"),
        help_text=_(
            "What you understood, one question, or what could help. The team reads it; so do the coach and "
            "the other coordinators of the programme."
        ),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": _("A check-in is answered in words: one sentence is enough.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
