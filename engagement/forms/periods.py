"""When check-ins open and are due."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engagement.choices import Rhythm
from engagement.forms.choosing import FARTHEST

_TWENTY_YEARS = 10 * FARTHEST


class _Day(forms.DateField):
    """The browser's own calendar; a day that a person may mean."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        invalid = _("Write the day as year-month-day, such as 2026-10-05.")
        super().__init__(widget=widget, error_messages={"invalid": invalid}, **kwargs)

    def clean(self, value: Any) -> dt.date | None:
        day: dt.date | None = super().clean(value)
        if day is not None and abs(day - dt.date.today()) > _TWENTY_YEARS:  # noqa: DTZ011 - a year more or less
            raise forms.ValidationError(_("Please look at the year again."))
        return day


class RhythmForm(forms.Form):
    rhythm = forms.ChoiceField(label=_("How often"), choices=Rhythm.choices, widget=forms.RadioSelect)
    days = forms.IntegerField(
        label=_("Days to send it"),
        help_text=_("Counted from the last day of the period. On dates of your own, each has its own due day."),
        min_value=1,
        max_value=90,
    )
    starts_on = _Day(
        label=_("From when"),
        help_text=_("No period that begins before this day is opened."),
    )


class DatesForm(forms.Form):
    """A period on dates of its own."""

    title = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("As teams will read it, such as “First residence”.")
    )
    starts_on = _Day(label=_("First day"))
    ends_on = _Day(label=_("Last day"))
    due_on = _Day(label=_("Due on"))


class ChangePeriodForm(forms.Form):
    """The days of a period that is open already."""

    starts_on = _Day(label=_("First day"))
    ends_on = _Day(label=_("Last day"))
    due_on = _Day(label=_("Due on"))
    why = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("One sentence. The leads of every team that was not accepted yet get it by mail."),
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
