"""Why something is held back or sent again, what to pin, and of when a dry run is."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cities.models import Operator
from cities.querysets import today
from engagement.choices import DigestState, Stream
from engagement.digests.operating import LONGEST_PIN
from innoteams.accounts.models import User
from innoteams.lib.languages import CONTENT_LANGUAGES
from projects.plain_text import validate_has_words, validate_plain


class RunFilterForm(forms.Form):
    """Which runs; a value that is none is as good as no value."""

    stream = forms.ChoiceField(label=_("Stream"), required=False, choices=[("", _("Every stream")), *Stream.choices])
    state = forms.ChoiceField(
        label=_("With digests that are"), required=False, choices=[("", _("In any state")), *DigestState.choices]
    )

    def chosen(self) -> dict[str, str]:
        self.full_clean()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_("Why?"),
        help_text=_("A sentence for whoever looks after this later."),
        max_length=280,
        widget=forms.Textarea({"rows": 2}),
        validators=[validate_plain, validate_has_words],
    )


class DryRunForm(forms.Form):
    as_of = forms.DateTimeField(
        label=_("As of"),
        help_text=_("Empty: now. A week from now shows everybody's next weekly digest, from today's news."),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    stream = forms.ChoiceField(label=_("Stream"), required=False, choices=[("", _("Every stream")), *Stream.choices])

    def clean_as_of(self) -> dt.datetime:
        now = timezone.now()
        moment: dt.datetime = self.cleaned_data["as_of"] or now
        if not now - dt.timedelta(days=1) <= moment <= now + dt.timedelta(days=92):
            raise forms.ValidationError(_("From now on, and three months ahead at most."))
        return moment

    @property
    def streams(self) -> tuple[str, ...]:
        stream = self.cleaned_data["stream"]
        return (stream,) if stream else tuple(Stream.values)


class FindProjectForm(forms.Form):
    find = forms.CharField(
        label=_("Which project?"),
        help_text=_("Words of its title, its topic or its city."),
        required=False,
        max_length=120,
        widget=forms.TextInput({"type": "search", "dir": "auto"}),
    )


class PinForm(forms.Form):
    operator = forms.ModelChoiceField(label=_("In the digests of"), queryset=Operator.objects.none(), empty_label=None)
    note = forms.CharField(
        label=_("Why, in a sentence"),
        help_text=_("It stands under the project in the digest, with the name of your organisation."),
        max_length=280,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
        validators=[validate_plain, validate_has_words],
    )
    language = forms.ChoiceField(label=_("Written in"), choices=CONTENT_LANGUAGES)
    until = forms.DateField(
        label=_("Until"),
        help_text=_("Each person gets it once. Whoever gets their next digest after this day does not."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, by: User, operators: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["operator"]
        field.queryset = operators  # type: ignore[attr-defined]  # a ModelChoiceField
        if len(operators) == 1:
            field.widget = forms.HiddenInput()
        self.initial.setdefault("operator", operators[0].pk if operators else None)
        self.initial.setdefault("language", by.language)
        self.initial.setdefault("until", today() + dt.timedelta(days=14))
        self.fields["until"].widget.attrs |= {"min": f"{today()}", "max": f"{today() + LONGEST_PIN}"}
