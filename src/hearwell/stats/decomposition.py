"""Why a mean or rate changed: because groups changed, or because their shares did.

The last axis of every array is the groups. Axes before it, such as draws of a bootstrap, are
carried along. A group that is not there has a weight of 0 and its rate does not matter.
"""

from dataclasses import dataclass

import numpy as np

from hearwell.stats.interval import FloatArray


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
) -> MixAndRate:
    """Take a change of a rate apart by groups (Kitagawa 1955), the mix centred at the whole.

    Centred, a group below the average that shrinks adds to the whole, as it should. A group that
    is there in one period only is all mix: its rate is taken to be the same in the other.

    Args:
        weight_before, weight_now: the share of each group, which sum to 1.
        rate_before, rate_now: the rate of each group.

    """
    before = np.where(weight_before > 0, rate_before, rate_now)
    now = np.where(weight_now > 0, rate_now, rate_before)
    before, now = np.nan_to_num(before), np.nan_to_num(now)
    overall = (weight_before * before + weight_now * now).sum(axis=-1, keepdims=True) / 2
    return MixAndRate(
        rate=(weight_before + weight_now) / 2 * (now - before),
        mix=(weight_now - weight_before) * ((before + now) / 2 - overall),
    )


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
