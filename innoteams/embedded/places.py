"""Where things are kept: everything lives in one home, and the addresses of both servers follow from it."""

import hashlib
import os
import stat
from pathlib import Path
from urllib.parse import quote

from innoteams.embedded import locks
from innoteams.embedded.errors import EmbeddedServerError

POSTGRES_PORT = 5432
# A unix socket's path has 108 bytes on Linux and 104 on macOS, the closing zero included.
_LONGEST_SOCKET_PATH = 103


def home() -> Path:
    """The folder that holds all data of this installation: INNOTEAMS_HOME, or `var` beside manage.py."""
    chosen = os.environ.get("INNOTEAMS_HOME", "")
    if chosen:
        return Path(chosen).expanduser().absolute()
    return Path(__file__).resolve().parent.parent.parent / "var"


def running_demo() -> Path | None:
    """The variables of the demo that runs on this home now, if one does: commands beside it take part in it."""
    claim, variables = home() / "run" / "demo", home() / "demo.env"
    try:
        return variables if claim.exists() and locks.is_taken(claim) and variables.exists() else None
    except OSError:
        # Not ours to look into; whoever needs the home is told so where it is needed.
        return None


def postgres_folder() -> Path:
    return home() / "postgres"


def postgres_socket_folder() -> Path:
    """The folder of PostgreSQL's socket: in /tmp, always the same, where the home's path can't be used."""
    # A comma would read as two hosts to the client library.
    return _short_enough(postgres_folder(), f".s.PGSQL.{POSTGRES_PORT}", "postgres", forbidden=",")


def valkey_socket() -> Path:
    return _short_enough(home() / "run", "valkey.sock", "valkey") / "valkey.sock"


def broker_url(db: int = 0) -> str:
    """Celery's broker URL for the embedded Valkey: known without starting it; connecting starts it."""
    from kombu.transport import TRANSPORT_ALIASES

    TRANSPORT_ALIASES["embedded"] = "innoteams.embedded.broker:Transport"
    return f"embedded+socket://{quote(str(valkey_socket()))}?virtual_host={db}"


def cache_url(db: int = 1) -> str:
    """The cache's URL for the embedded Valkey; `ValkeyCache` starts it."""
    return f"unix://{quote(str(valkey_socket()))}?db={db}"


def private_folder(path: Path, *, owner: int | None = None) -> Path:
    """Make sure `path` is a folder only `owner` (default: this user) can enter, not one planted there."""
    me = os.geteuid()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise EmbeddedServerError(f"{path} should be a folder of its own and is a link: move it away.")
    if owner is not None and found.st_uid == me != owner:
        os.chown(path, owner, -1)
    elif found.st_uid != (me if owner is None else owner) and (owner is not None or me != 0):
        raise EmbeddedServerError(
            f"{path} belongs to another user: run as that user, or set INNOTEAMS_HOME to a folder of your own."
        )
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def _short_enough(folder: Path, file: str, name: str, forbidden: str = "\n") -> Path:
    if len(os.fsencode(folder / file)) <= _LONGEST_SOCKET_PATH and forbidden not in str(folder):
        return folder
    # Not the user's TMPDIR: every process of this home has to come to the same place.
    short = hashlib.sha256(os.fsencode(home())).hexdigest()[:16]
    return Path("/tmp") / f"innoteams-{name}-{short}"  # noqa: S108 - made a private_folder() before use
