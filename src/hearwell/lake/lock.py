"""One writer at a time, with a bounded wait. Readers never wait."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from hearwell.lake.errors import LakeLocked
from hearwell.lake.folder import HOLDER, LOCK

WAIT_SECONDS = 60.0


@contextmanager
def writer_lock(
    lake: Path, message: str = "", wait_seconds: float = WAIT_SECONDS
) -> Iterator[None]:
    """Hold the lake's only writer lock; the lock goes with the process that held it.

    Ctrl-C ends the wait.

    Args:
        message: what is to be done, for those who wait.

    Raises:
        LakeLocked: somebody else held it all the time; the error says who.

    """
    holder = lake / HOLDER
    lock = FileLock(lake / LOCK)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        raise LakeLocked(lake, named(holder), wait_seconds) from error
    try:
        with suppress(OSError):  # a courtesy, which a full disk must not turn into a failure
            holder.write_text(f"process {os.getpid()} on {platform.node()} ({message})", "utf-8")
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def named(holder: Path) -> str:
    try:
        return holder.read_text("utf-8").strip()
    except OSError:
        return ""
