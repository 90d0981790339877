"""Folders for work that is not finished: each goes when its work ends, or its process has died."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

IN_USE = "in-use.lock"
UNFINISHED = ".new-"
UNFINISHED_FOR_SECONDS = 3600
"""A folder that is not held after so long will never be: making one takes a millisecond."""


@contextmanager
def held_folder(base: Path) -> Iterator[Path]:
    """Give a new folder that others leave alone for as long as this process holds it.

    The lock is taken before the folder gets its name, so that it is never seen without.
    """
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=base))
    lock = FileLock(unfinished / IN_USE)
    folder = base / uuid4().hex
    try:
        lock.acquire(timeout=0)
        unfinished.rename(folder)
        yield folder
    finally:
        for each in (unfinished, folder):
            shutil.rmtree(each, ignore_errors=True)
        with suppress(OSError):  # the file it would let go is gone already
            lock.release()


def remove_abandoned(base: Path) -> None:
    """Remove the folders of processes that were killed."""
    for folder in base.iterdir():
        if folder.name.startswith(UNFINISHED):
            with suppress(OSError):  # finished, and so renamed, meanwhile
                if time.time() - folder.stat().st_mtime > UNFINISHED_FOR_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)
            continue
        # somebody works there, or has just removed it, or another account's process left it
        with suppress(Timeout, OSError), FileLock(folder / IN_USE, timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
