"""How many times as likely something is in one group as in another."""

import numpy as np

from hearwell.stats.interval import FloatArray, Interval, Numbers, floats, normal_quantile


@np.errstate(divide="ignore", invalid="ignore")
def risk_ratio(
    hits: Numbers, n: Numbers, other_hits: Numbers, other_n: Numbers, level: float
) -> tuple[FloatArray, Interval]:
    """Return the ratio of two shares, with its interval by logarithms (Katz 1978).

    Where nobody was hit in a group, half a row is added to all cells, as is usual.
    """
    hits, n, other, other_n = floats(hits, n, other_hits, other_n)
    none = (hits == 0) | (other == 0)
    hits, other = np.where(none, hits + 0.5, hits), np.where(none, other + 0.5, other)
    n, other_n = np.where(none, n + 1, n), np.where(none, other_n + 1, other_n)
    ratio = (hits / n) / (other / other_n)
    error = np.sqrt(1 / hits - 1 / n + 1 / other - 1 / other_n)
    reach = np.exp(normal_quantile(level) * error)
    return ratio, Interval(ratio / reach, ratio * reach)
