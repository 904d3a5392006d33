"""Learning from another city: starting from its work, saying where one's own came from, telling what came of it."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import URLValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cities.models import Team
from projects.forms.base import PROBLEM_HELP, RecordForm, Words, let_text_choose_direction
from projects.models import Adaptation, Project
from projects.plain_text import validate_has_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KEPT_HELP = _("What you take over as it is. The team you learn from will read it.")
KEPT_OUTSIDE_HELP = _("What you take over as it is.")
CHANGED_HELP = _("What is different where you are, and why. It may stay empty until you know.")


def _kept(told: "StrOrPromise" = KEPT_HELP) -> Words:
    return Words(label=_("What you keep"), help_text=told, widget=forms.Textarea({"rows": 3}), max_length=2000)


def _changed() -> Words:
    return Words(
        label=_("What you change"),
        help_text=CHANGED_HELP,
        widget=forms.Textarea({"rows": 3}),
        max_length=2000,
        required=False,
    )


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
    kept = _kept()
    changed = _changed()

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.filter(pk__in=[team.pk for team in teams])  # type: ignore[attr-defined]  # a choice of rows
        if len(teams) == 1:
            self.fields["team"].widget = forms.HiddenInput()
            self.fields["team"].initial = teams[0].pk
        let_text_choose_direction(self)


class SourceForm(forms.Form):
    """A project of the network that one's own came from: any that the person sees, of those that were found."""

    source = forms.ModelChoiceField(
        Project.objects.none(),
        label=_("The project it came from"),
        to_field_name="slug",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Choose the project it came from."),
            "invalid_choice": _("Choose one of the projects that were found."),
        },
    )
    kept = _kept()
    changed = _changed()

    def __init__(self, *args: Any, projects: QuerySet[Project], found: list[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        field.queryset = projects  # type: ignore[attr-defined]  # a ModelChoiceField
        # Only what was found is offered; anything the person sees is accepted.
        field.widget.choices = [(project.slug, f"{project.team.city.name} · {project.title}") for project in found]
        let_text_choose_direction(self)


class _Outside(forms.Form):
    """Whose work it is, outside the network, and where it can be read."""

    outside_name = Words(
        label=_("Whose work it is"),
        help_text=_("A city, an organisation, a programme: as people there would call it."),
        max_length=200,
        validators=[validate_has_words],
    )
    outside_url = forms.URLField(
        label=_("Where it can be read"),
        help_text=_("The address of a page, if there is one."),
        max_length=500,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(["http", "https"])],
        error_messages={"invalid": _("The address of a page begins with https:// or http://.")},
    )


class OutsideForm(_Outside):
    kept = _kept(KEPT_OUTSIDE_HELP)
    changed = _changed()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        let_text_choose_direction(self)


class ReportForm(RecordForm):
    """For what came from a project of the network; `OutsideReportForm` for the rest."""

    class Meta:
        model = Adaptation
        fields = ["came_of_it", "kept", "changed"]
        widgets = {
            name: forms.Textarea({"rows": rows}) for name, rows in (("came_of_it", 5), ("kept", 3), ("changed", 3))
        }
        help_texts = {"came_of_it": _("What happened when you tried it. The team you learned from will read it.")}


class OutsideReportForm(RecordForm, _Outside):
    field_order = ["came_of_it", "kept", "changed", "outside_name", "outside_url"]

    class Meta(ReportForm.Meta):
        fields = ["came_of_it", "kept", "changed", "outside_name", "outside_url"]
        help_texts = {"came_of_it": _("What happened when you tried it.")}


def report_form(data: Any, adaptation: Adaptation) -> RecordForm:
    return (ReportForm if adaptation.source_id else OutsideReportForm)(data, instance=adaptation)
