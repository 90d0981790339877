"""Quantiles and their intervals from histograms: counts of values, or of buckets of values.

Many groups are answered at once. A group is a number from 0; one without rows has no value.
Results are float64 of shape (groups,), in the unit of the values. nan is "no value".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hearwell.stats.interval import FloatArray, Interval

IntArray = NDArray[np.int64]

FEWEST = 5
"""Below this, the smallest and the largest value miss even a median too often."""


@dataclass(frozen=True)
class Histogram:
    """How often each value was seen in each group. The three have one length."""

    group: IntArray  # from 0, ascending
    value: FloatArray  # ascending within a group; a bucket is told by one value within it
    count: FloatArray  # whole numbers


def counts(histogram: Histogram, groups: int) -> FloatArray:
    """How many values each group holds."""
    return sums(histogram.group, histogram.count, groups)


def quantile(histogram: Histogram, groups: int, q: float) -> FloatArray:
    """Value below which a part q of the values lies (Hyndman and Fan 1996, type 7).

    The same number as `numpy.quantile` of all the values, and as `quantile_cont` of DuckDB.
    """
    n = counts(histogram, groups)
    return value_at(histogram, n, np.where(n > 0, (n - 1) * q, np.nan))


def quantile_interval(histogram: Histogram, groups: int, q: float, level: float) -> Interval:
    """Interval of a quantile from fractional order statistics (Hutson 1999).

    No shape of the distribution is assumed; with many ties it covers more than it says.
    An end lies where the binomial count of values below the quantile has its tail. A tail
    that lies beyond all the values ends at the last of them while that misses the quantile
    with a chance of at most 1 - level, as the largest of 29 values for q = 0.9. Beyond
    that it is open: nan.
    """
    n = counts(histogram, groups)
    enough = np.where(n >= FEWEST, n, np.nan)
    if np.isnan(enough).all():
        return Interval(enough, enough)
    from scipy import special  # noqa: PLC0415  0.3 s to import: only those who need it wait

    tail = (1 - level) / 2
    all_above, all_below = (1 - q) ** enough, q**enough
    first = np.where(all_above < tail, special.bdtrik(tail, enough, q), 0)
    last = np.where(all_below < tail, special.bdtrik(1 - tail, enough, q), n - 1)
    low = value_at(histogram, n, np.where(all_above <= 2 * tail, first, np.nan))
    high = value_at(histogram, n, np.where(all_below <= 2 * tail, last, np.nan))
    value = quantile(histogram, groups, q)
    return Interval(np.minimum(low, value), np.maximum(high, value))


def value_at(histogram: Histogram, n: FloatArray, position: FloatArray) -> FloatArray:
    """Value at a position in each group's sorted values, counted from 0.

    Between two positions, on the line between their values; nan for a nan position.
    """
    known = ~np.isnan(position)
    before = (np.cumsum(n) - n)[known]
    at = position[known]
    seen = np.cumsum(histogram.count)
    lower = np.floor(at)
    upper = np.minimum(lower + 1, n[known] - 1)
    left = histogram.value[np.searchsorted(seen, before + lower, side="right")]
    right = histogram.value[np.searchsorted(seen, before + upper, side="right")]
    part = at - lower
    # NumPy goes from the nearer end, and so do we: the results agree to the last bit.
    nearer_left, nearer_right = left + (right - left) * part, right - (right - left) * (1 - part)
    values = np.full(len(n), np.nan)
    values[known] = np.where(part < 0.5, nearer_left, nearer_right)
    return values


def sums(group: IntArray, amounts: FloatArray, groups: int) -> FloatArray:
    return np.bincount(group, weights=amounts, minlength=groups).astype(np.float64)
