"""What can go wrong with an embedded server, each said in one sentence."""

import errno
from pathlib import Path

from django.core.management.base import CommandError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM}


class EmbeddedServerError(CommandError):
    """The embedded server can't run; the message is one sentence a newcomer can act on.

    A CommandError, so that every manage.py command prints the sentence instead of a traceback.
    """


def from_os_error(error: OSError, folder: Path) -> EmbeddedServerError:
    """The sentence for a file-system error met while working in `folder`."""
    where = Path(error.filename) if isinstance(error.filename, str) and error.filename else folder
    if error.errno in _FULL:
        return disk_full(folder)
    if error.errno == errno.EROFS:
        return EmbeddedServerError(
            f"{where} is on a read-only disk; nothing was changed. Set INNOTEAMS_HOME to a folder that can be written."
        )
    if error.errno in _REFUSED:
        return EmbeddedServerError(
            f"{where} can't be written by this user; nothing was changed. "
            "Set INNOTEAMS_HOME to a folder of your own, or run as the user who owns it."
        )
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return EmbeddedServerError(f"{where} should be a folder and is a file: move it away, or set INNOTEAMS_HOME.")
    return EmbeddedServerError(f"{folder} can't be used for the embedded servers: {error.strerror or error}.")


def disk_full(folder: Path) -> EmbeddedServerError:
    """The sentence for a disk without room, whoever noticed it."""
    return EmbeddedServerError(
        f"The disk that holds {folder} is full; nothing was lost. "
        "Make room there, or set INNOTEAMS_HOME to another disk."
    )
