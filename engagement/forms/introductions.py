"""Answering an introduction, letting it rest, brokering one, and telling whether it helped."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cities.models import Team
from cities.querysets import today
from engagement.choices import Help, IntroductionReason
from engagement.forms.choosing import TeamField, offer
from engagement.introductions.answering import LONGEST_REST, RESTS_FOR
from innoteams.accounts.models import User
from innoteams.lib.languages import CONTENT_LANGUAGES
from projects.plain_text import validate_has_words


class AnswerIntroductionForm(forms.Form):
    words = forms.CharField(
        label=_("A word with your answer"),
        help_text=_("It may stay empty. The other side reads it with your yes or your no."),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )


class RestForm(forms.Form):
    until = forms.DateField(
        label=_("It waits for you again from"),
        help_text=_("Nothing is sent until then. You can answer earlier."),
        widget=forms.DateInput({"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("until", (today() + RESTS_FOR).isoformat())
        first, last = today() + dt.timedelta(days=1), today() + LONGEST_REST
        self.fields["until"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}


class HelpedForm(forms.Form):
    helped = forms.ChoiceField(
        label=_("Did it help?"),
        choices=Help.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )
    note = forms.CharField(
        label=_("In a sentence"), max_length=400, required=False, widget=forms.TextInput({"dir": "auto"})
    )

    @property
    def given(self) -> dict[str, str]:
        """For `say_helped`."""
        return {"said": self.cleaned_data["helped"], "note": self.cleaned_data["note"]}


class BrokerForm(forms.Form):
    """Which two teams: one that the coordinator accompanies, and any other."""

    from_team = TeamField(label=_("A team that you accompany"), queryset=Team.objects.none(), to_field_name="slug")
    to_team = TeamField(label=_("And whom it should meet"), queryset=Team.objects.none(), to_field_name="slug")
    reason = forms.ChoiceField(label=_("Why the two?"), choices=IntroductionReason.choices, widget=forms.RadioSelect)
    message = forms.CharField(
        label=_("A short message to both"),
        help_text=_("Two or three sentences: what they have in common, and what they could talk about. Both read it."),
        max_length=1000,
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
        validators=[validate_has_words],
    )
    language = forms.ChoiceField(label=_("Written in"), choices=CONTENT_LANGUAGES)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active: QuerySet[Team] = Team.objects.active().select_related("city").order_by("city__slug")
        offer(self, "from_team", active.coordinated_by(by))  # type: ignore[attr-defined]  # a TeamQuerySet
        offer(self, "to_team", active)
        self.initial.setdefault("language", by.language)
