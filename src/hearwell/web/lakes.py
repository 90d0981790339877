"""Open lakes, lent to one request at a time, and answers kept until the lake changes."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from hearwell.lake.lake import CATALOG, Lake, open_lake
from hearwell.lake.shown import shown
from hearwell.settings import FILE

KEPT_OPEN = 8
"""More lakes than these are closed when they come back; each holds a connection and its memory."""

PATIENCE_SECONDS = 0.5
"""So long one waits for a lake to come back before one more is opened: that takes about as long."""

SETTLED_SECONDS = 1.0
"""A file that was written to this long ago at least has no later write with the same time."""

TRUSTED_SECONDS = 5.0
"""Then the lake is asked all the same: a commit may wait for the disk after its last write."""

RENEWED_SECONDS = 2.5
"""Then the first who comes asks, so that they do not all have to ask at once."""

OLDEST_SECONDS = 60.0
"""No answer is told again that is older, however long it took."""

Kept = TypeVar("Kept")
is_exact: ContextVar[bool] = ContextVar("is_exact", default=False)


@contextmanager
def exactly() -> Iterator[None]:
    """Tell of the state that is held and of no other, until the end of the block."""
    before = is_exact.set(True)
    try:
        yield
    finally:
        is_exact.reset(before)


Written = tuple[tuple[int, int, int], ...]
Edition = tuple[int, int | None]  # of the settings, and the snapshot that is shown for the newest


class Pool:
    """Lakes that are open for reading. One whose settings have changed is not lent again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.free: list[tuple[Edition, Lake]] = []
        self.out = 0
        self.asked: set[Lake] = set()  # those that are out and open
        self.lock = threading.Condition()
        self.known: tuple[Written, int, float] | None = None
        self.renewed = 0.0  # when that was known which somebody asks anew

    def edition(self) -> int:
        """Return which edition of the settings holds."""
        file = self.path / FILE
        return file.stat().st_mtime_ns if file.exists() else 0

    @contextmanager
    def lent(self, snapshot: int | None = None) -> Iterator[Lake]:
        """Lend a lake. One that was in use when something failed is closed, not lent again.

        Args:
            snapshot: that it shows in place of the newest.

        """
        edition = self.edition(), snapshot
        lake = self.take(edition)
        is_free = False
        try:
            lake = lake or self.opened(snapshot)
            with self.lock:
                self.asked.add(lake)
            yield lake
            is_free = True
        finally:
            with self.lock:
                self.out -= 1
                is_kept = is_free and len(self.free) < KEPT_OPEN
                if lake is not None:
                    self.asked.discard(lake)
                    if is_kept:
                        self.free.append((edition, lake))
                self.lock.notify()
            if lake is not None and not is_kept:
                lake.close()

    def opened(self, snapshot: int | None) -> Lake:
        lake = silent(open_lake(self.path, as_of=None if snapshot is None else str(snapshot)))
        lake.as_of = None  # nobody asked for a state of the past
        return lake

    def interrupt(self) -> None:
        """Break off whatever is asked of any lake that is out."""
        with self.lock:
            for lake in self.asked:
                lake.connection.interrupt()

    def take(self, edition: Edition) -> Lake | None:
        """Take a lake that is free, if need be after waiting; None if one is to be opened."""
        with self.lock:
            self.lock.wait_for(lambda: self.free or self.out < KEPT_OPEN, PATIENCE_SECONDS)
            self.out += 1
            while self.free:
                made, lake = self.free.pop()
                if made == edition:
                    return lake
                lake.close()
        return None

    def written(self) -> Written | None:
        """Return what tells whether anybody has written to the catalog since; None while they do.

        To ask the lake for its snapshot takes longer than all else that a kept page needs.
        """
        found = []
        for name in (CATALOG, f"{CATALOG}-wal"):
            try:
                told = (self.path / name).stat()
            except FileNotFoundError:
                continue
            if not told.st_size:  # an empty log comes and goes with those who read
                continue
            if time.time() - told.st_mtime < SETTLED_SECONDS:
                return None
            found.append((told.st_ino, told.st_size, told.st_mtime_ns))
        return tuple(found)

    def snapshot(self) -> int | None:
        """Return the snapshot that holds; None where the lake has to be asked."""
        older = shown(self.path)
        if older is not None:
            return older
        if self.known is None:
            return None
        written, snapshot, at = self.known
        age = time.monotonic() - at
        if age >= TRUSTED_SECONDS or written != self.written():
            return None
        if age >= RENEWED_SECONDS and self.renewed != at:  # one asks, and the others need not wait
            self.renewed = at
            return None
        return snapshot

    @contextmanager
    def reading(self) -> Iterator[Lake]:
        """Lend a lake that shows one state, and note in which files that is.

        While more is brought in, that is the state before.
        """
        older, written, at = shown(self.path), self.written(), time.monotonic()
        with self.lent(older) as lake, lake.reading() as snapshot:
            if older is None and written is not None and written == self.written():
                self.known = written, snapshot, at
            yield lake

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
        with POOL.reading() as lake:
            yield lake
        return
    with POOL.reading() as lake:
        snapshot = lake.snapshot
        if as_of == str(snapshot):  # a permanent link to the state that still holds
            with exactly():
                yield lake
            return
    with silent(open_lake(POOL.path, as_of=as_of)) as lake, lake.reading():
        yield lake


