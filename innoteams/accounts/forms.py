"""What a person says of themself: name, pronouns, languages, hour. And closing the account."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from innoteams.accounts.zones import zone_choices
from innoteams.lib.languages import CONTENT_LANGUAGES

if TYPE_CHECKING:
    UserForm = forms.ModelForm[User]
else:
    # Django's own classes take no type parameter when they run.
    UserForm = forms.ModelForm


class HabitsForm(UserForm):
    """In which language and at which hour the portal speaks to a person."""

    language = forms.ChoiceField(label=_("Language"), help_text=_("Pages and mails come in this language."))
    timezone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Times are shown in it; others see what hour it is where you are.")
    )

    class Meta:
        model = User
        fields = ("language", "timezone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose_from("language", list(settings.LANGUAGES), dict(CONTENT_LANGUAGES))
        self._choose_from("timezone", zone_choices(), {})

    def _choose_from(self, name: str, choices: list[Any], names: dict[str, Any]) -> None:
        """What the person has already stays possible, also where it is not offered (any more)."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = choices
        current = getattr(self.instance, name)
        if current and not field.valid_value(current):
            field.choices = [*choices, (current, names.get(current, current))]


class ProfileForm(HabitsForm):
    spoken_languages = forms.MultipleChoiceField(
        label=_("Other languages you can be written to in"),
        choices=CONTENT_LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta(HabitsForm.Meta):
        fields = ("name", "pronouns", "language", "spoken_languages", "timezone")  # type: ignore[assignment]  # longer
        labels: ClassVar[dict[str, Any]] = {"name": _("Name"), "pronouns": _("Pronouns")}
        help_texts: ClassVar[dict[str, Any]] = {
            "name": _("As colleagues in other cities should know you. Everybody signed in sees it."),
            "pronouns": _("If you like, shown beside your name."),
        }


class ClosingForm(forms.Form):
    """What remains of the name on what the person wrote."""

    keep_name = forms.ChoiceField(
        label=_("What I wrote stays with my teams, signed"),
        choices=[("yes", _("with my name")), ("no", _("“Former member”"))],
        initial="yes",
        widget=forms.RadioSelect,
    )
    sure = forms.BooleanField(label=_("I know that I cannot sign in any more and that this cannot be undone."))
