"""Photos and files: adding, changing, removing, and handing them out to whoever may see them now."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_sendfile import sendfile  # type: ignore[import-untyped]  # it ships no types

from innoteams.lib.verdicts import Refused
from projects.attachments import NewFile, attach_all, change_attachment, remove_attachment
from projects.forms.attachments import AttachForm, AttachmentForm
from projects.models import Attachment, Project, Reading
from projects.models.attachments import private_storage
from projects.permissions import Person
from projects.views.doors import signed_in
from projects.views.pages import Words, done
from projects.views.parts import SAVE, answer, data_of, writable

# Nothing that a file holds may run or reach the portal; the styles are those by which a browser shows a bare picture.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

NEW_FILE = Words(
    gettext_lazy("Add a photo or file"),
    gettext_lazy("Add"),
    gettext_lazy("Something another city can look at or use: a picture, a plan, a form, a leaflet."),
)
EVIDENCE = Words(
    gettext_lazy("Add the evidence"),
    gettext_lazy("Add"),
    gettext_lazy("The count, the report or the photo that this figure was read from."),
)
FILE = Words(gettext_lazy("About this file"), SAVE)


def attachment_add(request: HttpRequest, slug: str) -> HttpResponse:
    return _add(request, writable(request, slug), NEW_FILE, anchor="files")


def reading_file_add(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    project = writable(request, slug)
    readings = Reading.objects.current().filter(indicator__project=project).select_related("indicator")
    reading: Reading = get_object_or_404(readings, pk=pk)
    return _add(request, project, EVIDENCE, anchor=f"indicator-{reading.indicator_id}", reading=reading)


def attachment_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    attachment = _of_project(project, person, pk)
    form = AttachmentForm(data_of(request), instance=attachment)
    return answer(
        request,
        project,
        form,
        FILE,
        act=lambda: change_attachment(by=person, attachment=attachment, version=form.seen_version, **form.given),
        said=_("Saved."),
        anchor=_anchor(attachment),
        about=attachment.name,
    )


def attachment_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    person, project = signed_in(request), writable(request, slug)
    attachment = _of_project(project, person, pk)
    context: dict[str, object] = {"project": project, "attachment": attachment}
    if request.method == "POST":
        try:
            remove_attachment(by=person, attachment=attachment)
        except Refused as refusal:
            context["refusal"] = str(refusal)
        else:
            return done(request, project, _("The file is removed."), _anchor(attachment))
    return render(request, "projects/attachment_remove.html", context)


@login_not_required
@require_safe
def attachment_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    attachment = _seen(request.user, pk)
    return _hand_out(request, attachment, str(attachment.file.name))


@login_not_required
@require_safe
def attachment_width(request: HttpRequest, pk: int, width: int) -> HttpResponseBase:
    attachment = _seen(request.user, pk)
    path = attachment.widths.get(str(width))
    if path is None:
        raise Http404
    return _hand_out(request, attachment, path)


# --- forms that bring files -----------------------------------------------------------------------------------------


def files_of(request: HttpRequest) -> Any:
    return request.FILES if request.method == "POST" else None


def answer_with_files(
    request: HttpRequest, project: Project, form: Any, words: Words, *, act: Callable[[], object], **context: Any
) -> HttpResponse:
    """As `answer`; where the form is shown again, the files it had accepted wait for its next sending."""

    def keeping() -> object:
        try:
            result = act()
        except Refused:
            form.keep()
            raise
        form.release()
        return result

    if form.is_bound and not form.is_valid():
        form.keep()
    return answer(request, project, form, words, act=keeping, **context)


def _add(
    request: HttpRequest, project: Project, words: Words, *, anchor: str, reading: Reading | None = None
) -> HttpResponse:
    person = signed_in(request)
    form = AttachForm(data_of(request), files_of(request), person=person, project=project)

    def add() -> list[Attachment]:
        files = [file for file in [form.new_file] if isinstance(file, NewFile)]
        return attach_all(by=person, project=project, files=files, reading=reading)

    return answer_with_files(request, project, form, words, act=add, said=_("The file is there."), anchor=anchor)


# --- fetching and handing out ---------------------------------------------------------------------------------------


def _seen(person: Person, pk: int) -> Attachment:
    found: Attachment = get_object_or_404(Attachment.objects.visible_to(person), pk=pk)
    return found


def _of_project(project: Project, person: Person, pk: int) -> Attachment:
    files = Attachment.objects.visible_to(person).filter(project=project)
    found: Attachment = get_object_or_404(files.select_related("project__team", "reading"), pk=pk)
    return found


def _anchor(attachment: Attachment) -> str:
    if attachment.reading:
        return f"indicator-{attachment.reading.indicator_id}"
    return "journal" if attachment.journal_entry_id else "files"


def _hand_out(request: HttpRequest, attachment: Attachment, path: str) -> HttpResponseBase:
    """The bytes, or word that they have not changed; asked again each time, so that a narrowed file is gone at once."""
    etag = quote_etag(path)
    # What lies under a path never changes, and neither does the answer for as long as it may be seen.
    response = get_conditional_response(request, etag=etag, last_modified=int(attachment.created_at.timestamp()))
    if response is None or response.status_code != HTTPStatus.NOT_MODIFIED:
        response = sendfile(request, private_storage().path(path), mimetype=attachment.content_type)
        disposition = content_disposition_header(not attachment.is_picture, attachment.name)
        response["Content-Disposition"] = disposition or "attachment"
        response["Last-Modified"] = http_date(attachment.created_at.timestamp())
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
