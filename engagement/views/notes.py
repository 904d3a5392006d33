"""Notes in three drawers: writing, reading, changing and deleting them.

What is typed into one goes into no error report: each view that takes it names it as sensitive.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engagement.choices import Drawer
from engagement.coaching import notes
from engagement.forms.notes import ChangeNoteForm, NoteForm
from engagement.models import CoachingEngagement, CoachingNote
from engagement.permissions import can_change_note, can_remove_note
from engagement.querysets import CoachingNoteQuerySet
from engagement.views.doors import UNPROCESSABLE, attempt, attempt_or_tell, or_403, posted, signed_in
from engagement.views.engagement_page import engagement_page, seen_engagement
from innoteams.lib.rates import limited

PER_PAGE = 20


@require_POST
@sensitive_post_parameters("text")
@sensitive_variables()
@limited("note", times=60, seconds=3600)
def note_create(request: HttpRequest, pk: int) -> HttpResponse:
    engagement = seen_engagement(request, pk)
    form = NoteForm(request.POST, engagement=engagement)
    if form.is_valid():
        by, typed = signed_in(request), form.cleaned_data
        if note := attempt(form, lambda: notes.write_note(by=by, engagement=engagement, **typed)):
            messages.success(request, _drawer_sentences()[note.drawer])
            return redirect(f"{engagement.get_absolute_url()}#notes")
    return engagement_page(request, engagement, note_form=form, status=UNPROCESSABLE)


@require_safe
def note_list(request: HttpRequest) -> HttpResponse:
    """Every note that the reader may read, of all the teams, by drawer: what one wrote stays within reach when the
    coaching has ended, and coordinators find what was shared with them."""
    reader = signed_in(request)
    rows: CoachingNoteQuerySet = CoachingNote.objects.visible_to(reader)
    drawer = request.GET.get("drawer", "")
    if drawer in Drawer:
        rows = rows.filter(drawer=drawer)
    engagement = None
    if (of := request.GET.get("coaching", "")).isdecimal() and len(of) < 19:
        rows = rows.filter(engagement=int(of))
        engagement = CoachingEngagement.objects.visible_to(reader).select_related("team__city").filter(pk=of).first()
    rows = rows.select_related("author", "engagement__team__city", "session")
    page = Paginator(rows.order_by("-created_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "drawer": drawer if drawer in Drawer else "", "engagement": engagement}
    if engagement is not None:
        context["keep"] = f"coaching={engagement.pk}"
    return render(request, "engagement/note_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("text")
@sensitive_variables()
@limited("note", times=60, seconds=3600)
def note_change(request: HttpRequest, pk: int) -> HttpResponse:
    by, note = signed_in(request), _seen(request, pk)
    or_403(can_change_note(by, note))
    form = ChangeNoteForm(posted(request), note=note)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and attempt(form, lambda: notes.change_note(by=by, note=note, **form.cleaned_data)) is not None:
        messages.success(request, _("Saved. The same people read it as before."))
        return redirect(_place(request, note))
    context = {"form": form, "note": note, "way_back": _place(request, note)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "engagement/note_change.html", context, status=status)


@require_POST
def note_remove(request: HttpRequest, pk: int) -> HttpResponse:
    by, note = signed_in(request), _seen(request, pk)
    or_403(can_remove_note(by, note))
    back = _place(request, note)
    attempt_or_tell(request, lambda: notes.remove_note(by=by, note=note))
    messages.success(request, _("The note is deleted. Nobody reads it any more."))
    return redirect(back)


def _seen(request: HttpRequest, pk: int) -> CoachingNote:
    rows = CoachingNote.objects.visible_to(request.user).select_related("engagement__team__city", "author")
    found: CoachingNote = get_object_or_404(rows, pk=pk)
    return found


def _place(request: HttpRequest, note: CoachingNote) -> str:
    """The page of the engagement, or where it is not seen any more, the list of one's notes."""
    seen = CoachingEngagement.objects.visible_to(request.user).filter(pk=note.engagement_id).exists()
    if seen:
        return f"{note.engagement.get_absolute_url()}#notes"
    return reverse("note_list")


def _drawer_sentences() -> dict[str, str]:
    return {
        Drawer.PRIVATE: _("Kept in your private drawer. Nobody else reads it."),
        Drawer.TEAM: _("Shared with the team and its coaches."),
        Drawer.COORDINATORS: _("Shared with the team, its coaches and the coordinators."),
    }
