"""Do two courses go together, and how many steps later does the second follow?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hearwell.stats.interval import FloatArray

FEWEST_STEPS = 56
"""Eight weeks: of fewer, a weekday is seen too seldom to be put aside."""

WEEK, BEND = 7, 28
RUNS, SEED = 999, 20_260_601


@dataclass(frozen=True)
class Lagged:
    """One element for each lag, in steps by which the second comes after the first.

    Attributes:
        correlation: of what is left when weekdays and slow changes are put aside.
        low, high: the stretch in which it lies by chance alone.
        p: that chance alone gives a correlation as large at any of the lags.

    """

    lag: NDArray[np.int64]
    correlation: FloatArray
    low: FloatArray
    high: FloatArray
    p: float

    @property
    def strongest(self) -> int:
        """Return the place of the lag with the largest correlation, either way."""
        return int(np.argmax(np.abs(self.correlation)))


def lagged(
    first: FloatArray,
    second: FloatArray,
    weekday: NDArray[np.int64],
    most: int,
    level: float,
) -> Lagged:
    """Correlate two courses at each lag up to some steps, either way.

    Chance is what is seen when the weeks of the second are put in another order, at random: each
    keeps its own ups and downs from day to day.

    Args:
        first, second: counts of each step, at least `FEWEST_STEPS`.
        weekday: of each step, from 0.
        most: the largest lag looked at.

    """
    one, other = (residual(np.log1p(each), weekday) for each in (first, second))
    shuffled = np.vstack([other, other[in_other_order(len(other))]])
    lags = np.arange(-most, most + 1)
    found = np.stack([correlation(one, shuffled, int(lag)) for lag in lags], axis=1)
    seen, by_chance = found[0], found[1:]
    low, high = np.quantile(by_chance, [(1 - level) / 2, (1 + level) / 2], axis=0)
    as_large = np.abs(by_chance).max(axis=1) >= np.abs(seen).max()
    return Lagged(lags, seen, low, high, (1 + float(as_large.sum())) / (1 + RUNS))


def in_other_order(n: int) -> NDArray[np.int64]:
    """Return places with whole weeks in another order, shape (runs, n); what is over stays last."""
    rng = np.random.default_rng(SEED)
    weeks = np.tile(np.arange(n // WEEK), (RUNS, 1))
    order = rng.permuted(weeks, axis=1)
    places = (order[:, :, None] * WEEK + np.arange(WEEK)).reshape(RUNS, -1)
    rest = np.tile(np.arange(n // WEEK * WEEK, n), (RUNS, 1))
    return np.hstack([places, rest])


def residual(values: FloatArray, weekday: NDArray[np.int64]) -> FloatArray:
    """Return what is left of values when weekday and slow changes are put aside.

    Slow is a line that bends every four weeks.
    """
    days = (weekday[:, None] == np.unique(weekday)[None, :]).astype(np.float64)
    step = np.arange(len(values), dtype=np.float64)
    bends = np.arange(BEND, len(values) - BEND / 2, BEND)
    line = np.hstack([step[:, None], np.maximum(step[:, None] - bends, 0.0)]) / len(values)
    told = np.hstack([days, line])
    found: FloatArray = values - told @ np.linalg.lstsq(told, values, rcond=None)[0]
    return found


@np.errstate(divide="ignore", invalid="ignore")
def correlation(one: FloatArray, others: FloatArray, lag: int) -> FloatArray:
    """Correlate one course with each of several that come so many steps later; 0 if constant."""
    n = len(one)
    x = one[max(0, -lag) : n - max(0, lag)]
    y = others[:, max(0, lag) : n - max(0, -lag)]
    x, y = x - x.mean(), y - y.mean(axis=1, keepdims=True)
    found: FloatArray = (y @ x) / np.sqrt((x @ x) * (y * y).sum(axis=1))
    return np.nan_to_num(found)
