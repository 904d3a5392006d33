"""Forms about people in teams: signing up, inviting, changing a part, ending it."""

from typing import Any, cast

from allauth.account.forms import SignupForm
from allauth.account.internal.flows.signup import prevent_enumeration
from allauth.core import context
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cities import invitations, joining
from cities.choices import Function, Right
from cities.memberships import Part, successors
from cities.models import Membership, Team
from cities.permissions import Person, can_invite_as
from innoteams.accounts.models import User

# What each part may do, in the order from most to least.
RIGHTS = {
    Right.LEAD: _("Writes, shares, submits check-ins, and decides who is in the team."),
    Right.MEMBER: _("Logs and edits projects, writes check-ins, answers other cities."),
    Right.OBSERVER: _("Reads everything of the team, writes nothing in its name."),
    Right.COACH: _("Accompanies the team: sees what is shared with the programme, not what the team keeps to itself."),
}


def right_choices(rights: list[Right]) -> list[tuple[str, str]]:
    return [(right.value, f"{str(right.label).capitalize()}: {RIGHTS[right]}") for right in rights]


class JoinForm(SignupForm):
    """Signing up with the invitation that the session remembers; its address is fixed."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    field_order = ("name", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = joining.acceptable(context.request)
        self.abandoned: User | None = None
        if self.invitation:
            self.fields["name"].initial = self.invitation.name
            self.initial["email"] = self.invitation.email
        self.fields["email"].disabled = True
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].help_text = _("The invitation was sent to it, and a code comes there in the next step.")
        if "password1" in self.fields:
            self.fields["password1"].label = _("Password")
            self.fields["password1"].help_text = _(
                "At least ten characters. Or leave it empty: then a code comes by e-mail whenever you sign in."
            )

    def validate_unique_email(self, value: str) -> str:
        email: str = super().validate_unique_email(value)
        if self.account_already_exists:
            self.abandoned = joining.abandoned_sign_up(email)
            self.account_already_exists = self.abandoned is None
        return email

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        try:
            with transaction.atomic():
                saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
                return saved
        except IntegrityError:
            # The same form was sent twice at once; the other one made the account.
            return None, prevent_enumeration(request, email=self.cleaned_data["email"])

    def save(self, request: HttpRequest) -> User:
        if self.abandoned:
            self.abandoned.delete()
        return cast(User, super().save(request))

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth once the account is made: what can be guessed from the invitation."""
        user.name = self.cleaned_data["name"]
        if self.invitation:
            user.language = self.invitation.language
            if self.invitation.team:
                user.timezone = self.invitation.team.city.timezone
        user.save(update_fields=["name", "language", "timezone"])


class LetterForm(forms.Form):
    """What every invitation by mail needs."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("The link goes there and works for that address only.")
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language of the mail"))
    message = forms.CharField(
        label=_("A personal line"),
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Goes into the mail as you write it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = list(settings.LANGUAGES)

    def clean_email(self) -> str:
        return invitations.normal(self.cleaned_data["email"])


class InviteForm(LetterForm):
    """Into a team, with the parts that this person may give."""

    right = forms.ChoiceField(label=_("Part"), widget=forms.RadioSelect, initial=Right.MEMBER)
    function = forms.ChoiceField(label=_("Function"), choices=Function.choices, initial=Function.OTHER)
    field_order = ("email", "name", "right", "function", "language", "message")

    def __init__(self, *args: Any, team: Team, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["right"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = right_choices([right for right in RIGHTS if can_invite_as(person, team, right)])


class PartForm(forms.Form):
    """What a person is in the team."""

    right = forms.ChoiceField(
        label=_("Part"),
        widget=forms.RadioSelect,
        choices=right_choices([Right.LEAD, Right.MEMBER, Right.OBSERVER]),
    )
    function = forms.ChoiceField(label=_("Function"), choices=Function.choices)

    def part(self) -> Part:
        return Part(self.cleaned_data["right"], self.cleaned_data["function"])


class EndForm(forms.Form):
    """Who takes over, if anybody."""

    successor = forms.ChoiceField(
        label=_("Who takes over"),
        required=False,
        help_text=_("Named in the team's history, so that others know whom to ask."),
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(person.pk): person for person in successors(membership)}
        field = self.fields["successor"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = [("", _("nobody yet")), *((pk, person.name) for pk, person in self._people.items())]

    def chosen(self) -> User | None:
        return self._people.get(self.cleaned_data.get("successor", ""))
