"""Who is in a team or coordinates for an operator, and the pages that change it."""

from collections.abc import Callable
from typing import TypeVar

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cities import coordinations, invitations, memberships
from cities.choices import BELONGING
from cities.forms_people import EndForm, InviteForm, LetterForm, PartForm
from cities.models import Coordination, Invitation, Membership, MembershipChange, Operator, Team
from cities.permissions import (
    belongs_to,
    can_change_membership,
    can_end_membership,
    can_manage_coordinators,
    can_manage_people,
)
from cities.views.invitations import post, signed_in
from innoteams.lib.posted import typed
from innoteams.lib.rates import limited
from innoteams.lib.verdicts import NotAllowed, Refused, Verdict

T = TypeVar("T")
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def overview(request: HttpRequest) -> HttpResponse:
    """The teams a person is in, and those (and the operators) whose people the person decides about."""
    person = signed_in(request)
    now = Q(memberships__in=Membership.objects.current().belonging(), memberships__person__is_active=True)
    waiting = Q(invitations__in=Invitation.objects.open())
    managed = Team.objects.active().managed_by(person).select_related("city")
    mine = person.coordinations.current().values("operator")
    operators = Operator.objects.all() if person.is_staff else Operator.objects.filter(pk__in=mine)
    context = {
        "mine": person.memberships.current().filter(team__is_active=True).select_related("team__city"),
        "managed": managed.annotate(
            people=Count("memberships", filter=now, distinct=True),
            invited=Count("invitations", filter=waiting, distinct=True),
        ).order_by("name"),
        "operators": operators.order_by("name"),
    }
    return render(request, "cities/people_overview.html", context)


def team_people(request: HttpRequest, slug: str) -> HttpResponse:
    """Names, functions, languages and hours for everybody signed in; addresses for nobody."""
    team = _team(slug)
    manages = bool(can_manage_people(request.user, team))
    involved = manages or belongs_to(request.user, team)
    people = team.memberships.current().filter(person__is_active=True).select_related("person").order_by("person__name")
    context = {
        "team": team,
        "people": sorted(people.belonging(), key=_rank),
        "coaches": people.coaches(),
        "manages": manages,
        "mine": people.belonging().filter(person=request.user.pk).first(),
        "invitations": _pending(team) if manages else [],
        "former": _former(team) if involved else [],
        "history": _history(team) if manages else [],
    }
    return render(request, "cities/people_team.html", context)


@_get_or_post
@limited("invite", times=30, seconds=3600)
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    team = _team(slug)
    _allow(can_manage_people(request.user, team))
    form = InviteForm(
        typed(request), team=team, person=request.user, initial={"language": _first_language(team.language)}
    )
    if request.method == "POST" and form.is_valid():
        by = signed_in(request)
        sealed = _tried(form, lambda: invitations.invite(by=by, team=team, **form.cleaned_data), field="email")
        if sealed:
            post(request, sealed)
            return redirect(team)
    context = {"team": team, "form": form, "days": invitations.VALID_FOR.days}
    return render(request, "cities/people_invite.html", context)


