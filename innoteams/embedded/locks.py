"""File locks that the kernel lets go when a process ends, even by kill -9."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def take(path: Path, *, shared: bool = False, wait: bool = True) -> int | None:
    """Lock `path` and return the descriptor that holds the lock, or None if it is taken and `wait` is false.

    Forked children hold it too, until each has closed its copy; programs that are executed do not.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold `path` alone for the length of the block, waiting for it."""
    descriptor = take(path)
    assert descriptor is not None
    try:
        yield
    finally:
        os.close(descriptor)


def is_taken(path: Path) -> bool:
    """Whether another process holds `path` alone; looking never disturbs a holder."""
    try:
        descriptor = take(path, shared=True, wait=False)
    except FileNotFoundError:
        return False
    if descriptor is None:
        return True
    os.close(descriptor)
    return False
