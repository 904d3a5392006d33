"""Planning a session, its agenda, moving it, calling it off, logging it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cities.querysets import today
from engagement.coaching.clocks import Clock, NoSuchHour, TwiceThatHour, length_words, moment_of, place_of
from engagement.coaching.sessions import may_have_attended
from engagement.forms.choosing import DAY, FARTHEST, PeopleField, offer
from engagement.models import CoachingSession
from innoteams.accounts.models import User
from projects.forms.base import RichWords, Words, let_text_choose_direction

LENGTHS = (30, 45, 60, 90, 120, 180, 240, 480, 960, 1440)
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def zone_choices(clocks: Iterable[Clock], also: str = "") -> list[tuple[str, str]]:
    """By whose clock an hour can be written."""
    choices = []
    for clock in clocks:
        place = clock.place if clock.place == place_of(clock.zone) else f"{clock.place} ({place_of(clock.zone)})"
        sentence = gettext("your clock: %(place)s") if clock.is_readers else "%(place)s"
        choices.append((clock.zone, sentence % {"place": place}))
    if also and also not in dict(choices):
        choices.append((also, place_of(also)))
    return choices


def _with(data: Mapping[str, Any] | None, **otherwise: str) -> Mapping[str, Any] | None:
    """What was sent, and a choice that was left out as it stands in the form: a program may send the day and the hour
    alone."""
    if data is None or all(data.get(name) for name in otherwise):
        return data
    return {**{name: data[name] for name in data}, **{k: data.get(k) or v for k, v in otherwise.items()}}


class WhenForm(forms.Form):
    """A day, an hour, and by whose clock. `cleaned_data` has `starts_at` where there is such a moment."""

    day = forms.DateField(
        label=_("Day"),
        widget=DAY,
        error_messages={
            "required": _("Give a day."),
            "invalid": _("Write the day as year-month-day, such as 2026-10-05."),
        },
    )
    hour = forms.TimeField(
        label=_("Hour"),
        widget=_TIME,
        error_messages={"required": _("Give an hour."), "invalid": _("Write the hour as 14:30.")},
    )
    zone = forms.ChoiceField(label=_("By which clock"))

    def __init__(
        self,
        data: Any = None,
        *,
        clocks: Iterable[Clock],
        also_zone: str = "",
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        choices = zone_choices(clocks, also_zone)
        super().__init__(_with(data, zone=choices[0][0]), initial=dict(initial or {}))
        self.fields["zone"].choices = choices  # type: ignore[attr-defined]  # the field declared above
        let_text_choose_direction(self)

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if abs(day - today()) > FARTHEST:
            raise forms.ValidationError(_("This is more than two years away. Please look at the year again."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if {"day", "hour", "zone"} <= set(cleaned):
            try:
                cleaned["starts_at"] = moment_of(cleaned["day"], cleaned["hour"], cleaned["zone"])
            except (NoSuchHour, TwiceThatHour) as refusal:
                self.add_error("hour", str(refusal))
        return cleaned


class WhenAndWhereForm(WhenForm):
    minutes = forms.TypedChoiceField(label=_("How long"), coerce=int)
    place = Words(
        label=_("Place or link"),
        help_text=_("A room, or the address of a video call."),
        max_length=300,
        required=False,
    )

    def __init__(self, data: Any = None, *, minutes: int = 60, **kwargs: Any) -> None:
        super().__init__(_with(data, minutes=str(minutes)), **kwargs)
        lengths = sorted({*LENGTHS, minutes})
        self.fields["minutes"].choices = [(one, length_words(one)) for one in lengths]  # type: ignore[attr-defined]  # a choice field
        self.initial.setdefault("minutes", minutes)

    @property
    def when(self) -> dict[str, Any]:
        """For the verbs."""
        return {name: self.cleaned_data[name] for name in ("starts_at", "minutes", "place", "zone")}


class PlanSessionForm(WhenAndWhereForm):
    aim = Words(
        label=_("Aim"),
        help_text=_("What should be different after this session?"),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
    )
    agenda = RichWords(
        label=_("Agenda"),
        help_text=_(
            "Drafted from what is still open and what was logged since the last session. Change it as you like."
        ),
        max_length=6000,
        required=False,
        widget=forms.Textarea({"rows": 8}),
    )
    field_order = ["day", "hour", "zone", "minutes", "place", "aim", "agenda"]


class _OfOneSession(forms.Form):
    """A change of a session, which somebody else may change at the same moment."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class MoveSessionForm(WhenAndWhereForm, _OfOneSession):
    pass


class CallOffForm(_OfOneSession):
    why = Words(
        label=_("Why"),
        help_text=_("The others read it in the mail."),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Say in a few words why it is called off: the others read it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        let_text_choose_direction(self)


class AgendaForm(_OfOneSession):
    aim = Words(label=_("Aim"), max_length=1000, widget=forms.Textarea({"rows": 2}))
    agenda = RichWords(label=_("Agenda"), max_length=6000, required=False, widget=forms.Textarea({"rows": 12}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        let_text_choose_direction(self)


class LogSessionForm(_OfOneSession):
    """In the order in which one remembers: who was there, what happened, what it showed, what to keep."""

    attended = PeopleField(
        label=_("Who was there"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    guests = Words(
        label=_("And who else"),
        help_text=_("People who are not part of the coaching, such as a department head."),
        max_length=300,
        required=False,
    )
    happened = RichWords(label=_("What happened"), max_length=6000, widget=forms.Textarea({"rows": 5}))
    observations = RichWords(
        label=_("Observations"),
        help_text=_("What you noticed: in the room, in the work, between the departments."),
        max_length=6000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    lessons = RichWords(
        label=_("Lessons"),
        help_text=_("What to keep for the next time."),
        max_length=6000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, data: Any = None, *, session: CoachingSession, by: User) -> None:
        initial: dict[str, Any] = {
            name: getattr(session, name) for name in ("happened", "observations", "lessons", "guests", "version")
        }
        people = may_have_attended(session)
        there = [person.pk for person in session.attended.all()]
        initial["attended"] = there if session.logged_at else [by.pk]
        super().__init__(data, initial=initial)
        offer(self, "attended", User.objects.filter(pk__in=[person.pk for person in people]).order_by("name", "pk"))
        let_text_choose_direction(self)
