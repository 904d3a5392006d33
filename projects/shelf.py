"""Where the bytes are: writing them so that they live and die with the rows that name them, and keeping what waits.

A transaction can be undone and a folder cannot. So whoever writes files does it inside `kept_only_if_saved`, which
takes them away again when the change fails, and files of removed rows go once the removal is certain.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.core import signing
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innoteams.accounts.models import User
from innoteams.lib.verdicts import Refused
from projects.file_kinds import ENDINGS
from projects.models import Attachment
from projects.models.attachments import private_storage
from projects.pictures import with_widths
from projects.uploads import Examined

# Accepted files of a form that came back for another reason wait here for its next sending.
WAITING = "waiting"
WAITS = dt.timedelta(days=1)
_SALT = "projects.shelf"

_log = logging.getLogger(__name__)
_written: ContextVar[list[str] | None] = ContextVar("written", default=None)


class NoRoom(Refused):
    """The disk refused."""


@dataclass(frozen=True, slots=True)
class Stored:
    path: str
    # {"480": path, …}
    widths: dict[str, str]


@contextmanager
def kept_only_if_saved() -> Iterator[None]:
    """Around the transaction (a decorator above `transaction.atomic`): if it fails, the files it wrote are gone too."""
    outer = _written.get()
    mine: list[str] = []
    token = _written.set(mine)
    try:
        yield
    except BaseException:
        delete(mine)
        raise
    else:
        if outer is not None:
            outer.extend(mine)
    finally:
        _written.reset(token)


def store(file: Examined) -> Stored:
    """Writes the file and its narrower pictures; only inside `kept_only_if_saved`."""
    written = _written.get()
    if written is None:
        raise RuntimeError("store() outside of kept_only_if_saved() would leave files behind")
    ending, stem = ENDINGS[file.content_type], uuid.uuid4().hex
    path = _write(_place(f"{stem}{ending}"), file.body, written)
    widths = {
        str(width): _write(_place(f"{stem}-{width}{ending}"), body, written) for width, body in file.widths.items()
    }
    return Stored(path, widths)


def delete(paths: Iterable[str]) -> None:
    """What cannot be deleted now is found by `manage.py files`."""
    for path in paths:
        try:
            private_storage().delete(path)
        except OSError:
            _log.exception("A file could not be deleted: %s", path)


def delete_after_commit(attachment: Attachment) -> None:
    paths = paths_of(attachment)
    transaction.on_commit(lambda: delete(paths))


def paths_of(attachment: Attachment) -> list[str]:
    return [attachment.file.name, *attachment.widths.values()]


def _place(name: str) -> str:
    return str(Attachment._meta.get_field("file").generate_filename(Attachment(), name))


def _write(path: str, body: bytes, written: list[str]) -> str:
    written.append(path)
    try:
        return private_storage().save(path, ContentFile(body))
    except OSError as error:
        _log.exception("A file could not be written.")
        raise NoRoom(_("The file could not be kept just now, so nothing was saved. Please try again later.")) from error


# --- files that wait for their form ---------------------------------------------------------------------------------


def keep_waiting(file: Examined, *, by: User) -> str:
    """Keeps an accepted file for a day; answers the token with which the same person takes it up."""
    sweep_waiting()
    path = f"{WAITING}/{by.pk}/{uuid.uuid4().hex}{ENDINGS[file.content_type]}"
    path = private_storage().save(path, ContentFile(file.body))
    return signing.dumps([by.pk, path, file.name, file.content_type, file.is_picture], salt=_SALT, compress=True)


def take_up(token: str, *, by: User) -> Examined | None:
    """The file that waits under the token; None where it is somebody else's, too old or gone."""
    try:
        owner, path, name, content_type, is_picture = signing.loads(token, salt=_SALT, max_age=WAITS)
    except signing.BadSignature:
        return None
    if owner != by.pk or not private_storage().exists(path):
        return None
    with private_storage().open(path) as file:
        body: bytes = file.read()
    if not is_picture:
        return Examined(name, content_type, body)
    picture = with_widths(body)
    return Examined(name, content_type, body, picture.width, picture.height, picture.widths)


def waits_no_more(token: str) -> None:
    """After the file found its place, or was left out."""
    try:
        delete([signing.loads(token, salt=_SALT)[1]])
    except signing.BadSignature:
        return


def sweep_waiting() -> None:
    """Whoever left a form and never came back leaves nothing here either."""
    storage = private_storage()
    if not storage.exists(WAITING):
        return
    oldest = timezone.now() - WAITS
    for owner in storage.listdir(WAITING)[0]:
        for name in storage.listdir(f"{WAITING}/{owner}")[1]:
            path = f"{WAITING}/{owner}/{name}"
            try:
                is_old = storage.get_modified_time(path) < oldest
            except FileNotFoundError:
                # Taken up by its form this very moment.
                continue
            if is_old:
                delete([path])
