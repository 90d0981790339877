"""Lines on disk: what was acknowledged is there, whatever becomes of the process.

A journal is a folder. Each process that writes has a lock there and segments of its own. One that
still grows is named so, and gets its last name when it is whole. Whoever reads takes those that are
whole, and those that grew when their process died.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

WHOLE, GROWS = ".jsonl", ".growing"
HELD = ".lock"
MOST_BYTES = 64 * 1024 * 1024
"""A segment that has grown so large is followed by another."""


class Journal:
    """The segments of one process. Close it when done; after a crash nothing needs to be done."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self.name = uuid4().hex
        self.lock = FileLock(folder / f"{self.name}{HELD}")
        self.lock.acquire(timeout=0)
        self.number = 0
        self.handle: int | None = None
        self.path = folder
        self.size = 0

    def write(self, lines: bytes) -> None:
        """Put whole lines on disk; when this returns they are there.

        Raises:
            OSError: they are not, and nothing of them is.

        """
        handle = self.opened()
        try:
            written = 0
            while written < len(lines):
                written += os.write(handle, lines[written:])
            os.fdatasync(handle)
        except OSError:
            self.forget(handle)
            raise
        self.size += len(lines)
        if self.size >= MOST_BYTES:
            self.turn()

    def opened(self) -> int:
        if self.handle is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            self.path = self.folder / f"{self.name}-{self.number:08}{GROWS}"
            self.handle = os.open(self.path, flags, 0o600)
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)  # else the file's name could be lost with the power
            finally:
                os.close(folder)
            self.size = 0
        return self.handle

    def forget(self, handle: int) -> None:
        """Take back what was written in part; if even that fails, nothing follows it."""
        try:
            os.ftruncate(handle, self.size)
            os.fdatasync(handle)
        except OSError:
            self.turn()

    def turn(self) -> None:
        """Let the segment be read; the next line begins another."""
        if self.handle is not None:
            os.close(self.handle)
            self.path.rename(self.path.with_suffix(WHOLE))
            self.handle = None
            self.number += 1

    def close(self) -> None:
        self.turn()
        self.lock.release()
        (self.folder / f"{self.name}{HELD}").unlink(missing_ok=True)


@dataclass(frozen=True)
class Segment:
    """Lines that nobody adds to."""

    path: Path

    @property
    def lines(self) -> int:
        """How many whole lines it has. A last line without an end was never acknowledged."""
        with self.path.open("rb") as file:
            return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))


@contextmanager
def readable(folder: Path, most: int = 100) -> Iterator[list[Segment]]:
    """Hold the segments that can be read, the oldest first; another reader waits or finds none.

    Args:
        most: so many at once, so that a long absence does not become one large transaction.

    """
    if not folder.exists():
        yield []
        return
    try:
        with FileLock(folder / "reader", timeout=0):
            yield list(finished(folder))[:most]
    except Timeout:
        yield []


def finished(folder: Path) -> Iterator[Segment]:
    for path in folder.glob(f"*{GROWS}"):
        if not is_alive(folder / f"{path.name.partition('-')[0]}{HELD}"):
            path.rename(path.with_suffix(WHOLE))
    whole = folder.glob(f"*{WHOLE}")
    yield from map(Segment, sorted(whole, key=lambda path: path.stat().st_mtime_ns))


def is_alive(held: Path) -> bool:
    """Does a process hold this lock?"""
    if not held.exists():
        return False
    lock = FileLock(held)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    held.unlink(missing_ok=True)
    return False
