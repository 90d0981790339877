"""How many different values there are, from the smallest of their hashes (k-minimum values)."""

import numpy as np

from hearwell.stats.interval import FloatArray, Interval, normal_quantile, poisson_total
from hearwell.stats.quantile import IntArray


def distinct(group: IntArray, hashes: FloatArray, groups: int, size: int) -> FloatArray:
    """Return the number for each group: exact where fewer hashes than `size` came.

    Args:
        group, hashes: the different hashes of each group, 0 to 1, at most `size`; shape (hashes,).
        groups: how many groups there are.
        size: how many hashes are kept of a group.

    Bar-Yossef et al. 2002; the estimate (k - 1) / (k-th smallest) is that of Beyer et al. 2007.

    """
    count = np.bincount(group, minlength=groups).astype(np.float64)
    largest = np.zeros(groups)
    np.maximum.at(largest, group, hashes)
    with np.errstate(divide="ignore"):
        return np.where(count < size, count, (size - 1) / largest)


def distinct_interval(number: FloatArray, size: int, level: float) -> Interval:
    """Interval of such a number as a total (Poisson), with the error of the estimate above `size`.

    The relative variance of the estimate is 1 / (k - 2).
    """
    exact = poisson_total(number, number, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = normal_quantile(level) * np.sqrt(number + number**2 / (size - 2))
    is_exact = number < size
    return Interval(
        np.where(is_exact, exact.low, number - reach),
        np.where(is_exact, exact.high, number + reach),
    )
