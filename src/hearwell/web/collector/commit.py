"""Group commit: many requests wait for one write to disk, and none is answered before it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hearwell.sources.own.journal import Journal

MOST_WAITING_BYTES = 32 * 1024 * 1024
TURNED_AFTER_SECONDS = 1.0
"""So long after its first line a segment is left to the reader."""


class Busy(Exception):
    """More waits for the disk than can be held."""


class Commits:
    """The journal of this process, written by one thread of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal: Journal | None = None
        self.thread = ThreadPoolExecutor(1, "journal")
        self.waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self.waiting_bytes = 0
        self.writer: asyncio.Task[None] | None = None
        self.turns = False

    async def keep(self, lines: bytes) -> None:
        """Return when the lines are on disk.

        Raises:
            Busy, OSError: they are not.

        """
        if self.waiting_bytes + len(lines) > MOST_WAITING_BYTES:
            raise Busy
        done = asyncio.get_running_loop().create_future()
        self.waiting.append((lines, done))
        self.waiting_bytes += len(lines)
        if self.writer is None:
            self.writer = asyncio.create_task(self.write())
        await done

    async def write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self.waiting:
                batch, self.waiting = self.waiting, []
                lines = b"".join(each for each, _ in batch)
                try:
                    await loop.run_in_executor(self.thread, self.put, lines)
                except OSError as error:
                    for _, done in batch:
                        if not done.done():  # whoever waited may have gone
                            done.set_exception(error)
                else:
                    for _, done in batch:
                        if not done.done():
                            done.set_result(None)
                self.waiting_bytes -= len(lines)
        finally:
            self.writer = None
        if not self.turns:
            self.turns = True
            loop.call_later(TURNED_AFTER_SECONDS, self.turn)

    def put(self, lines: bytes) -> None:
        if self.journal is None:
            self.journal = Journal(self.folder)
        self.journal.write(lines)

    def turn(self) -> None:
        self.turns = False
        if self.journal is not None:
            self.thread.submit(self.journal.turn)
