"""Rows that belong together, such as the answers of one customer, tell less than as many others."""

import numpy as np

from hearwell.stats.interval import FloatArray

ROUNDING = 1e-12
"""Of what is subtracted: so little of it is left by rounding alone, where all rows are alike."""


@np.errstate(divide="ignore", invalid="ignore")
def design_effect(  # noqa: PLR0913, PLR0917  one argument for each sum
    over: FloatArray,
    under: FloatArray,
    rows: tuple[FloatArray, FloatArray, FloatArray],
    clusters: tuple[FloatArray, FloatArray, FloatArray],
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

    def variance(
        squares: tuple[FloatArray, FloatArray, FloatArray], count: FloatArray
    ) -> FloatArray:
        over_over, over_under, under_under = squares
        spread = over_over - 2 * value * over_under + value**2 * under_under
        rounding = ROUNDING * (over_over + value**2 * under_under)
        return np.where(spread > rounding, spread, 0.0) * count / (count - 1)

    effect = variance(clusters, cluster_count) / variance(rows, row_count)
    alike = np.where(cluster_count > 0, row_count / cluster_count, 1.0)  # rows of one tell the same
    return np.maximum(np.where(np.isfinite(effect), effect, alike), 1.0)
