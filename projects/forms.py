"""Clean input for the verbs. Forms here know nothing about rights, and write nothing."""

import copy
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext_lazy as _

from cities.choices import BELONGING
from cities.models import Team
from innoteams.accounts.models import User
from innoteams.lib.languages import CONTENT_LANGUAGES
from projects.choices import Decision, Outcome, Phase
from projects.models import (
    Adaptation,
    Consultation,
    Indicator,
    JournalEntry,
    Pilot,
    Project,
    Reading,
)
from projects.phases import moves_from
from projects.pilots import decisions_from
from projects.plain_text import validate_has_words, validate_plain
from projects.topic_field import RankedTopicsField, all_topics


class Day(forms.DateInput):
    """The browser's own calendar; it wants the day as year-month-day in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Words(forms.CharField):
    """Text that people read."""

    default_validators = [validate_plain]


def let_text_choose_direction(form: forms.BaseForm) -> None:
    """Hebrew typed into an English page runs from right to left, and the other way round."""
    for field in form.fields.values():
        if isinstance(field, forms.CharField):
            field.widget.attrs.setdefault("dir", "auto")


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]  # one base for forms of several models
    """A form over a copy of the row: what was typed must not show elsewhere on the page before it is saved."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    told_at: ClassVar[str] = ""

    def __init__(self, data: Any = None, *, instance: Any = None, initial: Any = None) -> None:
        super().__init__(data, instance=copy.copy(instance), initial=initial)
        if instance is None or not hasattr(instance, "version"):
            del self.fields["version"]
        else:
            self.initial["version"] = instance.version
        let_text_choose_direction(self)

    def add_error(self, field: str | None, error: Any) -> None:
        """A rule of the whole row (a database constraint) is told at the field that it is about."""
        by_field = getattr(error, "error_dict", {})
        if field is None and self.told_at and NON_FIELD_ERRORS in by_field:
            by_field.setdefault(self.told_at, []).extend(by_field.pop(NON_FIELD_ERRORS))
        super().add_error(field, error)

    @property
    def given(self) -> dict[str, Any]:
        """The cleaned fields without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    @property
    def seen_version(self) -> int:
        return self.cleaned_data.get("version") or 0


_PROBLEM_HELP = _("Two sentences are enough: what does not work, and how you know.")


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
            "problem": _PROBLEM_HELP,
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
            "problem": _PROBLEM_HELP,
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


class PhaseForm(forms.Form):
    to = forms.ChoiceField(label=_("Move to"), widget=forms.RadioSelect)
    note = Words(
        label=_("Why"),
        help_text=_("One sentence for the next reader: what you know now that you did not know before."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )

    def __init__(self, *args: Any, phase: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(to.value, to.label) for to in moves_from(phase)]  # type: ignore[attr-defined]


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(label=_("What came of it"), choices=Outcome.choices, widget=forms.RadioSelect)
    lesson = Words(
        label=_("What was learned"),
        help_text=_("Asked when a project stops: then it is the most useful part for others."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=3000,
        required=False,
    )


class PilotForm(RecordForm):
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
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    note = Words(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False)
    lessons = Words(
        label=_("What was learned"),
        help_text=_("Asked when a pilot stops. It is shown first, before any figure."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=6000,
        required=False,
    )

    def __init__(self, *args: Any, pilot: Pilot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(decision.value, _DECISIONS[decision]) for decision in decisions_from(pilot.decision)]
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]
        self.fields["lessons"].initial = pilot.lessons


class JournalForm(RecordForm):
    language = forms.ChoiceField(label=_("Written in"), choices=CONTENT_LANGUAGES)

    class Meta:
        model = JournalEntry
        fields = ["text", "happened_on", "language"]
        widgets = {"happened_on": Day, "text": forms.Textarea(attrs={"rows": 5})}
        help_texts = {"text": _("A few sentences. No names or stories of residents without their consent.")}


class ConsultationForm(RecordForm):
    class Meta:
        model = Consultation
        fields = ["held_on", "method", "heard", "heard_count", "said", "changed"]
        widgets = {"held_on": Day}
        help_texts = {
            "method": _("A walk, a survey, coffee in the courtyard…"),
            "heard": _("Which residents, not their names."),
            "said": _("In their words where you can."),
        }


class IndicatorForm(RecordForm):
    told_at = "target_on"

    class Meta:
        model = Indicator
        fields = ["name", "unit", "better", "baseline", "baseline_on", "target", "target_on"]
        widgets = {"baseline_on": Day, "target_on": Day, "better": forms.RadioSelect}
        help_texts = {
            "name": _("For example: people over 75 who had a visit this week."),
            "unit": _("For example: people, minutes, % of households."),
            "baseline": _("Where it stood before. Leave it empty if nobody knows yet."),
            "target": _("Leave it empty if there is none yet."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["better"].choices = [choice for choice in self.fields["better"].choices if choice[0]]  # type: ignore[attr-defined]


class ReadingForm(RecordForm):
    class Meta:
        model = Reading
        fields = ["value", "read_on", "kind", "source"]
        widgets = {"read_on": Day, "kind": forms.RadioSelect}
        help_texts = {
            "kind": _(
                "Measured: with a method others could repeat. Counted: a list or a tally. Claimed: somebody says so."
            ),
            "source": _("A list, a survey, a count at the door."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [choice for choice in self.fields["kind"].choices if choice[0]]  # type: ignore[attr-defined]


class AdaptForm(forms.Form):
    """What is kept and what is changed is asked at once: it is what the source team wants to know."""

    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"))
    title = Words(label=_("Title of your project"), max_length=120, validators=[validate_has_words])
    problem = Words(
        label=_("The problem where you are"),
        help_text=_PROBLEM_HELP,
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