@_get_or_post
@limited("membership", times=60, seconds=600)
def change_part(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    membership = _membership(slug, pk)
    _allow(can_change_membership(request.user, membership))
    form = PartForm(typed(request), initial={"right": membership.right, "function": membership.function})
    if request.method == "POST" and form.is_valid():
        by = signed_in(request)
        if _tried(form, lambda: memberships.change(by=by, membership=membership, part=form.part())):
            messages.success(request, _("%(name)s has a new part.") % {"name": membership.person})
            return redirect(membership.team)
    context = {"team": membership.team, "membership": membership, "form": form}
    return render(request, "cities/people_change.html", context)


@_get_or_post
@limited("membership", times=60, seconds=600)
def end(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Taking somebody off the team; leaving, when it is oneself."""
    membership = _membership(slug, pk)
    _allow(can_end_membership(request.user, membership))
    form = EndForm(typed(request), membership=membership)
    leaving = membership.person_id == request.user.pk
    if request.method == "POST" and form.is_valid():
        by = signed_in(request)
        if _tried(form, lambda: memberships.end(by=by, membership=membership, successor=form.chosen())):
            text = _("You have left %(team)s.") if leaving else _("%(name)s is no longer in %(team)s.")
            messages.success(request, text % {"team": membership.team, "name": membership.person})
            return redirect(membership.team)
    context = {
        "team": membership.team,
        "membership": membership,
        "form": form,
        "leaving": leaving,
        "last_lead": memberships.is_last_lead(membership),
    }
    return render(request, "cities/people_end.html", context)


def operator_people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who coordinates for an operator; who is invited, for administrators."""
    operator = get_object_or_404(Operator, slug=slug)
    manages = bool(can_manage_coordinators(request.user, operator))
    context = {
        "operator": operator,
        "coordinations": operator.coordinations.current()
        .filter(person__is_active=True)
        .select_related("person")
        .order_by("person__name"),
        "programmes": operator.programmes.select_related("funder"),
        "manages": manages,
        "invitations": _pending(operator) if manages else [],
    }
    return render(request, "cities/people_operator.html", context)


@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # allauth is not typed there
@_get_or_post
@limited("invite", times=30, seconds=3600)
def invite_coordinator(request: HttpRequest, slug: str) -> HttpResponse:
    operator = get_object_or_404(Operator, slug=slug)
    _allow(can_manage_coordinators(request.user, operator))
    form = LetterForm(typed(request), initial={"language": _first_language(operator.language)})
    if request.method == "POST" and form.is_valid():
        by, letter = signed_in(request), form.cleaned_data
        sealed = _tried(form, lambda: invitations.invite_coordinator(by=by, operator=operator, **letter), field="email")
        if sealed:
            post(request, sealed)
            return redirect(operator)
    context = {"operator": operator, "form": form, "days": invitations.VALID_FOR.days}
    return render(request, "cities/people_invite_coordinator.html", context)


@reauthentication_required
@require_POST
@limited("membership", times=60, seconds=600)
def end_coordination(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    coordination = get_object_or_404(
        Coordination.objects.select_related("operator", "person"), pk=pk, operator__slug=slug
    )
    try:
        coordinations.end(by=signed_in(request), coordination=coordination)
        name = {"name": coordination.person, "operator": coordination.operator}
        messages.success(request, _("%(name)s does not coordinate for %(operator)s any more.") % name)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(coordination.operator)


def _team(slug: str) -> Team:
    team: Team = get_object_or_404(Team.objects.active().select_related("city"), slug=slug)
    return team


def _membership(slug: str, pk: int) -> Membership:
    there = Membership.objects.current().select_related("team__city", "person")
    membership: Membership = get_object_or_404(there, pk=pk, team__slug=slug, team__is_active=True)
    return membership


def _allow(verdict: Verdict) -> None:
    if not verdict:
        raise PermissionDenied(str(verdict.reason))


def _tried(form: Form, act: Callable[[], T], field: str | None = None) -> T | None:
    """What the verb gives, or None with its refusal as a sentence in the form."""
    try:
        return act()
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        form.add_error(field, str(refusal))
        return None


def _rank(membership: Membership) -> tuple[int, str]:
    return BELONGING.index(membership.right), membership.person.name.casefold()


def _pending(place: Team | Operator) -> QuerySet[Invitation]:
    return Invitation.objects.filter(pk__in=place.invitations.open()).select_related("invited_by", "team", "operator")


def _former(team: Team) -> QuerySet[Membership]:
    """Who was here and is not any more; a changed part also leaves an ended row, which is not a goodbye."""
    still_here = team.memberships.current().belonging().values("person")
    gone = team.memberships.past().belonging().exclude(person__in=still_here)
    last = gone.order_by("person", "-ends_on", "-pk").distinct("person").values("pk")
    return gone.filter(pk__in=last).select_related("person", "successor").order_by("-ends_on")[:50]


def _history(team: Team) -> QuerySet[MembershipChange]:
    return team.membership_changes.select_related("person", "by")[:30]


def _first_language(language: str) -> str:
    """The language of the place where the interface speaks it."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
