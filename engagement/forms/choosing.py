"""Choosing a person or a team by a name that says who is meant."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet

from cities.models import Team
from innoteams.accounts.models import User

if TYPE_CHECKING:
    _OfPeople = forms.ModelChoiceField[User]
    _OfSeveralPeople = forms.ModelMultipleChoiceField[User]
    _OfTeams = forms.ModelChoiceField[Team]
else:
    _OfPeople = _OfTeams = forms.ModelChoiceField
    _OfSeveralPeople = forms.ModelMultipleChoiceField

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
FARTHEST = dt.timedelta(days=2 * 366)


class PersonField(_OfPeople):
    """By name, with the places the queryset annotates as `where`."""

    def label_from_instance(self, obj: User) -> str:
        where = getattr(obj, "where", "")
        return f"{obj.name} ({where})" if where else obj.name


class PeopleField(_OfSeveralPeople):
    """Several people, each by name and place."""

    def label_from_instance(self, obj: User) -> str:
        where = getattr(obj, "where", "")
        return f"{obj.name} ({where})" if where else obj.name


class TeamField(_OfTeams):
    def label_from_instance(self, obj: Team) -> str:
        return f"{obj.city.name}: {obj.name}"


class OwnTeamField(_OfTeams):
    """One's own teams go by their city."""

    def label_from_instance(self, obj: Team) -> str:
        return obj.city.name


def offer(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """What can be chosen in a field, known only when the form is made."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} is not a choice of rows")
    field.queryset = rows
