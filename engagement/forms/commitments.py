"""A commitment: what, who, until when, and what in the portal completes it."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cities.querysets import today
from engagement.choices import Act
from engagement.coaching.commitments import fingerprint, projects_for
from engagement.coaching.people import pair_of
from engagement.forms.choosing import DAY, FARTHEST, PersonField, offer
from engagement.models import CoachingEngagement, Commitment
from innoteams.accounts.models import User
from projects.models import Project

if TYPE_CHECKING:
    _OfProjects = forms.ModelChoiceField[Project]
else:
    _OfProjects = forms.ModelChoiceField

ACTS = [("", _("somebody says so")), *Act.choices]


class ProjectField(_OfProjects):
    def label_from_instance(self, obj: Project) -> str:
        return obj.title


class PromiseFields(forms.Form):
    """What can be changed later, too."""

    text = forms.CharField(label=_("What"), max_length=300, widget=forms.TextInput({"dir": "auto"}))
    due_on = forms.DateField(
        label=_("Until"), widget=DAY, error_messages={"invalid": _("Write the day as year-month-day.")}
    )
    act = forms.ChoiceField(
        label=_("Done when"),
        choices=ACTS,
        required=False,
        help_text=_("Bound to an act it is ticked off by itself, as soon as somebody of the team does it."),
    )
    project = ProjectField(
        label=_("In which project"),
        queryset=Project.objects.none(),
        required=False,
        empty_label=_("any project of the team"),
    )
    # A day that stands already may be over.
    kept_day: dt.date | None = None

    def clean_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_on"]
        if day == self.kept_day:
            return day
        if day < today():
            raise forms.ValidationError(_("This day is over. Choose today or a later one."))
        if day > today() + FARTHEST:
            raise forms.ValidationError(_("This is more than two years away. Please look at the year again."))
        return day


class CommitmentForm(PromiseFields):
    """`person` fills it in: only projects that they see are offered; without a person none is."""

    owner = PersonField(label=_("Who"), queryset=User.objects.none())
    field_order = ("text", "owner", "due_on", "act", "project")

    def __init__(self, *args: Any, engagement: CoachingEngagement, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", User.objects.filter(pk__in=[one.pk for one in pair_of(engagement)]).order_by("name"))
        if person is None:
            del self.fields["project"]
        else:
            offer(self, "project", projects_for(person, engagement.team))


class ChangeCommitmentForm(PromiseFields):
    """Other words, another day. The project of a promise that the person does not see stays as it is."""

    known = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, commitment: Commitment, person: User) -> None:
        names = ("text", "due_on", "act", "project")
        initial = {name: getattr(commitment, name) for name in names} | {"known": fingerprint(commitment)}
        super().__init__(data, initial=initial)
        self.commitment, self.kept_day = commitment, commitment.due_on
        seen = projects_for(person, commitment.engagement.team)
        if commitment.project_id and not seen.filter(pk=commitment.project_id).exists():
            del self.fields["project"]
        else:
            offer(self, "project", seen)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "project" not in self.fields:
            cleaned["project"] = self.commitment.project
        return cleaned

    def take_theirs(self, now: Commitment) -> None:
        """Somebody changed it meanwhile: what was typed stays, and saving again is a decision."""
        self.data = {**self.data.dict(), "known": fingerprint(now)} if isinstance(self.data, QueryDict) else self.data


class HandOverForm(forms.Form):
    owner = PersonField(label=_("Who takes it on"), queryset=User.objects.none(), empty_label=_("Choose a person"))

    def __init__(self, data: Any = None, *, commitment: Commitment) -> None:
        super().__init__(data)
        others = [one.pk for one in pair_of(commitment.engagement) if one.pk != commitment.owner_id]
        offer(self, "owner", User.objects.filter(pk__in=others).order_by("name"))


class LetGoForm(forms.Form):
    why = forms.CharField(
        label=_("Why not any more?"),
        help_text=_("One sentence. That something turned out not to be worth it is a result, too."),
        max_length=300,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