@dataclass(frozen=True)
class Made:
    """What was made, when, and how long that took."""

    value: Any
    at: float
    seconds: float


class Answered:
    """What was made of one state of the lake; the same is not made twice at once."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.found: OrderedDict[Hashable, Future[Made]] = OrderedDict()
        self.newest: dict[Hashable, Made] = {}
        self.lock = threading.Lock()

    def get(self, about: Hashable, state: Hashable, made: Callable[[], Any]) -> Any:
        """Return what is known about something in a state; make it if nobody has yet."""
        key = (about, state)
        with self.lock:
            future = self.found.get(key)
            if mine := future is None:
                future = self.found[key] = Future()
            self.found.move_to_end(key)
            while len(self.found) > self.most:
                self.found.popitem(last=False)
        if mine:
            try:
                future.set_result(self.make(about, made))
            except BaseException as error:  # noqa: BLE001  whoever waits is told, too
                with self.lock:
                    self.found.pop(key, None)
                future.set_exception(error)
        return future.result().value

    def known(self, about: Hashable, state: Hashable) -> Any:
        """Return what is known about something in a state; None if nothing is, or not yet."""
        key = (about, state)
        with self.lock:
            future = self.found.get(key)
            if future is None or not future.done() or future.exception() is not None:
                return None
            self.found.move_to_end(key)
        return future.result().value

    def make(self, about: Hashable, made: Callable[[], Any]) -> Made:
        began = time.monotonic()
        with exactly():
            value = made()
        now = time.monotonic()
        found = Made(value, now, now - began)
        with self.lock:
            self.newest[about] = found
            while len(self.newest) > self.most:
                self.newest.pop(next(iter(self.newest)))
        return found

    def recent(self, about: Hashable, times: float) -> Made | None:
        """Return what was made last, if that is no longer ago than so many times it took."""
        found = self.newest.get(about)
        if found is None:
            return None
        age = time.monotonic() - found.at
        return found if age < min(times * found.seconds, OLDEST_SECONDS) else None


ANSWERED = Answered(most=500)


def kept(lake: Lake, what: str, about: Hashable, made: Callable[[], Kept]) -> Kept:
    """Return what was made of the same state of the lake and the same question before.

    While rows come in all the time, each state lasts seconds. What takes long to make is then told
    of a state a little older, so that the server does not do nothing else. What something is made
    of is always of one state: only the whole may be older.

    Args:
        what: a name for the kind of thing.
        about: all that it depends on beside the lake and its settings.

    """
    subject, state = (what, about, lake.as_of, POOL.edition()), lake.snapshot
    if lake.as_of is None and not is_exact.get() and (subject, state) not in ANSWERED.found:
        recent = ANSWERED.recent(subject, settings.ANSWERS_REUSED)
        if recent is not None:
            older: Kept = recent.value
            return older
    found: Kept = ANSWERED.get(subject, state, made)
    return found


def known(what: str, about: Hashable, as_of: str | None) -> Any:
    """Return what `kept` has of the state that holds, if that can be told without a lake.

    Args:
        as_of: the state that is wanted; None for the one that holds.

    Returns:
        None where the lake has to be asked.

    """
    snapshot = POOL.snapshot()
    if snapshot is None or as_of not in {None, str(snapshot)}:
        return None
    return ANSWERED.known((what, about, None, POOL.edition()), snapshot)
