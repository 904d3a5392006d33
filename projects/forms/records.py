"""The record of a project: the short form, its draft, and everything that a team says in words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cities.choices import BELONGING
from cities.models import Team
from innoteams.accounts.models import User
from projects.choices import Phase
from projects.forms.base import PROBLEM_HELP, Day, RecordForm, let_text_choose_direction
from projects.models import Project
from projects.topic_field import RankedTopicsField, all_topics


class NewProjectForm(forms.ModelForm):  # type: ignore[type-arg]  # as above
    """The short form: five questions, and the team for people who write for several."""

    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"))
    topics = RankedTopicsField(label=_("Topics"), help_text=_("Up to three, the most important first."))
    draft_key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Project
        fields = ["title", "problem", "for_whom", "phase"]
        widgets = {"problem": forms.Textarea(attrs={"rows": 4}), "phase": forms.RadioSelect}
        help_texts = {
            "title": _("What you would call it in a conversation."),
            "problem": PROBLEM_HELP,
            "for_whom": _("For example: residents over 75 who live alone."),
        }

    field_order = ["team", "title", "problem", "for_whom", "topics", "phase"]

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].load(all_topics())  # type: ignore[attr-defined]  # the field declared above
        team = self.fields["team"]
        team.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])  # type: ignore[attr-defined]
        if len(teams) == 1:
            team.widget = forms.HiddenInput()
            team.initial = teams[0].pk
        self.fields["phase"].choices = Phase.choices  # type: ignore[attr-defined]  # without "not chosen"
        let_text_choose_direction(self)

    @property
    def given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("title", "problem", "for_whom", "topics", "phase")}


class DraftForm(NewProjectForm):
    """The same while it is being typed: only the title must be there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("problem", "for_whom", "topics"):
            self.fields[name].required = False


class ProjectForm(RecordForm):
    """Everything that a team says about a project in words."""

    topics = RankedTopicsField(label=_("Topics"), help_text=_("Up to three, the most important first."))

    class Meta:
        model = Project
        fields = [
            "title", "problem", "for_whom", "topics", "approach", "lesson", "departments", "partners",
            "neighbourhood", "started_on", "contact", "language",
        ]  # fmt: skip
        widgets = {"started_on": Day, "departments": forms.CheckboxSelectMultiple}
        help_texts = {
            "problem": PROBLEM_HELP,
            "approach": _("What you do about it, in a few sentences."),
            "lesson": _("What you would tell a city that starts tomorrow, also what did not work."),
            "partners": _("Who does it with you."),
            "contact": _("Named on the page with languages and local time; the address is never shown."),
            "language": _("The language you write this project in. It is shown to readers as such."),
        }

    def __init__(self, data: Any = None, *, instance: Project) -> None:
        super().__init__(data, instance=instance)
        self.fields["topics"].load(all_topics())  # type: ignore[attr-defined]  # the field declared above
        self.initial["topics"] = [ranked.topic.slug for ranked in instance.ranked_topics.select_related("topic")]
        current = instance.team.memberships.current().filter(right__in=BELONGING)
        self.fields["contact"].queryset = User.objects.filter(pk__in=current.values("person"))  # type: ignore[attr-defined]
        departments = instance.team.city.departments.all()
        if departments:
            self.fields["departments"].queryset = departments  # type: ignore[attr-defined]
        else:
            del self.fields["departments"]
