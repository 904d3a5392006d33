"""Opening an engagement, and its aims."""

from typing import Any

from django import forms
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cities.models import Membership, Team
from engagement.forms.choosing import PeopleField, TeamField, offer
from innoteams.accounts.models import User


class OpenEngagementForm(forms.Form):
    team = TeamField(label=_("Team"), queryset=Team.objects.none())
    coaches = PeopleField(
        label=_("Coaches"),
        queryset=User.objects.none(),
        help_text=_(
            "From outside the team: one person, or a residence of three or four. From today on they see what the "
            "programme sees of it."
        ),
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
        offer(self, "coaches", people.order_by("name", "pk"))


class AimsForm(forms.Form):
    aims = forms.CharField(
        label=_("Aims of the two of you"), max_length=2000, required=False, widget=forms.Textarea({"rows": 4})
    )
