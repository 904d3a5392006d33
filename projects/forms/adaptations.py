"""Learning from another city."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cities.models import Team
from projects.forms.base import PROBLEM_HELP, RecordForm, Words
from projects.models import Adaptation
from projects.plain_text import validate_has_words


class AdaptForm(forms.Form):
    """What is kept and what is changed is asked at once: it is what the source team wants to know."""

    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"))
    title = Words(label=_("Title of your project"), max_length=120, validators=[validate_has_words])
    problem = Words(
        label=_("The problem where you are"),
        help_text=PROBLEM_HELP,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1200,
    )
    for_whom = Words(label=_("For whom"), max_length=200)
    kept = Words(label=_("What you keep"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    changed = Words(
        label=_("What you change"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.filter(pk__in=[team.pk for team in teams])  # type: ignore[attr-defined]
        if len(teams) == 1:
            self.fields["team"].widget = forms.HiddenInput()
            self.fields["team"].initial = teams[0].pk


class ReportForm(RecordForm):
    class Meta:
        model = Adaptation
        fields = ["kept", "changed", "came_of_it"]
        help_texts = {"came_of_it": _("What happened when you tried it. The team you learned from will read it.")}
