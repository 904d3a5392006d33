"""Narrowing lists that are already `visible_to` the reader."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cities.models import Programme
from engagement.choices import CheckInState
from engagement.models import CheckIn, CheckInPeriod


class CheckInFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label=_("State"), choices=CheckInState.choices, empty_label=_("Every state"))
    period = django_filters.ChoiceFilter(label=_("Period"), field_name="period__key", empty_label=_("Every period"))
    programme = django_filters.ModelChoiceFilter(
        label=_("Programme"),
        field_name="period__programme",
        to_field_name="slug",
        queryset=Programme.objects.none(),
        empty_label=_("Every programme"),
    )

    class Meta:
        model = CheckIn
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[CheckIn], **kwargs: Any) -> None:
        super().__init__(data, queryset, **kwargs)
        # Only what is in the list can be chosen: the menus tell nothing about others.
        mine = CheckInPeriod.objects.filter(check_ins__in=queryset.order_by().values("pk"))
        # Two programmes with the same rhythm share the names of their periods.
        names = {period.key: period.name for period in mine.order_by("-starts_on").distinct()}
        self.filters["period"].extra["choices"] = list(names.items())
        self.filters["programme"].queryset = Programme.objects.filter(check_in_periods__in=mine).distinct()
