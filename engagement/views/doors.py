"""What every view here does the same way: who asks, saying no with the reason, running a verb."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict

from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed, Refused, Verdict

Result = TypeVar("Result")

# What a form that was not accepted answers with: the page again, with everything that was typed.
UNPROCESSABLE = 422
CONFLICT = 409


def signed_in(request: HttpRequest) -> User:
    """The person of a view that visitors do not reach."""
    assert isinstance(request.user, User)  # noqa: S101 - login is required by default
    return request.user


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to; an empty POST too is looked at, and refused in its fields."""
    return request.POST if request.method == "POST" else None


def or_403(verdict: Verdict) -> None:
    if not verdict:
        raise PermissionDenied(str(verdict.reason))


def attempt(
    form: forms.BaseForm,
    act: Callable[[], Result],
    *,
    at: str | None = None,
    leave: tuple[type[Refused], ...] = (),
) -> Result | None:
    """Runs a verb; a refusal becomes a sentence in the form (at the field `at`), and what was typed stays.

    Refusals in `leave` are left to the view.
    """
    try:
        return act()
    except leave:
        raise
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        form.add_error(at, str(refusal))
    return None


def attempt_or_tell(request: HttpRequest, act: Callable[[], Result]) -> Result | None:
    """The same for a button without a form: the refusal is told on the next page."""
    try:
        return act()
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))
    return None
