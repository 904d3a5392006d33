"""What the forms about a project have in common."""

import copy
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext_lazy as _

from innoteams.lib.rich_text import RichTextFormField
from projects.choices import Visibility
from projects.days import EARLIEST, validate_day
from projects.levels import narrower_than
from projects.models import Project
from projects.plain_text import validate_plain

LEVEL_HELP = _("Never more people than see the project. You can change it at any time, and it holds at once.")
OWN_LEVELS = {
    Visibility.TEAM: _("Only your team"),
    Visibility.PROGRAMME: _("Your team, its coach and its coordinators"),
    Visibility.NETWORK: _("Everybody who is signed in"),
    Visibility.PUBLIC: _("Everybody"),
}
WHY_OR_QUESTIONS = _("One sentence for the next reader. If it stops, five short questions follow instead.")
PROBLEM_HELP = _("Two sentences are enough: what does not work, and how you know.")


class Day(forms.DateInput):
    """The browser's own calendar; it wants the day as year-month-day in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"min": EARLIEST.isoformat()})


class DayField(forms.DateField):
    """A day that a person may mean: not in the year 26, not in 9999."""

    widget = Day
    default_validators = [validate_day]


class RichWords(RichTextFormField):
    """Text that people read, with the little form it may have."""

    default_validators = [validate_plain]


class Words(forms.CharField):
    """Text that people read."""

    default_validators = [validate_plain]


class Why(Words):
    """The sentence that a choice is given with."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Why"), "max_length": 1000, **kwargs})


class OneOf(forms.ChoiceField):
    """One of the few ways that are open now, all of them in sight; the form that has it says which."""

    widget = forms.RadioSelect

    def __init__(self, *, label: Any, gone: Any) -> None:
        super().__init__(label=label, error_messages={"invalid_choice": gone})


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
        for field in self.fields.values():
            # The fields that Django makes of a model's; a DayField of the form's own knows it already.
            if isinstance(field, forms.DateField) and validate_day not in field.validators:
                field.validators.append(validate_day)

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


class WithOwnLevel(forms.Form):
    """Mixed into a form about a part of a project that fewer people may see than the project itself."""

    visibility = forms.ChoiceField(label=_("Who sees this"), help_text=LEVEL_HELP, required=False)
    own_level = ""

    def offer_levels(self, project: Project, own: str = "") -> None:
        """Called by `__init__`; `own` is the level that the part has now."""
        self.own_level = own
        offered = narrower_than(project.visibility)
        if own and Visibility(own) not in offered:
            # Wider than the project for now. It stays, in case the project is shared wider again.
            offered = [Visibility(own), *offered]
        if offered:
            whole = _("As the project (%(level)s)") % {"level": Visibility(project.visibility).label}
            choices = [("", whole), *((level.value, OWN_LEVELS[level]) for level in offered)]
            self.fields["visibility"].choices = choices  # type: ignore[attr-defined]  # the field declared above
            self.initial["visibility"] = own
        else:
            # The project is the team's alone: there is nothing to narrow.
            del self.fields["visibility"]

    def clean_visibility(self) -> str:
        """A form sent without the choice (one opened earlier, a program) leaves the level as it is: it never widens."""
        sent = self.add_prefix("visibility") in self.data
        chosen: str = self.cleaned_data["visibility"] if sent else self.own_level
        return chosen


class PartForm(WithOwnLevel, RecordForm):
    """A form over such a part."""

    def __init__(self, data: Any = None, *, project: Project, instance: Any = None, initial: Any = None) -> None:
        super().__init__(data, instance=instance, initial=initial)
        self.offer_levels(project, instance.visibility if instance is not None else "")
