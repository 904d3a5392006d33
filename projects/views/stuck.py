"""“We are stuck”, and “it goes on again”."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from innoteams.lib.verdicts import NotAllowed, Refused
from projects.choices import Visibility
from projects.forms.moves import StuckForm
from projects.permissions import can_edit_project
from projects.stuck import goes_on, say_stuck
from projects.views.doors import attempt, or_403, seen_project, signed_in
from projects.views.pages import Words, done, form_page

STUCK = Words(
    gettext_lazy("We are stuck"),
    gettext_lazy("Say so"),
    gettext_lazy(
        "Only your team and those who accompany it read this: your coach and the coordinators of your programme. "
        "Other cities do not, whoever sees the project."
    ),
)


def project_stuck(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), seen_project(request, slug)
    or_403(can_edit_project(person, project))
    form = StuckForm(request.POST if request.method == "POST" else None, initial={"why": project.stuck_why})
    if form.is_valid():
        why = form.cleaned_data["why"]
        if attempt(form, lambda: say_stuck(by=person, project=project, why=why)):
            return done(request, project, _("Said. Other cities do not see it."))
    # Never wider than the programme, however wide the project.
    level = Visibility.TEAM if project.visibility == Visibility.TEAM else Visibility.PROGRAMME
    return form_page(request, project, form, STUCK, seen_as=level)


@require_POST
def project_goes_on(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), seen_project(request, slug)
    try:
        goes_on(by=person, project=project)
        messages.success(request, _("Good. It goes on again."))
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(project)
