"""Values for rankings: drawn towards the mean of all groups, the more so the less is known.

The group with the highest share is most often one of the smallest. Ranked by such values
(empirical Bayes) a small group has to be remarkable to come first. Arrays have one element for
each group; nan is a group of which nothing is known, and it stays so.
"""

from dataclasses import dataclass

import numpy as np

from hearwell.stats.interval import FloatArray, Interval

MOST_ROUNDS = 100


@np.errstate(divide="ignore", invalid="ignore")
def shrunken_shares(hits: FloatArray, n: FloatArray) -> FloatArray:
    """Shares of groups, by a beta-binomial model fitted with moments (Kleinman 1973).

    Where the groups differ no more than chance lets them, each is the share of all; where they
    differ as much as shares can, each stays as it is.
    """
    known = n > 0
    total, groups = float(n[known].sum()), int(known.sum())
    if groups == 0:
        return np.full(n.shape, np.nan)
    overall = float(hits[known].sum()) / total
    by_chance = overall * (1 - overall)
    spread = float((n[known] * (hits[known] / n[known] - overall) ** 2).sum()) / total
    beyond = spread - by_chance * groups / total
    if beyond <= 0:
        return np.where(known, overall, np.nan)
    weight = max((by_chance - spread) / beyond, 0.0)
    return np.where(known, (hits + weight * overall) / (n + weight), np.nan)


@np.errstate(divide="ignore", invalid="ignore")
def shrunken_means(value: FloatArray, error: FloatArray) -> FloatArray:
    """Any values with standard errors, by a normal model (Paule and Mandel 1982).

    A group without an error, because it has one row, is drawn to the mean of all.
    """
    known = ~np.isnan(value) & ~np.isnan(error) & (error > 0)
    if not known.any():
        return np.where(
            np.isnan(value), np.nan, np.nanmean(value) if (~np.isnan(value)).any() else np.nan
        )
    between = variance_between(value[known], error[known] ** 2)
    weights = 1 / (error[known] ** 2 + between)
    overall = float((weights * value[known]).sum() / weights.sum())
    trust = np.where(error == 0, 1.0, between / (between + error**2))
    trust = np.where(np.isnan(error), 0.0, trust)
    return np.where(np.isnan(value), np.nan, overall + trust * (value - overall))


def variance_between(value: FloatArray, variance: FloatArray) -> float:
    """Return how much groups differ in truth: the variance that makes their scatter as expected."""
    degrees, low, high = len(value) - 1, 0.0, float(np.var(value)) * len(value) + 1e-300

    def scatter(between: float) -> float:
        weights = 1 / (variance + between)
        overall = (weights * value).sum() / weights.sum()
        return float((weights * (value - overall) ** 2).sum())

    if degrees < 1 or scatter(0.0) <= degrees:
        return 0.0
    for _ in range(MOST_ROUNDS):  # scatter falls as the variance grows
        middle = (low + high) / 2
        low, high = (middle, high) if scatter(middle) > degrees else (low, middle)
    return (low + high) / 2


@dataclass(frozen=True)
class Rates:
    """Rates of groups, drawn towards that of all.

    Attributes:
        overall: of all groups together.

    """

    value: FloatArray
    interval: Interval
    overall: float


@np.errstate(divide="ignore", invalid="ignore")
def shrunken_rates(count: FloatArray, exposure: FloatArray, level: float) -> Rates:
    """Counts over what they came of, by a gamma-Poisson model fitted with moments (Marshall 1991).

    A rate may be more than one. The interval is that of the gamma law that is left.
    """
    from scipy import special  # noqa: PLC0415  0.3 s, as in stats.interval

    known = exposure > 0
    total = float(exposure[known].sum())
    overall = float(count[known].sum()) / total if total else float("nan")
    rate = count / exposure
    spread = float((exposure[known] * (rate[known] - overall) ** 2).sum()) / max(total, 1e-300)
    between = spread - overall * int(known.sum()) / max(total, 1e-300)
    if not between > 0:  # groups differ no more than chance lets them
        same = np.where(known, overall, np.nan)
        return Rates(same, Interval(same, same), overall)
    shape, scale = overall**2 / between + count, overall / between + exposure
    ends = [special.gammaincinv(shape, (1 + way * level) / 2) / scale for way in (-1, 1)]
    low, high = (np.where(known, end, np.nan) for end in ends)
    return Rates(np.where(known, shape / scale, np.nan), Interval(low, high), overall)
