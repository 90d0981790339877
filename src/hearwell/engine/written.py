"""Queries that were written lately, by what decides them."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class Written:
    """Queries that were written lately. Writing one takes as long as summing a million rows."""

    def __init__(self, most: int = 1024) -> None:
        self.most = most
        self.kept: OrderedDict[Hashable, Any] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Hashable, write: Callable[[], T]) -> T:
        """Return what goes by a key; have it written if it is not there.

        Several threads may ask at once; what two of them miss, both write.
        """
        with self.lock:
            if key in self.kept:
                self.kept.move_to_end(key)  # the last used is the last to go
                known: T = self.kept[key]
                return known
        found = write()
        with self.lock:
            self.kept[key] = found
            while len(self.kept) > self.most:
                self.kept.popitem(last=False)
        return found


WRITTEN = Written()
