"""Asking to meet, asking the network, and answering both."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cities.models import Team
from engagement.choices import IntroductionReason
from engagement.forms.choosing import OwnTeamField, offer
from innoteams.accounts.models import User
from innoteams.lib.languages import CONTENT_LANGUAGES
from projects.plain_text import validate_has_words, validate_plain


def own_teams(person: User) -> QuerySet[Team]:
    """Teams in whose name the person asks and answers."""
    teams: QuerySet[Team] = Team.objects.active().writable_by(person).select_related("city").order_by("city__slug")
    return teams


class _InOwnName(forms.Form):
    """Shows the choice of team only to people who write for several."""

    team_field = "team"

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = own_teams(by)
        offer(self, self.team_field, teams)
        first_two = list(teams[:2])
        self.initial.setdefault(self.team_field, first_two[0].pk if first_two else None)
        self.initial.setdefault("language", by.language)
        if len(first_two) < 2:
            self.fields[self.team_field].widget = forms.HiddenInput()


class AskIntroductionForm(_InOwnName):
    team_field = "from_team"

    from_team = OwnTeamField(label=_("In the name of"), queryset=Team.objects.none())
    reason = forms.ChoiceField(label=_("Why them?"), choices=IntroductionReason.choices, widget=forms.RadioSelect)
    message = forms.CharField(
        label=_("A short message"),
        help_text=_("Two or three sentences: what you are working on and what you would like to ask them."),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
    )
    language = forms.ChoiceField(label=_("Written in"), choices=CONTENT_LANGUAGES)


class WhomForm(forms.Form):
    """Whom to ask, where the way did not begin at a city or a project. It only leads on, by a GET."""

    team = OwnTeamField(
        label=_("Which city would you like to meet?"), queryset=Team.objects.none(), to_field_name="slug"
    )

    def __init__(self, *, by: User) -> None:
        super().__init__()
        others = Team.objects.active().exclude(pk__in=Team.objects.of_member(by))
        offer(self, "team", others.select_related("city").order_by("city__slug"))


class AskQuestionForm(_InOwnName):
    text = forms.CharField(
        label=_("Your question"),
        help_text=_("One sentence that somebody can answer in two minutes."),
        max_length=300,
        validators=[validate_plain],
    )
    context = forms.CharField(
        label=_("What they should know to answer"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        validators=[validate_plain],
    )
    language = forms.ChoiceField(label=_("Written in"), choices=CONTENT_LANGUAGES)
    team = OwnTeamField(label=_("In the name of"), queryset=Team.objects.none(), required=False)


class AnswerQuestionForm(_InOwnName):
    text = forms.CharField(
        label=_("Your answer"), max_length=2000, widget=forms.Textarea({"rows": 4}), validators=[validate_plain]
    )
    language = forms.ChoiceField(label=_("Written in"), choices=CONTENT_LANGUAGES)
    team = OwnTeamField(label=_("In the name of"), queryset=Team.objects.none(), required=False)


class ShortQuestionForm(forms.Form):
    """Asked where one reads: a single field. The language is guessed, the team is one's own."""

    text = forms.CharField(
        label=_("Your question"),
        help_text=_("One sentence that somebody can answer in two minutes."),
        max_length=300,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
        validators=[validate_plain, validate_has_words],
    )


class ShortAnswerForm(forms.Form):
    text = forms.CharField(
        label=_("Your answer"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        validators=[validate_plain],
    )
