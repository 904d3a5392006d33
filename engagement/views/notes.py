"""Notes in three drawers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from engagement.choices import Drawer
from engagement.coaching import notes
from engagement.forms.notes import NoteForm
from engagement.views.doors import UNPROCESSABLE, attempt, signed_in
from engagement.views.engagement_page import engagement_page, seen_engagement
from innoteams.lib.rates import limited


@require_POST
@limited("note", times=60, seconds=3600)
def note_create(request: HttpRequest, pk: int) -> HttpResponse:
    engagement = seen_engagement(request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        by, typed = signed_in(request), form.cleaned_data
        if note := attempt(form, lambda: notes.write_note(by=by, engagement=engagement, **typed)):
            messages.success(request, _drawer_sentences()[note.drawer])
            return redirect(f"{engagement.get_absolute_url()}#notes")
    return engagement_page(request, engagement, note_form=form, status=UNPROCESSABLE)


def _drawer_sentences() -> dict[str, str]:
    return {
        Drawer.PRIVATE: _("Kept in your private drawer. Nobody else reads it."),
        Drawer.TEAM: _("Shared with the team and its coaches."),
        Drawer.COORDINATORS: _("Shared with the team, its coaches and the coordinators."),
    }
