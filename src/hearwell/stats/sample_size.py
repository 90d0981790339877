"""How many answers are needed for a figure to be as sure as wished."""

from math import ceil

from hearwell.stats.interval import normal_quantile

LARGEST_SPREAD = {"share": 50.0, "net score": 100.0}
"""Standard deviation of one answer, in points of 100, where answers differ most: half of them say
yes, or half are promoters and half detractors."""


def answers_needed(spread: float, reach: float, level: float) -> int:
    """Count the answers whose mean is within `reach` to either side of the truth, at this level.

    The normal approximation (Cochran 1977, 4.4) without a correction for small populations.

    Args:
        spread: standard deviation of one answer, in the unit of `reach`.
        reach: more than 0.

    """
    return ceil((normal_quantile(level) * spread / reach) ** 2 - 1e-9)
