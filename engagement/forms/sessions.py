"""Planning and logging a session."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.forms.choosing import FARTHEST
from engagement.models import CoachingSession


class PlanSessionForm(forms.Form):
    starts_at = forms.SplitDateTimeField(
        label=_("When"),
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date"}, time_attrs={"type": "time"}, date_format="%Y-%m-%d", time_format="%H:%M"
        ),
        error_messages={
            "required": _("Give a day and an hour."),
            "invalid_date": _("Write the day as year-month-day, such as 2026-10-05."),
            "invalid_time": _("Write the hour as 14:30."),
        },
    )
    place = forms.CharField(label=_("Place or link"), max_length=300, required=False)
    aim = forms.CharField(
        label=_("Aim"),
        help_text=_("What should be different after this session?"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean_starts_at(self) -> dt.datetime:
        moment: dt.datetime = self.cleaned_data["starts_at"]
        if abs(moment - timezone.now()) > FARTHEST:
            raise forms.ValidationError(_("This is more than two years away. Please look at the year again."))
        return moment


class LogSessionForm(forms.Form):
    """In the order in which one remembers: what happened, what it showed, what to keep."""

    happened = forms.CharField(label=_("What happened"), max_length=6000, widget=forms.Textarea({"rows": 5}))
    observations = forms.CharField(
        label=_("Observations"), max_length=6000, required=False, widget=forms.Textarea({"rows": 4})
    )
    lessons = forms.CharField(label=_("Lessons"), max_length=6000, required=False, widget=forms.Textarea({"rows": 4}))
    known_log = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, session: CoachingSession) -> None:
        known = session.logged_at.isoformat() if session.logged_at else ""
        initial = {name: getattr(session, name) for name in ("happened", "observations", "lessons")}
        super().__init__(data, initial={**initial, "known_log": known})

    def clean_known_log(self) -> dt.datetime | None:
        text = self.cleaned_data["known_log"]
        try:
            return dt.datetime.fromisoformat(text) if text else None
        except ValueError:
            return None
