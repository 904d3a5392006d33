"""Photos and files of a project: adding them, saying what they show, taking them away."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused, demand
from projects.choices import PART_VISIBILITIES, Consent, Verb
from projects.history import record, revise, revise_removed, snapshot, touch
from projects.locking import EditedMeanwhile, locked
from projects.models import Attachment, JournalEntry, Project, Reading
from projects.permissions import can_edit_project
from projects.refusals import RefusedField
from projects.shelf import delete_after_commit, kept_only_if_saved, store
from projects.uploads import Examined, examine

MOST_OF_ENTRY = 12
MOST_OF_PROJECT = 300


class AltMissing(RefusedField):
    field = "alt"


class ConsentMissing(RefusedField):
    field = "consent"


class TooManyFiles(RefusedField):
    field = "file"


class NotOfThisProject(Refused):
    """The journal entry or reading is another project's, or both were named."""


class RemovedMeanwhile(Refused):
    """Somebody else took the file away."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that passed `examine`, with what the person said of it."""

    upload: Examined
    consent: str
    alt: str = ""
    credit: str = ""
    visibility: str = ""


def attach(
    *,
    by: User,
    project: Project,
    upload: "File[bytes] | Examined",
    consent: str,
    alt: str = "",
    credit: str = "",
    visibility: str = "",
    journal_entry: JournalEntry | None = None,
    reading: Reading | None = None,
) -> Attachment:
    """Keeps one file; raises a RefusedField with a sentence where it is not taken, and then nothing is left of it."""
    demand(can_edit_project(by, project))
    examined = upload if isinstance(upload, Examined) else examine(upload)
    file = NewFile(examined, consent, alt, credit, visibility)
    return attach_all(by=by, project=project, files=[file], journal_entry=journal_entry, reading=reading)[0]


@kept_only_if_saved()
@transaction.atomic
def attach_all(
    *,
    by: User,
    project: Project,
    files: Sequence[NewFile],
    journal_entry: JournalEntry | None = None,
    reading: Reading | None = None,
) -> list[Attachment]:
    """Keeps all of them or none."""
    demand(can_edit_project(by, project))
    _demand_of_project(project, journal_entry, reading)
    if not files:
        return []
    # Two people who add at once are counted one after the other.
    locked(project)
    _demand_room(project, journal_entry, len(files))
    kept = [_keep(by, project, file, journal_entry, reading) for file in files]
    touch(project)
    return kept


@transaction.atomic
def change_attachment(
    *,
    by: User,
    attachment: Attachment,
    version: int,
    consent: str,
    alt: str = "",
    credit: str = "",
    visibility: str = "",
) -> Attachment:
    """What is said of the file; the file itself is removed and added anew. EditedMeanwhile if saved since `version`."""
    demand(can_edit_project(by, attachment.project))
    now = _locked(attachment)
    said: dict[str, object] = {"alt": alt, "consent": consent, "credit": credit, "visibility": visibility}
    if now.version != version:
        raise EditedMeanwhile(now, said)
    before, level = snapshot(now), now.visibility
    for name, value in said.items():
        setattr(now, name, value)
    _demand_told(now)
    if revise(now, before, by=by) is None:
        return now
    now.version += 1
    now.save(update_fields=[*said, "version"])
    facts: dict[str, object] = {"fields": ["files"]}
    if level != visibility:
        facts |= {"from": level, "to": visibility}
    record(Verb.PROJECT_CHANGED, now.project, by=by, attachment=now, facts=facts)
    return now


@transaction.atomic
def remove_attachment(*, by: User, attachment: Attachment) -> None:
    """Takes the file away for good; its bytes go when that is certain. Its history says that there was one."""
    demand(can_edit_project(by, attachment.project))
    now = _locked(attachment)
    revise_removed(now, by=by)
    record(Verb.PROJECT_CHANGED, now.project, by=by, facts={"fields": ["files"]})
    delete_after_commit(now)
    now.delete()


def _keep(
    by: User, project: Project, file: NewFile, journal_entry: JournalEntry | None, reading: Reading | None
) -> Attachment:
    upload = file.upload
    row = Attachment(
        project=project,
        journal_entry=journal_entry,
        reading=reading,
        name=upload.name,
        content_type=upload.content_type,
        size=len(upload.body),
        width=upload.width,
        height=upload.height,
        alt=file.alt.strip(),
        consent=file.consent,
        credit=file.credit.strip(),
        visibility=file.visibility,
        author=by,
    )
    _demand_told(row)
    stored = store(upload)
    row.file.name, row.widths = stored.path, stored.widths
    row.save()
    record(Verb.FILE_ADDED, project, by=by, attachment=row)
    revise(row, {}, by=by)
    return row


def _demand_told(row: Attachment) -> None:
    if row.is_picture and not row.alt.strip():
        raise AltMissing(_("Say what the picture shows, for people who cannot see it."))
    if row.consent not in Consent.values:
        raise ConsentMissing(_("Say whether people can be recognised, and whether they agreed."))
    if row.visibility not in dict(PART_VISIBILITIES):
        raise RefusedField(_("Choose one of the levels."), "visibility")


def _demand_of_project(project: Project, journal_entry: JournalEntry | None, reading: Reading | None) -> None:
    of_entry = journal_entry is None or journal_entry.project_id == project.pk
    of_reading = reading is None or reading.indicator.project_id == project.pk
    if not (of_entry and of_reading) or (journal_entry and reading):
        raise NotOfThisProject(_("A file belongs to one entry or one reading of its own project."))


def _demand_room(project: Project, journal_entry: JournalEntry | None, more: int) -> None:
    if journal_entry and journal_entry.attachments.count() + more > MOST_OF_ENTRY:
        raise TooManyFiles(
            _("An entry holds at most %(most)d photos and files. Write another entry for the others.")
            % {"most": MOST_OF_ENTRY}
        )
    if project.attachments.count() + more > MOST_OF_PROJECT:
        raise TooManyFiles(
            _("A project holds at most %(most)d photos and files. Take away what nobody needs any more.")
            % {"most": MOST_OF_PROJECT}
        )


def _locked(attachment: Attachment) -> Attachment:
    try:
        return locked(attachment)
    except Attachment.DoesNotExist as error:
        raise RemovedMeanwhile(_("Somebody else removed this file a moment ago.")) from error
