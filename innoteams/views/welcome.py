"""The first page after joining: language, time zone, and when the digest comes. All of it can be changed later."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cities.models import Membership
from engagement.choices import Weekday
from engagement.digests import preferences
from innoteams.accounts.forms import HabitsForm
from innoteams.accounts.models import User
from innoteams.lib.posted import typed
from innoteams.lib.rates import limited


class WelcomeForm(HabitsForm):
    weekday = forms.TypedChoiceField(label=gettext_lazy("Day of the digest"), choices=Weekday.choices, coerce=int)
    local_hour = forms.TypedChoiceField(
        label=gettext_lazy("Hour of the digest"),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
        help_text=gettext_lazy("At this hour in your time zone, once a week: what other cities tried, chosen for you."),
    )

    class Meta(HabitsForm.Meta):
        pass


@require_http_methods(["GET", "HEAD", "POST"])
@limited("welcome", times=60, seconds=600)
def welcome(request: HttpRequest) -> HttpResponse:
    person = get_object_or_404(User, pk=request.user.pk)
    form = WelcomeForm(typed(request), instance=person, initial=_first_guess(person))
    if request.method == "POST" and form.is_valid():
        _settle(person, form)
        translation.activate(person.language)
        messages.success(request, _("All set. This is what waits for you."))
        return redirect("my_work")
    teams = Membership.objects.current().filter(person=person).select_related("team__city")
    return render(request, "accounts/welcome.html", {"form": form, "person": person, "memberships": teams})


def _first_guess(person: User) -> dict[str, Any]:
    """What the person has, else the hour of their first city; the digest as it would come without this page."""
    preference = preferences.preference_of(person)
    guess: dict[str, Any] = {"weekday": preference.weekday, "local_hour": preference.local_hour}
    first = person.memberships.select_related("team__city").order_by("pk").first()
    if person.welcomed_at is None and person.timezone == "UTC" and first:
        guess["timezone"] = first.team.city.timezone
    return guess


@transaction.atomic
def _settle(person: User, form: WelcomeForm) -> None:
    form.save()
    if person.welcomed_at is None:
        person.welcomed_at = timezone.now()
        person.save(update_fields=["welcomed_at"])
    before = preferences.preference_of(person)
    preferences.choose(
        by=person,
        cadence=before.cadence,
        weekday=form.cleaned_data["weekday"],
        local_hour=form.cleaned_data["local_hour"],
        paused_until=before.paused_until,
    )
