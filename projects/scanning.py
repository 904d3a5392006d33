"""The door to a virus scanner: a command that reads a file and says yes or no, before anything of it is kept."""

import logging
import shlex
import subprocess

from django.conf import settings
from django.utils.translation import gettext as _

from projects.refusals import RefusedField

SECONDS = 60

_log = logging.getLogger(__name__)


class Infected(RefusedField):
    field = "file"


class ScannerSilent(RefusedField):
    """It could not be asked. What was not checked is not taken."""

    field = "file"


def scan(body: bytes) -> None:
    """Hands the bytes to FILE_SCAN_COMMAND: 0 means clean, 1 infected, anything else that it does not work."""
    command = shlex.split(settings.FILE_SCAN_COMMAND)
    if not command:
        return
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command, without a shell; the file is its input alone
            command, input=body, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.exception("The virus scanner could not be asked.")
        raise _silent() from error
    if done.returncode == 1:
        raise Infected(_("The virus scanner found something in this file, so it was not kept."))
    if done.returncode != 0:
        _log.error("The virus scanner ended with %s: %s", done.returncode, done.stderr[-500:].decode(errors="replace"))
        raise _silent()


def _silent() -> ScannerSilent:
    return ScannerSilent(_("Files cannot be checked for viruses right now, so none is taken. Please try again later."))
