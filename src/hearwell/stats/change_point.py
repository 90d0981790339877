"""When did it change? The days on which a level changed, and how sure each of them is.

A stretch of days is as unlikely as its best level makes it; every change costs a penalty, so that
chance does not make changes. All ways to cut the days into stretches are compared (optimal
partitioning, Jackson and others 2005).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hearwell.stats.interval import FloatArray

IntArray = NDArray[np.int64]


class Misfit(Protocol):
    """How unlikely days are with one level: minus twice the log-likelihood at its best."""

    @property
    def days(self) -> int: ...

    def __call__(self, first: IntArray | int, end: IntArray | int) -> FloatArray: ...


@dataclass(frozen=True)
class OfShare:
    """Days of hits among n. More scatter than chance gives makes all less telling.

    Attributes:
        dispersion: how many rows tell as much as one that stands for itself.

    """

    hits: FloatArray
    n: FloatArray
    dispersion: float = 1.0

    @property
    def days(self) -> int:
        return len(self.n)

    @np.errstate(divide="ignore", invalid="ignore")
    def __call__(self, first: IntArray | int, end: IntArray | int) -> FloatArray:
        hits, n = between(self.hits, first, end), between(self.n, first, end)
        misses = n - hits
        best = hits * np.log(np.maximum(hits / n, 1e-300)) + misses * np.log(
            np.maximum(misses / n, 1e-300)
        )
        return np.where(n > 0, -2 * best / self.dispersion, 0.0)


@dataclass(frozen=True)
class OfLevel:
    """Days of a value with its error (standard deviation); nan and endless errors tell nothing."""

    values: FloatArray
    error: FloatArray

    @property
    def days(self) -> int:
        return len(self.values)

    @np.errstate(divide="ignore", invalid="ignore")
    def __call__(self, first: IntArray | int, end: IntArray | int) -> FloatArray:
        known = ~np.isnan(self.values) & np.isfinite(self.error) & (self.error > 0)
        centre = np.average(self.values[known]) if known.any() else 0.0  # keeps digits
        weight = np.where(known, 1 / self.error**2, 0.0)
        value = np.where(known, self.values - centre, 0.0)
        w = between(weight, first, end)
        total = between(weight * value, first, end)
        squares = between(weight * value**2, first, end)
        return np.where(w > 0, squares - total**2 / w, 0.0)


def between(amounts: FloatArray, first: IntArray | int, end: IntArray | int) -> FloatArray:
    """Add up the days from the first up to, and without, the end."""
    total = np.append(0.0, np.cumsum(amounts))
    found: FloatArray = np.asarray(total[end] - total[first])
    return found


def changes(misfit: Misfit, penalty: float | None = None, shortest: int = 7) -> list[int]:
    """Return the days on which a new level begins, counted from 0.

    Args:
        penalty: what a change must better the fit; 3 ln(days) if not given.
        shortest: a level lasts at least so many days.

    """
    days = misfit.days
    price = 3 * np.log(max(days, 2)) if penalty is None else penalty
    best = np.full(days + 1, np.inf)
    best[0] = -price
    came_from = np.zeros(days + 1, dtype=np.int64)
    for end in range(shortest, days + 1):
        first = np.append(0, np.arange(shortest, end - shortest + 1))
        cost = best[first] + misfit(first, end) + price
        at = int(cost.argmin())
        best[end], came_from[end] = cost[at], first[at]
    found: list[int] = []
    day = int(came_from[days])
    while day > 0:
        found.append(day)
        day = int(came_from[day])
    return found[::-1]


@dataclass(frozen=True)
class Dated:
    """A change, and the days on which it may have been.

    Attributes:
        day: the most likely one, counted from 0; the first of the new level.
        days, likely: those that may be, the most likely first, and how likely each is.

    """

    day: int
    days: list[int]
    likely: list[float]

    @property
    def first(self) -> int:
        return min(self.days)

    @property
    def last(self) -> int:
        return max(self.days)


def dated(
    misfit: Misfit, found: Sequence[int], level: float = 0.95, shortest: int = 1
) -> list[Dated]:
    """Return for each change the fewest days that hold it with a chance of the level.

    Each day between the change before and the one after is as likely as the two levels that it
    would part make what was seen.
    """
    edges = [0, *found, misfit.days]
    told = []
    for before, after in zip(edges[:-2], edges[2:], strict=True):
        days = np.arange(before + shortest, after - shortest + 1)
        cost = misfit(np.full(len(days), before), days) + misfit(days, np.full(len(days), after))
        weight = np.exp(-(cost - cost.min()) / 2)
        weight /= weight.sum()
        order = np.argsort(-weight, kind="stable")
        enough = int(np.searchsorted(np.cumsum(weight[order]), level - 1e-12)) + 1
        chosen = order[:enough]
        told.append(Dated(int(days[order[0]]), days[chosen].tolist(), weight[chosen].tolist()))
    return told
