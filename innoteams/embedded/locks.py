"""File locks that the kernel lets go when a process ends, even by kill -9."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def take(path: Path, *, shared: bool = False) -> int:
    """Wait for the lock on `path` and return the descriptor that holds it.

    Forked children hold it too, until each has closed its copy; programs that are executed do not.
    """
    return _lock(path, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)


def take_if_free(path: Path, *, shared: bool = False) -> int | None:
    """As `take`, but return None at once if another process is in the way."""
    try:
        return _lock(path, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold `path` alone for the length of the block, waiting for it."""
    descriptor = take(path)
    try:
        yield
    finally:
        os.close(descriptor)


def is_taken(path: Path) -> bool:
    """Whether another process holds `path` alone; looking never disturbs a holder."""
    descriptor = take_if_free(path, shared=True)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def _lock(path: Path, operation: int) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, operation)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
