"""What every view here does the same way: who asks, saying no with the reason, running a verb."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from cities.models import Team
from engagement.models import CheckIn
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


def whole_number(typed: str) -> int:
    """A key or a version that came with a form; 0, which nothing has, for whatever is no such number."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0


def own_check_in(request: HttpRequest) -> CheckIn | None:
    """The check-in of one's own team that ?check_in= names, whose wish for help is being turned into something."""
    pk = request.GET.get("check_in", "")
    if not pk:
        return None
    rows = CheckIn.objects.filter(team__in=Team.objects.writable_by(signed_in(request)))
    found: CheckIn = get_object_or_404(rows.select_related("team__city", "period"), pk=whole_number(pk))
    return found
