"""What every view here does the same way: fetching what may be seen, saying no with the reason, running a verb."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from innoteams.accounts.models import User
from innoteams.lib.verdicts import NotAllowed, Refused, Verdict
from projects.locking import EditedMeanwhile
from projects.models import Project
from projects.refusals import RefusedField

Result = TypeVar("Result")


def signed_in(request: HttpRequest) -> User:
    """The person of a view that visitors do not reach (login is required by default)."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def seen_project(request: HttpRequest, slug: str) -> Project:
    """404 for what the person does not see, whether it exists or not."""
    projects = Project.objects.visible_to(request.user).select_related("team__city").defer("words")
    found: Project = get_object_or_404(projects, slug=slug)
    return found


def or_403(verdict: Verdict) -> None:
    if not verdict:
        raise PermissionDenied(str(verdict.reason))


def attempt(form: forms.BaseForm, act: Callable[[], Result]) -> Result | None:
    """Runs a verb; a refusal becomes a sentence at its field, and nothing that was typed is lost.

    EditedMeanwhile is left to the view, which shows both texts.
    """
    try:
        return act()
    except EditedMeanwhile:
        raise
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except RefusedField as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None
