"""Which state a lake shows to those who look at it all day, while more is brought in.

Rows are there as soon as they are brought in, and what is derived of them and kept only a while
later. Whoever asks between the two derives it alone: right, but with as much work as the one who
does it for all. Pages therefore tell of the state before, until the newer one is whole.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from hearwell.lake.folder import SHOWN, SHOWN_LOCK, write_private
from hearwell.lake.lake import Lake

WAIT_SECONDS = 1.0
"""A reader who looks whether anybody holds the lock holds it for a moment himself."""


@contextmanager
def showing(lake: Lake) -> Iterator[None]:
    """Have the state of now shown until all that is done inside is whole, or was broken off.

    Where another does so already, his state is shown until he is done.
    """
    lock, told = FileLock(lake.path / SHOWN_LOCK), lake.path / SHOWN
    try:
        lock.acquire(timeout=WAIT_SECONDS)
    except Timeout:
        yield
        return
    try:
        with suppress(OSError):  # without it pages take longer; a full disk is told of by the work
            write_private(told, str(lake.snapshot))
        yield
    finally:
        with suppress(OSError):
            told.unlink(missing_ok=True)
        lock.release()


def shown(path: Path) -> int | None:
    """Return the snapshot that is shown in place of the newest; None where the newest is.

    What a process left that was killed does not count: its lock went with it.
    """
    told = path / SHOWN
    try:
        snapshot = int(told.read_text("ascii"))
        with FileLock(path / SHOWN_LOCK).acquire(timeout=0):
            told.unlink(missing_ok=True)
    except Timeout:
        return snapshot
    except OSError:
        return None
    return None
