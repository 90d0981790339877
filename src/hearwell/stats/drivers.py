"""How much each of several factors has to do with an outcome, from their correlations.

Arrays may have axes before the last ones, such as the draws of a bootstrap, which are carried
along. Factors are correlated with each other, so that no single regression shares out what they
explain together; these two ways do, and their shares sum to the part of the variance explained.
"""

from collections.abc import Sequence
from itertools import combinations
from math import factorial

import numpy as np

from hearwell.stats.interval import FloatArray

MOST_FOR_LMG = 10
"""Above, the number of regressions doubles with each factor: Johnson's weights come instead."""


def explained_variance(among: FloatArray, outcome: FloatArray) -> FloatArray:
    """Return R², the part of the variance that factors explain together.

    Args:
        among: correlations of the factors, shape (…, factors, factors).
        outcome: their correlations with the outcome, shape (…, factors).

    """
    inverse = np.linalg.pinv(among, rcond=1e-10, hermitian=True)
    found: FloatArray = np.einsum("...i,...ij,...j->...", outcome, inverse, outcome)
    return found


def lmg(among: FloatArray, outcome: FloatArray, groups: Sequence[Sequence[int]]) -> FloatArray:
    """Share R² out by what each factor adds, on average over all orders in which they can come.

    Lindeman, Merenda and Gold 1980 (the Shapley value of R²); Grömping 2006.

    Args:
        groups: the columns of each factor, which come in together, such as the channels.

    Returns:
        The share of each factor, shape (…, factors).

    """
    count = len(groups)
    explained = {0: np.zeros(outcome.shape[:-1])}
    for size in range(1, count + 1):
        for chosen in combinations(range(count), size):
            columns = np.array([column for i in chosen for column in groups[i]])
            part = among[..., columns[:, None], columns]
            explained[mask(chosen)] = explained_variance(part, outcome[..., columns])
    shares = np.zeros((*outcome.shape[:-1], count))
    for known, value in explained.items():
        size = known.bit_count()
        for i in range(count):
            if known & 1 << i:
                weight = factorial(size - 1) * factorial(count - size) / factorial(count)
                shares[..., i] += weight * (value - explained[known & ~(1 << i)])
    return shares


def mask(chosen: Sequence[int]) -> int:
    return sum(1 << i for i in chosen)


def johnson(among: FloatArray, outcome: FloatArray, groups: Sequence[Sequence[int]]) -> FloatArray:
    """Share R² out by way of the nearest factors that are not correlated (Johnson 2000)."""
    values, vectors = np.linalg.eigh(among)
    root = np.sqrt(np.maximum(values, 0))
    nearest = (vectors * root[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    back = np.divide(1, root, out=np.zeros_like(root), where=root > 1e-8)
    inverse = (vectors * back[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    slopes = (inverse @ outcome[..., None])[..., 0]
    weights = np.einsum("...ij,...j->...i", nearest**2, slopes**2)
    return np.stack([weights[..., list(group)].sum(axis=-1) for group in groups], axis=-1)


def relative_weights(
    among: FloatArray, outcome: FloatArray, groups: Sequence[Sequence[int]]
) -> FloatArray:
    """Share R² out: by LMG up to ten factors, by Johnson's weights above."""
    return (lmg if len(groups) <= MOST_FOR_LMG else johnson)(among, outcome, groups)


@np.errstate(divide="ignore", invalid="ignore")
def penalty_reward(
    low: FloatArray, usual: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return penalty, reward and the asymmetry of their impact, -1 to 1.

    What a bad experience takes away and a good one gives, beside the usual one (Brandt 1987);
    below 0 it takes more than it gives (Mikulić and Prebežac 2008).

    Args:
        low, usual, high: the mean outcome of those whose experience was so.

    """
    penalty, reward = low - usual, high - usual
    reach = np.abs(reward) + np.abs(penalty)
    return penalty, reward, (reward - np.abs(penalty)) / reach
