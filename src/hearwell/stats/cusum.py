"""Sums that notice soon when a level has changed: for each day what speaks for a change, added up.

Looking anew each day whether the last days differ raises false alarms without end. A sum of the
evidence (CUSUM, Page 1954) does not: it starts again at 0 whenever nothing speaks for a change, and
how often it passes a threshold by chance is known, by simulation, before the first day.
"""

from collections.abc import Callable

import numpy as np

from hearwell.stats.interval import FloatArray, Numbers, floats


def tabular(
    values: FloatArray, target: Numbers, allowance: Numbers
) -> tuple[FloatArray, FloatArray]:
    """Add up by how much more than an allowance values lie above and below their target.

    Half of the change to be found is the allowance to choose (NIST e-Handbook 6.3.2.3).
    Days go along the last axis; nan changes nothing.
    """
    values, target, allowance = np.broadcast_arrays(*floats(values, target, allowance))
    return (
        added_up(values - target - allowance),
        added_up(target - values - allowance),
    )


@np.errstate(divide="ignore", invalid="ignore")
def evidence_of_share(hits: Numbers, n: Numbers, usual: Numbers, changed: Numbers) -> FloatArray:
    """Return how much more likely each day's hits are with a changed share, as a logarithm."""
    hits, n, usual, changed = floats(hits, n, usual, changed)
    misses = n - hits
    return hits * np.log(changed / usual) + misses * np.log((1 - changed) / (1 - usual))


@np.errstate(divide="ignore", invalid="ignore")
def evidence_of_level(
    values: Numbers, error: Numbers, usual: Numbers, changed: Numbers
) -> FloatArray:
    """Return how much more likely each day's value is with a changed level, as a logarithm.

    Args:
        error: standard deviation of a day's value around its level.

    """
    values, error, usual, changed = floats(values, error, usual, changed)
    return (changed - usual) / error**2 * (values - (usual + changed) / 2)


def added_up(evidence: FloatArray) -> FloatArray:
    """Return the sum after each day: never below 0, and a day without evidence leaves it."""
    known = np.nan_to_num(evidence, nan=0.0)
    sums = np.empty(known.shape)
    now = np.zeros(known.shape[:-1])
    for day in range(known.shape[-1]):
        now = np.maximum(now + known[..., day], 0.0)
        sums[..., day] = now
    return sums


def threshold(
    quiet: Callable[[int], tuple[FloatArray, FloatArray]],
    days: int,
    false_alarms_per_year: float,
    runs: int = 1000,
) -> float:
    """Return the threshold that chance alone passes as seldom as wished.

    Alarms that come by chance are rare and independent, so that none comes in a time of T years
    with a chance of e^(-rate T).

    Args:
        quiet: simulate so many times what is watched, without any change; return the sums for a
            rise and for a fall, of shape (runs, days).
        days: of each run.

    """
    rise, fall = quiet(runs)
    highest = np.maximum(rise, fall).max(axis=-1)
    return float(np.quantile(highest, np.exp(-false_alarms_per_year * days / 365)))
