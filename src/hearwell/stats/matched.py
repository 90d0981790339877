"""Is something more common among some than among others who are like them?"""

from dataclasses import dataclass

import numpy as np

from hearwell.stats.interval import FloatArray, Interval, normal_quantile


@dataclass(frozen=True)
class Matched:
    """One element for each thing looked at: how many times more common, and how sure.

    Attributes:
        ratio: of odds, over all strata together; nan where it cannot be told.
        p: that chance alone gives one as far from 1.

    """

    ratio: FloatArray
    interval: Interval
    p: FloatArray


@np.errstate(divide="ignore", invalid="ignore")
def mantel_haenszel(
    cases_with: FloatArray,
    cases: FloatArray,
    others_with: FloatArray,
    others: FloatArray,
    level: float,
) -> Matched:
    """Hold cases against others of the same stratum (Mantel and Haenszel 1959).

    The interval is that of Robins, Breslow and Greenland (1986), the p-value that of the test
    with Mantel and Haenszel's variance, without a correction.

    Args:
        cases_with, others_with: how many have it, of shape (things, strata).
        cases, others: how many there are, of shape (strata,).

    """
    from scipy import special  # noqa: PLC0415  0.3 s, as in stats.interval

    total = cases + others
    both = (cases > 0) & (others > 0)

    def over(amounts: FloatArray) -> FloatArray:
        found: FloatArray = np.where(both, amounts, 0.0).sum(axis=-1)
        return found

    a, b = cases_with, cases - cases_with
    c, d = others_with, others - others_with
    right, left = a * d / total, b * c / total
    up, down = over(right), over(left)
    ratio = up / down
    alike, unlike = (a + d) / total, (b + c) / total
    variance = (
        over(alike * right) / (2 * up**2)
        + over(alike * left + unlike * right) / (2 * up * down)
        + over(unlike * left) / (2 * down**2)
    )
    factor = np.exp(normal_quantile(level) * np.sqrt(variance))
    with_it = a + c
    expected = cases * with_it / total
    spread = cases * others * with_it * (total - with_it) / (total**2 * (total - 1))
    score = (over(a) - over(expected)) / np.sqrt(over(np.where(total > 1, spread, 0.0)))
    p = special.erfc(np.abs(score) / np.sqrt(2))
    return Matched(ratio, Interval(ratio / factor, ratio * factor), p)
