"""How many events may come of one visitor and of one address: more wait, and are told so."""

from collections import OrderedDict
from dataclasses import dataclass, field
from math import ceil


@dataclass
class Bucket:
    """Lets through so many at once, and so many a second after that (a token bucket).

    Who has not come for so long that all is let through again is forgotten.
    """

    per_second: float
    at_once: float
    most_kept: int = 100_000
    left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, who: str, count: int, now: float) -> int:
        """Take so many; return after how many seconds to come again, 0 if they are let through."""
        left, at = self.left.pop(who, (self.at_once, now))
        left = min(self.at_once, left + (now - at) * self.per_second)
        wait = 0 if left >= count else ceil((count - left) / self.per_second)
        self.left[who] = (left if wait else left - count, now)
        for _ in range(2):  # who has come last stands last
            if self.is_forgettable(now):
                self.left.popitem(last=False)
        return wait

    def is_forgettable(self, now: float) -> bool:
        """May the one who has not come for longest be forgotten?"""
        _left, at = next(iter(self.left.values()), (0, now))
        return len(self.left) > self.most_kept or (now - at) * self.per_second > self.at_once
