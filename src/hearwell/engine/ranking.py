"""Ranks of groups, by values that are drawn towards the mean of all where little is known."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hearwell.engine.answer import COUNTS, Estimate
from hearwell.metrics.estimator import Estimator, Share
from hearwell.metrics.metric import Better
from hearwell.metrics.part import BoolArray, FloatArray, IntArray, Parts
from hearwell.stats.interval import normal_quantile
from hearwell.stats.shrinkage import shrunken_means, shrunken_shares


def ranked(  # noqa: PLR0913, PLR0917  what a rank goes by
    estimate: Estimate,
    parts: Parts,
    estimator: Estimator,
    better: Better,
    level: float,
    times: Sequence[Any],
    sure: BoolArray,
) -> tuple[FloatArray, IntArray]:
    """Return for each cell its shrunken value, and its rank among the groups of the same time.

    Args:
        parts: the sums, of as many rows as tell something of their own.
        times: the period of each cell; groups are held against each other within one.
        sure: is enough known of a cell for a rank?

    """
    count = len(times)
    shrunken, rank = np.full(count, np.nan), np.zeros(count, dtype=np.int64)
    if isinstance(estimator, COUNTS):
        return shrunken, rank
    error = estimate.reach / normal_quantile(level)
    for time in dict.fromkeys(times):
        same = np.array([i for i, each in enumerate(times) if each == time])
        if len(same) < 2:
            continue
        if isinstance(estimator, Share):
            shrunken[same] = shrunken_shares(parts["hits"][same], parts["n"][same])
        else:
            shrunken[same] = shrunken_means(estimate.value[same], error[same])
        if better is not Better.IN_RANGE:
            known = same[sure[same] & ~np.isnan(shrunken[same])]
            sign = -1 if better is Better.HIGHER else 1
            order = known[np.argsort(sign * shrunken[known], kind="stable")]
            rank[order] = np.arange(1, len(order) + 1)
    return shrunken, rank
