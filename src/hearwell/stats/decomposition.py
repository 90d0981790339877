"""Why a mean or rate changed: because groups changed, or because their shares did.

The last axis of every array is the groups. Axes before it, such as draws of a bootstrap, are
carried along. A group that is not there has a weight of 0 and its rate does not matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hearwell.stats.interval import FloatArray

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class MixAndRate:
    """What each group adds to a change; all of it together is the change."""

    rate: FloatArray  # what the group did differently
    mix: FloatArray  # how much more or less of the whole the group is


@np.errstate(divide="ignore", invalid="ignore")
def kitagawa(
    weight_before: FloatArray,
    rate_before: FloatArray,
    weight_now: FloatArray,
    rate_now: FloatArray,
    within: IntArray | None = None,
) -> MixAndRate:
    """Take a change of a rate apart by groups (Kitagawa 1955), the mix centred at the whole.

    Centred, a group below the average that shrinks adds to the whole, as it should. A group that
    is there in one period only is all mix: its rate is taken to be the same in the other.

    Args:
        weight_before, weight_now: the share of each group, which sum to 1.
        rate_before, rate_now: the rate of each group.
        within: to which whole each group belongs, if there are several.

    """
    before = np.where(weight_before > 0, rate_before, np.nan)
    now = np.where(weight_now > 0, rate_now, np.nan)
    before, now = either(before, now)
    belongs = indicator(np.zeros(before.shape[-1], np.int64) if within is None else within)
    overall = (((weight_before * before + weight_now * now) / 2) @ belongs) @ belongs.T
    return MixAndRate(
        rate=(weight_before + weight_now) / 2 * (now - before),
        mix=(weight_now - weight_before) * ((before + now) / 2 - overall),
    )


@np.errstate(divide="ignore", invalid="ignore")
def nested(over: FloatArray, under: FloatArray, levels: Sequence[IntArray]) -> list[MixAndRate]:
    """Take a change apart by groups, and what each did differently by the groups inside it.

    At every level but the last the rate of a group is made of what the level below adds. The mix
    of all levels and the rate of the last are the whole change.

    Args:
        over, under: the totals of which a value is the ratio, shape (…, 2, groups): before, now.
        levels: for each level, from the outermost, the number of the group to which each of the
            innermost belongs.

    Returns:
        For each level, what its groups add, shape (…, groups of the level).

    """
    found = []
    above, weight_above = np.zeros(over.shape[-1], dtype=np.int64), np.ones((*over.shape[:-2], 1))
    for level in levels:
        outer = np.zeros(level.max() + 1, dtype=np.int64)  # to which of the level above it belongs
        outer[level] = above
        belongs = indicator(outer)
        total, whole = over @ indicator(level), under @ indicator(level)
        inside = whole / ((whole @ belongs) @ belongs.T)
        before, now = either(inside[..., 0, :], inside[..., 1, :])
        value = total / whole
        parts = kitagawa(before, value[..., 0, :], now, value[..., 1, :], outer)
        weight = weight_above[..., outer]
        found.append(MixAndRate(rate=weight * parts.rate, mix=weight * parts.mix))
        above, weight_above = level, weight * (before + now) / 2
    return found


def either(before: FloatArray, now: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Take what is not known in one period to be as in the other; 0 where it is in neither."""
    filled = np.where(np.isnan(before), now, before), np.where(np.isnan(now), before, now)
    return np.nan_to_num(filled[0]), np.nan_to_num(filled[1])


def indicator(group: IntArray) -> FloatArray:
    """Return a matrix that adds up what belongs to the same group."""
    return np.eye(int(group.max()) + 1)[group]


def explained_by(
    mean_before: FloatArray,
    mean_now: FloatArray,
    coefficients_before: FloatArray,
    coefficients_now: FloatArray,
) -> FloatArray:
    """Return what the change of each column's mean adds to a change (Oaxaca 1973, Blinder 1973).

    The coefficients are the mean of those of both periods (Reimers 1983): for the groups of one
    dimension it is the mix of `kitagawa`. What is left of the change is not explained by them.
    """
    return (mean_now - mean_before) * (coefficients_before + coefficients_now) / 2


def least_squares(crossed: FloatArray, against: FloatArray) -> FloatArray:
    """Return the coefficients of a regression, from the sums of products of its columns.

    Columns that are sums of others get the smallest coefficients that fit: what is explained by
    a set of them is the same whichever is chosen.

    Args:
        crossed: shape (…, columns, columns).
        against: shape (…, columns), the products with what is explained.

    """
    length = np.sqrt(np.diagonal(crossed, axis1=-2, axis2=-1))
    scale = np.divide(1, length, out=np.zeros_like(length), where=length > 0)
    scaled = crossed * scale[..., :, None] * scale[..., None, :]
    inverse = np.linalg.pinv(scaled, rcond=1e-10, hermitian=True)
    found: FloatArray = scale * (inverse @ (scale * against)[..., None])[..., 0]
    return found
