"""Pins: the project that an operator's coordinators put at the top of their people's next network digest."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cities.models import Operator
from cities.querysets import today
from engagement.choices import DigestState
from engagement.digests import operating
from engagement.forms.digest_runs import FindProjectForm, PinForm
from engagement.models import DigestItem, DigestPin
from engagement.views.digest_oversight import operator_of, tabs_of
from engagement.views.doors import UNPROCESSABLE, attempt, attempt_or_tell, posted
from innoteams.accounts.models import User
from projects.choices import OPEN_TO_ALL
from projects.models import Project
from projects.querysets import ProjectQuerySet

_MOST_FOUND = 12
_MOST_EARLIER = 20


@require_http_methods(["GET", "HEAD", "POST"])
def pin_list(request: HttpRequest) -> HttpResponse:
    """What is pinned, who has got it, and pinning: first find a project (?find=), then say why (?project=)."""
    person = operator_of(request)
    operators = _operators(person)
    if not operators:
        raise PermissionDenied(_("A project is pinned by coordinators, for the people their organisation accompanies."))
    pins = _pins(operators, person)
    current = [row for row in pins if row.is_open]
    free = [operator for operator in operators if operator.pk not in {row.pin.operator_id for row in current}]
    find = FindProjectForm(request.GET)
    words = find.cleaned_data.get("find", "").strip() if find.is_valid() else ""
    project = _chosen(request, person)
    form = PinForm(posted(request), by=person, operators=Operator.objects.filter(pk__in=[one.pk for one in operators]))
    if project and form.is_valid() and attempt(form, lambda: _pin(person, project, form)):
        messages.success(request, _("Pinned. It comes with everybody's next network digest."))
        return redirect("digest_pins")
    context = {
        "tabs": tabs_of(request),
        "current": current,
        "earlier": [row for row in pins if not row.is_open][:_MOST_EARLIER],
        "can_pin": bool(free),
        "find": find,
        "words": words,
        "found": list(_open(person).search(words).by_rank(words)[:_MOST_FOUND]) if words and free else [],
        "project": project,
        "form": form,
    }
    return render(request, "engagement/digest_pins.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@require_POST
def pin_remove(request: HttpRequest, pk: int) -> HttpResponse:
    person = operator_of(request)
    rows = DigestPin.objects.filter(operator__in=_operators(person)).select_related("operator")
    pin = get_object_or_404(rows, pk=pk)
    if attempt_or_tell(request, lambda: operating.unpin(by=person, pin=pin)):
        messages.success(request, _("Taken out. Who has got it has it; nobody else gets it."))
    return redirect("digest_pins")


def _operators(person: User) -> list[Operator]:
    mine = person.coordinations.current().values("operator")
    return list(Operator.objects.filter(pk__in=mine).order_by("name"))


def _open(person: User) -> ProjectQuerySet:
    rows: ProjectQuerySet = Project.objects.filter(visibility__in=OPEN_TO_ALL).visible_to(person)
    return rows.select_related("team__city")


def _chosen(request: HttpRequest, person: User) -> Project | None:
    slug = request.POST.get("project") or request.GET.get("project", "")
    found: Project | None = get_object_or_404(_open(person), slug=slug) if slug else None
    return found


def _pin(person: User, project: Project, form: PinForm) -> DigestPin:
    return operating.pin(by=person, project=project, **form.cleaned_data)


@dataclass(frozen=True)
class PinRow:
    """A pin with how many people it was sent to, and its project where the reader may still see it."""

    pin: DigestPin
    got: int
    project: Project | None

    @property
    def is_open(self) -> bool:
        return self.pin.removed_at is None and self.pin.until >= today()


def _pins(operators: list[Operator], person: User) -> list[PinRow]:
    """The newest first."""
    rows = DigestPin.objects.filter(operator__in=operators).select_related("operator", "by", "removed_by")
    pins = list(rows.order_by("-created_at", "-pk")[: _MOST_EARLIER + len(operators)])
    sent = DigestItem.objects.filter(pin__in=pins, digest__state=DigestState.SENT).order_by()
    got = dict(sent.values_list("pin").annotate(Count("digest__person", distinct=True)))
    seen = Project.objects.visible_to(person).select_related("team__city").in_bulk([pin.project_id for pin in pins])
    return [PinRow(pin, got.get(pin.pk, 0), seen.get(pin.project_id)) for pin in pins]
