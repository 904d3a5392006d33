"""The record of a project: the short form, its draft, and everything that a team says in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cities.choices import BELONGING
from cities.models import Team
from innoteams.accounts.models import User
from projects.choices import CostBand, Phase
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
        team.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])  # type: ignore[attr-defined]  # a choice of rows
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


class Degrees(forms.FloatField):
    """Degrees with a point or a comma. Not a number input: phones leave the minus sign out of its keyboard."""

    widget = forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "maxlength": 40, "size": 12})

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


# What maps give when a place is copied: “47.75, 7.34”, also with commas in the numbers (“47,75; 7,34”).
_PAIR = re.compile(r"\s*\(?(-?\d+(?:\.\d+)?)\s*[,; ]\s*(-?\d+(?:\.\d+)?)\)?\s*")
_PAIR_WITH_COMMAS = re.compile(r"\s*(-?\d+(?:,\d+)?)\s*(?:;|\s)\s*(-?\d+(?:,\d+)?)\s*")


def _pair_apart(data: Any) -> Any:
    """Both numbers pasted into the first field are put where they belong."""
    typed = data.get("latitude", "")
    if data.get("longitude") or not isinstance(typed, str):
        return data
    pair = _PAIR_WITH_COMMAS.fullmatch(typed) or (_PAIR.fullmatch(typed) if "." in typed else None)
    if not pair:
        return data
    apart = data.copy()
    apart["latitude"], apart["longitude"] = pair.groups()
    return apart


Text = str | Promise

# Key, heading, what belongs there, and the fields in the order in which they are asked.
SECTIONS: tuple[tuple[str, Text, Text, tuple[str, ...]], ...] = (
    (
        "problem",
        _("The problem"),
        _("What others read first, and find the project by."),
        ("title", "problem", "for_whom", "topics", "language"),
    ),
    (
        "doing",
        _("What you do"),
        _("What you try, since when, and what it taught you."),
        ("approach", "started_on", "lesson"),
    ),
    (
        "where",
        _("Where and who"),
        _("The part of the city, and who does it together."),
        ("neighbourhood", "latitude", "longitude", "departments", "partners"),
    ),
    (
        "takes",
        _("What it takes"),
        _("By this another city judges whether it would fit there. A rough answer is worth more than none."),
        ("cost_band", "staff_time", "competence", "conditions", "reusable"),
    ),
    (
        "keeps",
        _("Who keeps it"),
        _("So that what you know stays when people leave."),
        ("contact", "successor", "lasting_owner"),
    ),
)
_ALWAYS_OPEN = ("problem", "doing")


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    heading: Text
    lede: Text
    fields: list[BoundField]
    told: int
    is_open: bool
    is_wrong: bool

    @property
    def total(self) -> int:
        return len([field for field in self.fields if field.name != "longitude"])


class ProjectForm(RecordForm):
    """Everything that a team says about a project in words, in five sections."""

    topics = RankedTopicsField(label=_("Topics"), help_text=_("Up to three, the most important first."))
    latitude = Degrees(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    longitude = Degrees(label=_("Longitude"), required=False, min_value=-180, max_value=180)
    told_at = "latitude"

    class Meta:
        model = Project
        fields = [
            "title", "problem", "for_whom", "topics", "language", "approach", "started_on", "lesson", "neighbourhood",
            "latitude", "longitude", "departments", "partners", "cost_band", "staff_time", "competence", "conditions",
            "reusable", "contact", "successor", "lasting_owner",
        ]  # fmt: skip
        widgets = {
            "started_on": Day,
            "departments": forms.CheckboxSelectMultiple,
            # As wide as what people write there; the box grows with it.
            **{name: forms.Textarea(attrs={"rows": 2}) for name in ("partners", "staff_time", "competence")},
        }
        help_texts = {
            "title": _("What you would call it in a conversation."),
            "problem": PROBLEM_HELP,
            "for_whom": _("For example: residents over 75 who live alone."),
            "language": _("The language you write this project in. It is shown to readers as such."),
            "approach": _("What you do about it, in a few sentences."),
            "lesson": _("What you would tell a city that starts tomorrow, also what did not work."),
            "neighbourhood": _("The name people there use, or a few words: around the market hall."),
            "departments": _("Who of the city's administration takes part."),
            "partners": _("Who does it with you."),
            "cost_band": _("Roughly, in euros or dollars, for the whole of it; your own working time is not counted."),
            "staff_time": _("For example: two people, one day a week, for six months."),
            "competence": _("What the authority must be allowed to do, and what people must know how to do."),
            "conditions": _("Without what it would not have worked: a decision, a partner, a place, a law."),
            "reusable": _("Texts, forms, drawings, code, a method: what you would hand over if asked."),
            "contact": _("Named on the page with languages and local time; the address is never shown."),
            "successor": _("Whom others ask once that person has moved on."),
            "lasting_owner": _("The department or body that keeps it going after the project: a name on paper helps."),
        }

    def __init__(self, data: Any = None, *, instance: Project, opened: str = "") -> None:
        """`opened`: the key of a section that the reader was sent to."""
        super().__init__(_pair_apart(data) if data is not None else None, instance=instance)
        self.opened = opened
        self.fields["topics"].load(all_topics())  # type: ignore[attr-defined]  # the field declared above
        self.initial["topics"] = [ranked.topic.slug for ranked in instance.ranked_topics.select_related("topic")]
        self.fields["cost_band"].choices = [("", _("not told yet")), *CostBand.choices]  # type: ignore[attr-defined]  # a choice field
        current = instance.team.memberships.current().filter(right__in=BELONGING)
        people = User.objects.filter(pk__in=current.values("person")).order_by("name", "pk")
        for name in ("contact", "successor"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]  # a choice of rows
            self.fields[name].empty_label = _("nobody yet")  # type: ignore[attr-defined]  # a choice of rows
        departments = instance.team.city.departments.all()
        if departments:
            self.fields["departments"].queryset = departments  # type: ignore[attr-defined]  # a choice of rows
        else:
            del self.fields["departments"]

    @property
    def sections(self) -> Iterator[Section]:
        for key, heading, lede, names in SECTIONS:
            fields = [self[name] for name in names if name in self.fields]
            told = sum(bool(field.value()) for field in fields if field.name != "longitude")
            is_wrong = any(field.errors for field in fields)
            is_open = bool(told) or is_wrong or key == self.opened or key in _ALWAYS_OPEN
            yield Section(key, heading, lede, fields, told, is_open, is_wrong)
