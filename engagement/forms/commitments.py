"""A commitment: what, who, until when."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cities.querysets import today
from engagement.coaching.people import pair_of
from engagement.forms.choosing import DAY, FARTHEST, PersonField, offer
from engagement.models import CoachingEngagement
from innoteams.accounts.models import User


class CommitmentForm(forms.Form):
    text = forms.CharField(label=_("What"), max_length=300)
    owner = PersonField(label=_("Who"), queryset=User.objects.none())
    due_on = forms.DateField(
        label=_("Until"), widget=DAY, error_messages={"invalid": _("Write the day as year-month-day.")}
    )

    def __init__(self, *args: Any, engagement: CoachingEngagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", User.objects.filter(pk__in=[one.pk for one in pair_of(engagement)]).order_by("name"))

    def clean_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_on"]
        if day < today():
            raise forms.ValidationError(_("This day is over. Choose today or a later one."))
        if day > today() + FARTHEST:
            raise forms.ValidationError(_("This is more than two years away. Please look at the year again."))
        return day
