"""How often somebody may ask: a window that slides, over counts kept in Django's cache."""

import math
from collections.abc import Callable
from time import time

from django.core.cache import cache

WINDOW_SECONDS = 60


class TooMany(Exception):
    """More was asked than may be.

    Attributes:
        wait_seconds: after so long the next request is answered, if there was none before it.

    """

    def __init__(self, most: int, wait_seconds: int) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(
            f"More than {most} requests in {WINDOW_SECONDS} seconds. "
            f"Wait {wait_seconds} seconds, and ask less often."
        )


def count(who: str, most: int, now: Callable[[], float] = time) -> None:
    """Count a request of somebody; those that are refused do not count.

    The requests of the last minute are taken to be those since the full minute, and of the minute
    before as large a part as still lies within the window.

    Raises:
        TooMany.

    """
    minute, into = divmod(now(), WINDOW_SECONDS)
    key, before_key = (f"rate:{who}:{int(minute - back)}" for back in (0, 1))
    cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
    asked: int = cache.incr(key)
    before: int = cache.get(before_key, 0)
    if asked + before * (1 - into / WINDOW_SECONDS) > most:
        cache.decr(key)
        raise TooMany(most, wait(asked - 1, before, into, most))


def wait(asked: int, before: int, into: float, most: int) -> int:
    """Return after how many whole seconds one more request fits.

    Args:
        asked, before: requests in this minute and in the one before.
        into: seconds since this minute began.

    """
    if asked + 1 <= most:
        fits = WINDOW_SECONDS * (1 - (most - asked - 1) / before)
        return max(1, math.ceil(fits - into))
    fits = WINDOW_SECONDS * (1 - (most - 1) / asked)
    return max(1, math.ceil(WINDOW_SECONDS - into + fits))
