"""One writer at a time, with a bounded wait. Readers never wait."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from hearwell.lake.errors import LakeLocked, LakeReadOnly

WAIT_SECONDS = 60.0


@contextmanager
def writer_lock(lake: Path, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lake's only writer lock; the lock goes with the process that held it."""
    holder = lake / "write.holder"
    lock = FileLock(lake / "write.lock")
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        who = holder.read_text() if holder.exists() else ""
        raise LakeLocked(lake, who, wait_seconds) from error
    except PermissionError as error:
        raise LakeReadOnly(lake) from error
    try:
        holder.write_text(f"process {os.getpid()}")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()
