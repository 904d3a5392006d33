"""Writing in the journal, and correcting it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.forms.journal import JournalForm
from projects.journal import change_journal, write_journal
from projects.views.attachments import answer_with_files, files_of
from projects.views.doors import signed_in
from projects.views.pages import Words
from projects.views.parts import SAVE, data_of, writable

NEW_ENTRY = Words(gettext_lazy("Write in the journal"), SAVE)
ENTRY = Words(gettext_lazy("Correct the journal entry"), SAVE)


def journal_add(request: HttpRequest, slug: str) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    form = JournalForm(
        data_of(request),
        files_of(request),
        project=project,
        person=person,
        initial={"happened_on": timezone.localdate(), "language": project.language},
    )
    return answer_with_files(
        request,
        project,
        form,
        NEW_ENTRY,
        act=lambda: write_journal(by=person, project=project, **form.given),
        said=_("Written down."),
        anchor="journal",
    )


def journal_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    entry = get_object_or_404(project.journal, pk=pk)
    form = JournalForm(data_of(request), files_of(request), project=project, person=person, instance=entry)
    return answer_with_files(
        request,
        project,
        form,
        ENTRY,
        act=lambda: change_journal(by=person, entry=entry, version=form.seen_version, **form.given),
        said=_("Saved."),
        anchor="journal",
    )
