"""Opening an engagement, and what the pair writes in it."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cities.models import Membership, Team
from cities.querysets import today
from engagement.choices import Drawer
from engagement.coaching import pair_of
from engagement.forms.choosing import PersonField, TeamField, offer
from engagement.models import CoachingEngagement, CoachingSession
from innoteams.accounts.models import User

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
FARTHEST = dt.timedelta(days=2 * 366)


class OpenEngagementForm(forms.Form):
    team = TeamField(label=_("Team"), queryset=Team.objects.none())
    coach = PersonField(
        label=_("Coach"),
        queryset=User.objects.none(),
        help_text=_("Somebody from outside the team. From today on the coach sees what the programme sees of it."),
    )
    aims = forms.CharField(
        label=_("Aims"),
        help_text=_("Set by the two themselves; they can write this together at the first session."),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.active() if by.is_staff else Team.objects.active().coordinated_by(by)
        offer(self, "team", teams.select_related("city").order_by("city__slug", "slug"))
        current = Membership.objects.current().values("pk")
        where = StringAgg("memberships__team__name", ", ", distinct=True, default="", filter=Q(memberships__in=current))
        people = User.objects.filter(is_active=True).annotate(where=where)
        offer(self, "coach", people.order_by("name", "pk"))


class AimsForm(forms.Form):
    aims = forms.CharField(
        label=_("Aims of the two of you"), max_length=2000, required=False, widget=forms.Textarea({"rows": 4})
    )


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


class NoteForm(forms.Form):
    drawer = forms.ChoiceField(
        label=_("Who reads it"), choices=Drawer.choices, widget=forms.RadioSelect, initial=Drawer.PRIVATE
    )
    text = forms.CharField(label=_("Note"), max_length=6000, widget=forms.Textarea({"rows": 4}))
