"""Is something more common among some than among others who are like them?"""

from dataclasses import dataclass

import numpy as np

from hearwell.stats.interval import FloatArray, Interval, normal_quantile

FEWEST_EXPECTED = 5.0
"""With less room than this on either side of what is expected, the normal test is wrong."""


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
    with Mantel and Haenszel's variance, without a correction. Where that has too few to go by
    (Mantel and Fleiss 1980) the p-value is exact: twice the smaller tail.

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
    least, most = np.maximum(0.0, with_it - others), np.minimum(cases, with_it)
    room = np.minimum(over(expected) - over(least), over(most) - over(expected))
    for thing in np.flatnonzero(~np.isnan(p) & (room < FEWEST_EXPECTED)):
        p[thing] = exact_p(a[thing, both], cases[both], with_it[thing, both], total[both])
    return Matched(ratio, Interval(ratio / factor, ratio * factor), p)


def exact_p(
    cases_with: FloatArray, cases: FloatArray, with_it: FloatArray, total: FloatArray
) -> float:
    """Return twice the smaller tail of how many cases have it, all margins of strata as they are.

    The sum over strata of hypergeometric counts; each stratum is one step of the convolution.
    """
    law, least = np.ones(1), 0
    for n, m, everybody in zip(cases, with_it, total, strict=True):
        low, high = int(max(0, n + m - everybody)), int(min(n, m))
        count = np.arange(low, high + 1.0)
        ways = log_ways(m, count) + log_ways(everybody - m, n - count) - log_ways(everybody, n)
        law, least = np.convolve(law, np.exp(ways)), least + low
    at = round(float(cases_with.sum())) - least
    return float(min(1.0, 2 * min(law[: at + 1].sum(), law[at:].sum())))


def log_ways(of: FloatArray, chosen: FloatArray) -> FloatArray:
    """Return the logarithm of the number of ways to choose some of a number."""
    from scipy import special  # noqa: PLC0415  0.3 s, as in stats.interval

    found: FloatArray = -special.betaln(of - chosen + 1, chosen + 1) - np.log(of + 1)
    return found
