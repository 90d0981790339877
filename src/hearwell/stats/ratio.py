"""The ratio of two numbers that were measured apart."""

import numpy as np

from hearwell.stats.interval import FloatArray, Interval


@np.errstate(divide="ignore", invalid="ignore")
def ratio_of_totals(
    over: FloatArray, over_interval: Interval, under: FloatArray, under_interval: Interval
) -> Interval:
    """Interval of over / under from the intervals of both (MOVER-R, Donner and Zou 2012).

    Where the lower number could be 0 the ratio is open upwards.
    """
    both = over * under
    below = over_interval.low * under_interval.high
    above = over_interval.high * under_interval.low
    low_root = both**2 - below * (2 * over - over_interval.low) * (2 * under - under_interval.high)
    high_root = both**2 - above * (2 * over - over_interval.high) * (2 * under - under_interval.low)
    # An upper end beyond twice the number makes the divisor 0 or less: then only 0 is sure.
    low_under = under_interval.high * (2 * under - under_interval.high)
    high_under = under_interval.low * (2 * under - under_interval.low)
    low = np.where(low_under > 0, (both - np.sqrt(np.maximum(low_root, 0))) / low_under, 0.0)
    high = np.where(high_under > 0, (both + np.sqrt(np.maximum(high_root, 0))) / high_under, np.nan)
    known = under > 0
    return Interval(np.where(known, np.maximum(low, 0), np.nan), np.where(known, high, np.nan))
