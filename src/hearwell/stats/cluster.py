"""Rows that belong together, such as the answers of one customer, tell less than as many others."""

import numpy as np

from hearwell.stats.interval import FloatArray, normal_quantile, student_quantile

ROUNDING = 1e-12
"""Of what is subtracted: so little of it is left by rounding alone, where all rows are alike."""

Products = tuple[FloatArray, FloatArray, FloatArray]
"""The sums of over², over·under and under²."""


@np.errstate(divide="ignore", invalid="ignore")
def design_effect(  # noqa: PLR0913, PLR0917  one argument for each sum
    over: FloatArray,
    under: FloatArray,
    rows: Products,
    clusters: Products,
    row_count: FloatArray,
    cluster_count: FloatArray,
) -> FloatArray:
    """How many rows tell as much as one independent row would (Kish 1965); at least 1.

    The ratio of two variances of over / under, linearised (Binder 1983): that with whole clusters
    as what was drawn, and that with single rows.

    Args:
        over, under: the totals of which a share, mean or ratio is made.
        rows: the sums of over², over·under and under², row by row.
        clusters: the same of the totals of each cluster.
        row_count, cluster_count: how many there are of each.

    """
    value = over / under

    def variance(squares: Products, count: FloatArray) -> FloatArray:
        over_over, over_under, under_under = squares
        spread = over_over - 2 * value * over_under + value**2 * under_under
        rounding = ROUNDING * (over_over + value**2 * under_under)
        return np.where(spread > rounding, spread, 0.0) * count / (count - 1)

    effect = variance(clusters, cluster_count) / variance(rows, row_count)
    alike = np.where(cluster_count > 0, row_count / cluster_count, 1.0)  # rows of one tell the same
    return np.maximum(np.where(np.isfinite(effect), effect, alike), 1.0)


def between_groups(
    products: FloatArray, left: FloatArray, right: FloatArray, groups: int
) -> FloatArray:
    """Estimate the sum over clusters of left·right from the totals of random groups of clusters.

    Each cluster is in one group, by chance: the sum over groups also has the products of clusters
    that share one, a known part of all such products. Without bias whatever the clusters' sizes,
    with a standard error of at most sqrt(2 / groups) of itself (Wolter 2007, chapter 2).

    Args:
        products: the sum over groups of left·right.
        left, right: the totals of all groups.
        groups: how many there are, empty ones among them.

    """
    return (groups * products - left * right) / (groups - 1)


def wider(groups: int, level: float) -> float:
    """Return by how much more an effect counts that is known from random groups alone.

    Student's quantile with groups - 1 degrees of freedom takes the place of the normal one (Kott
    2001); the variance goes by the square.
    """
    return float(student_quantile(groups - 1.0, level) / normal_quantile(level)) ** 2
