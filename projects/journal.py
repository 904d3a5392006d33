"""The journal of a project: what happened, in a few sentences."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from innoteams.accounts.models import User
from innoteams.lib.verdicts import demand
from projects.attachments import NewFile, attach_all
from projects.choices import Verb
from projects.days import demand_past
from projects.history import changes_in, record, revise, snapshot, touch
from projects.levels import level_facts
from projects.locking import EditedMeanwhile, locked
from projects.models import JournalEntry, Project
from projects.permissions import can_edit_project
from projects.shelf import kept_only_if_saved


@kept_only_if_saved()
@transaction.atomic
def write_journal(
    *,
    by: User,
    project: Project,
    happened_on: dt.date,
    text: str,
    language: str = "",
    visibility: str = "",
    files: Sequence[NewFile] = (),
) -> JournalEntry:
    """A new entry with its photos and files; seen by whoever sees the project, or by fewer."""
    demand(can_edit_project(by, project))
    demand_past(happened_on, by=by, field="happened_on")
    entry = JournalEntry.objects.create(
        project=project,
        happened_on=happened_on,
        text=text,
        language=language or project.language,
        visibility=visibility,
        author=by,
    )
    touch(project)
    record(Verb.JOURNAL_ADDED, project, by=by, journal_entry=entry)
    revise(entry, {}, by=by)
    attach_all(by=by, project=project, files=files, journal_entry=entry)
    return entry


@kept_only_if_saved()
@transaction.atomic
def change_journal(
    *,
    by: User,
    entry: JournalEntry,
    version: int,
    happened_on: dt.date,
    text: str,
    language: str,
    visibility: str | None = None,
    files: Sequence[NewFile] = (),
) -> JournalEntry:
    """Corrects an entry, and adds files to it; raises EditedMeanwhile if somebody saved since `version`.

    Without `visibility` it keeps its own.
    """
    demand(can_edit_project(by, entry.project))
    demand_past(happened_on, by=by, field="happened_on")
    now = locked(entry)
    own = now.visibility if visibility is None else visibility
    given: dict[str, object] = {"happened_on": happened_on, "text": text, "language": language, "visibility": own}
    if now.version != version:
        raise EditedMeanwhile(now, given)
    before, level = snapshot(now), level_facts(now, {"visibility": own})
    if changed := changes_in(now, given):
        for name in changed:
            setattr(now, name, given[name])
        now.version += 1
        now.save(update_fields=[*changed, "version"])
        record(Verb.PROJECT_CHANGED, now.project, by=by, journal_entry=now, facts={"fields": ["journal"], **level})
        revise(now, before, by=by)
    attach_all(by=by, project=now.project, files=files, journal_entry=now)
    return now
