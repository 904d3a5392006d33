"""Looking back: seven statements in five steps, and two texts."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from engagement.choices import ABOUT_CULTURE, ABOUT_RESIDENTS, Sharing, Statement
from engagement.coaching.comparison import ENDS
from engagement.coaching.reflections import STEPS, Words
from engagement.models import Reflection
from innoteams.lib.languages import CONTENT_LANGUAGES

# What a step is called where its place in the row is not seen.
STEP_WORDS = [(1, _("1, not at all")), (2, "2"), (3, "3"), (4, "4"), (5, _("5, entirely"))]


class StepField(forms.TypedChoiceField):
    """A statement: how far is it true of us?"""

    widget = forms.RadioSelect

    def __init__(self, statement: Statement) -> None:
        super().__init__(label=statement.label, choices=STEP_WORDS, coerce=int, empty_value=None, required=False)


class ReflectionForm(forms.Form):
    """Nothing must be answered; what does not fit is left out."""

    culture = forms.CharField(
        label=_("How does the administration work differently?"),
        help_text=_("An example says more than a judgement."),
        max_length=3000,
        required=False,
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )
    residents = forms.CharField(
        label=_("What part do residents have?"),
        help_text=_("Who was heard, and what changed because of it. No names without consent."),
        max_length=3000,
        required=False,
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Written in"), choices=CONTENT_LANGUAGES)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, reflection: Reflection | None, language: str) -> None:
        initial: dict[str, Any] = {"language": language, "version": 0}
        if reflection is not None:
            initial = {name: getattr(reflection, name) for name in ("culture", "residents", "language", "version")}
            initial |= {step_name(one.statement): one.step for one in reflection.steps.all()}
        super().__init__(data, initial=initial)
        for statement in Statement:
            self.fields[step_name(statement)] = StepField(statement)

    @property
    def about_culture(self) -> list[BoundField]:
        return [self[step_name(statement)] for statement in ABOUT_CULTURE]

    @property
    def about_residents(self) -> list[BoundField]:
        return [self[step_name(statement)] for statement in ABOUT_RESIDENTS]

    @property
    def ends(self) -> tuple[Any, Any]:
        return ENDS

    @property
    def steps(self) -> dict[str, int]:
        """What was chosen, by statement."""
        typed = {statement.value: self.cleaned_data.get(step_name(statement)) or 0 for statement in Statement}
        return {name: step for name, step in typed.items() if step in STEPS}

    @property
    def words(self) -> Words:
        typed = self.cleaned_data
        return Words(typed["culture"], typed["residents"], typed["language"])

    @property
    def seen_version(self) -> int:
        return self.cleaned_data.get("version") or 0

    def take_version(self, version: int) -> None:
        """Somebody saved meanwhile: what was typed stays, and saving again is a decision."""
        self.data = {**self.data.dict(), "version": str(version)} if isinstance(self.data, QueryDict) else self.data


class SharingForm(forms.Form):
    sharing = forms.ChoiceField(label=_("Who reads it"), choices=Sharing.choices, widget=forms.RadioSelect)


def step_name(statement: str) -> str:
    return f"step_{statement}"
