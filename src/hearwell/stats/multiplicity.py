"""Many verdicts at once: how many of them chance alone would give."""

import numpy as np
from numpy.typing import NDArray

from hearwell.stats.interval import FloatArray, Interval, Numbers, floats, normal_quantile


@np.errstate(divide="ignore", invalid="ignore")
def p_value(difference: Numbers, interval: Interval, level: float) -> FloatArray:
    """How likely chance alone gives a difference this far from 0, from its interval.

    The end of the interval that points towards 0 tells how many errors lie between: so the
    p-value is below 1 - level just where the interval leaves 0 out. nan where that end is open.
    """
    # As in stats.interval: SciPy takes 0.3 s to import.
    from scipy import special  # noqa: PLC0415

    (difference,) = floats(difference)
    towards = np.where(difference > 0, difference - interval.low, interval.high - difference)
    errors = np.abs(difference) / towards * normal_quantile(level)
    return np.where(
        difference == 0, np.where(np.isnan(towards), np.nan, 1), special.erfc(errors / np.sqrt(2))
    )


def benjamini_hochberg(p: FloatArray, rate: float) -> NDArray[np.bool_]:
    """Which of a family of differences to believe, so that at most `rate` of those are chance.

    Benjamini and Hochberg 1995. nan is no member of the family and is never believed.
    """
    known = np.sort(p[~np.isnan(p)])
    ranks = np.arange(1, len(known) + 1)
    within = known[known <= rate * ranks / max(len(known), 1)]
    return p <= within[-1] if len(within) else np.zeros(p.shape, dtype=bool)
