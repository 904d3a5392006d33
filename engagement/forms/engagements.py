"""Opening an engagement, who coaches in it, its period and rhythm, its aims."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cities.models import Membership, Team
from cities.querysets import today
from engagement.choices import MeetingRhythm
from engagement.forms.choosing import DAY, FARTHEST, PeopleField, TeamField, offer
from engagement.models import CoachingEngagement, EngagementCoach
from innoteams.accounts.models import User
from projects.forms.base import let_text_choose_direction

# What one can look through; more are found by a part of the name.
MOST_SHOWN = 60


class WithCoaches(forms.Form):
    """Mixed into a form that names coaches: boxes to tick, and a field that finds people among however many.

    Those who are ticked stay in sight whatever is looked for, so that finding a second one never loses the first.
    """

    coaches = PeopleField(
        label=_("Coaches"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )
    find = forms.CharField(label=_("Find somebody by name or place"), max_length=80, required=False)

    # How many there are beyond those in sight.
    not_shown = 0

    def offer_people(self, people: QuerySet[User]) -> None:
        """Called by `__init__`. Anybody of `people` can be chosen; those in sight are few."""
        offer(self, "coaches", people)
        shown = self._shown(people)
        field = self.fields["coaches"]
        field.widget.choices = [
            (person.pk, field.label_from_instance(person))  # type: ignore[attr-defined]  # the field declared above
            for person in shown
        ]

    def _shown(self, people: QuerySet[User]) -> list[User]:
        ticked = [key for key in self._ticked() if str(key).isdigit() and len(str(key)) < 10]
        rows = _with_places(people)
        chosen = list(rows.filter(pk__in=ticked).order_by("name", "pk"))
        wanted = self._wanted()
        if wanted:
            rows = rows.filter(Q(name__icontains=wanted) | Q(where__icontains=wanted))
        rows = rows.exclude(pk__in=ticked).order_by("-coached", "name", "pk")
        self.not_shown = max(0, rows.count() - MOST_SHOWN)
        return [*chosen, *rows[:MOST_SHOWN]]

    def _ticked(self) -> list[Any]:
        if self.is_bound and hasattr(self.data, "getlist"):
            return list(self.data.getlist(self.add_prefix("coaches")))
        return list(self.initial.get("coaches") or [])

    def _wanted(self) -> str:
        found = self.data.get(self.add_prefix("find")) if self.is_bound else self.initial.get("find")
        return str(found or "").strip().replace("\x00", "")[:80]


def _with_places(people: QuerySet[User]) -> QuerySet[Any]:
    """Each with `where`, the teams of today, and `coached`: whether they ever did."""
    current = Membership.objects.current().values("pk")
    where = StringAgg("memberships__team__name", ", ", distinct=True, default="", filter=Q(memberships__in=current))
    return people.annotate(where=where, coached=Exists(EngagementCoach.objects.filter(person=OuterRef("pk"))))


class PeriodForm(forms.Form):
    """How often, and until when before the pair looks back."""

    rhythm = forms.ChoiceField(
        label=_("How often you meet"),
        choices=MeetingRhythm.choices,
        initial=MeetingRhythm.FREE,
        required=False,
        help_text=_("The portal proposes the next day by it. Nothing is planned by itself."),
    )
    planned_until = forms.DateField(
        label=_("Planned until"),
        widget=DAY,
        required=False,
        help_text=_("On that day you are asked to look back and decide how to go on. Nothing ends by itself."),
        error_messages={"invalid": _("Write the day as year-month-day, such as 2026-10-05.")},
    )

    def clean_rhythm(self) -> str:
        chosen: str = self.cleaned_data["rhythm"]
        return chosen or MeetingRhythm.FREE

    def clean_planned_until(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["planned_until"]
        if day and day > today() + 5 * FARTHEST:
            raise forms.ValidationError(_("This is more than ten years away. Please look at the year again."))
        return day


class OpenEngagementForm(WithCoaches, PeriodForm):
    team = TeamField(label=_("Team"), queryset=Team.objects.none())
    aims = forms.CharField(
        label=_("Aims"),
        help_text=_("Set by the pair itself; it can write this together at the first session."),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    field_order = ["team", "find", "coaches", "rhythm", "planned_until", "aims"]

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.active() if by.is_staff else Team.objects.active().coordinated_by(by)
        offer(self, "team", teams.select_related("city").order_by("city__slug", "slug"))
        self.fields["coaches"].help_text = _(
            "From outside the team: one person, or a residence of three or four. From today on they see what the "
            "programme sees of it."
        )
        self.offer_people(User.objects.filter(is_active=True))
        let_text_choose_direction(self)

    @property
    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "find"}


class AddCoachesForm(WithCoaches):
    field_order = ["find", "coaches"]

    def __init__(self, *args: Any, engagement: CoachingEngagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coaches"].help_text = _(
            "They read what this coaching holds from its beginning, except private notes."
        )
        here = [coach.pk for coach in engagement.current_coaches]
        belonging = Membership.objects.current().belonging().filter(team=engagement.team_id).values("person")
        self.offer_people(User.objects.filter(is_active=True).exclude(pk__in=here).exclude(pk__in=belonging))
        let_text_choose_direction(self)


class EndForm(forms.Form):
    why = forms.CharField(
        label=_("Why"),
        help_text=_("Told to everybody whose session is called off by it."),
        max_length=300,
        required=False,
        widget=forms.TextInput({"dir": "auto"}),
    )


class AimsForm(forms.Form):
    aims = forms.CharField(
        label=_("Aims"), max_length=2000, required=False, widget=forms.Textarea({"rows": 4, "dir": "auto"})
    )
