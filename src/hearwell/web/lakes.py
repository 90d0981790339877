"""Open lakes, lent to one request at a time, and answers kept until the lake changes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from hearwell.lake.lake import Lake, open_lake
from hearwell.settings import FILE

KEPT_OPEN = 8
"""More lakes than these are closed when they come back; each holds a connection and its memory."""

Kept = TypeVar("Kept")


class Pool:
    """Lakes that are open for reading. One whose settings have changed is not lent again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.free: list[tuple[int, Lake]] = []
        self.lock = threading.Lock()

    def edition(self) -> int:
        """Return which edition of the settings holds."""
        file = self.path / FILE
        return file.stat().st_mtime_ns if file.exists() else 0

    @contextmanager
    def lent(self) -> Iterator[Lake]:
        """Lend a lake. One that was in use when something failed is closed, not lent again."""
        edition = self.edition()
        lake = self.take(edition) or silent(open_lake(self.path))
        try:
            yield lake
        except BaseException:
            lake.close()
            raise
        with self.lock:
            if len(self.free) < KEPT_OPEN:
                self.free.append((edition, lake))
                return
        lake.close()

    def take(self, edition: int) -> Lake | None:
        while True:
            with self.lock:
                if not self.free:
                    return None
                made, lake = self.free.pop()
            if made == edition:
                return lake
            lake.close()

    def close(self) -> None:
        with self.lock:
            for _, lake in self.free:
                lake.close()
            self.free.clear()


def silent(lake: Lake) -> Lake:
    """Keep the lake from drawing its progress into the server's log."""
    lake.connection.execute("set enable_progress_bar = false")
    return lake


POOL = Pool(Path(settings.ENVIRONMENT.lake))


@contextmanager
def reading(as_of: str | None = None) -> Iterator[Lake]:
    """Lend a lake that shows one state until the end of the block: now, or as it was."""
    if as_of is None:
        with POOL.lent() as lake, lake.reading():
            yield lake
        return
    with POOL.lent() as lake, lake.reading() as snapshot:
        if as_of == str(snapshot):  # a permanent link to the state that still holds
            yield lake
            return
    with silent(open_lake(POOL.path, as_of=as_of)) as lake, lake.reading():
        yield lake


class Answered:
    """What was made of one state of the lake; the same is not made twice at once."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.found: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, about: Hashable, made: Callable[[], Any]) -> Any:
        with self.lock:
            future = self.found.get(about)
            if mine := future is None:
                future = self.found[about] = Future()
            self.found.move_to_end(about)
            while len(self.found) > self.most:
                self.found.popitem(last=False)
        if mine:
            try:
                future.set_result(made())
            except BaseException as error:  # noqa: BLE001  whoever waits is told, too
                with self.lock:
                    self.found.pop(about, None)
                future.set_exception(error)
        return future.result()


ANSWERED = Answered(most=500)


def kept(lake: Lake, what: str, about: Hashable, made: Callable[[], Kept]) -> Kept:
    """Return what was made of the same state of the lake and the same question before.

    Args:
        what: a name for the kind of thing.
        about: all that it depends on beside the lake and its settings.

    """
    depends = (what, about, lake.snapshot, lake.as_of, POOL.edition())
    found: Kept = ANSWERED.get(depends, made)
    return found
