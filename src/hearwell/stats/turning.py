"""When did it turn bad for one customer, of whom little is known?

A customer's usual level is drawn towards that of all, the more so the less is known of them. The
last few touches, the latest counting most, are held against it. One touch alone turns nobody.
"""

from dataclasses import dataclass

import numpy as np

from hearwell.stats.interval import FloatArray

NEWEST_WEIGHT = 0.3
RECENT = 4
FEWEST_RECENT = FEWEST_BEFORE = 2


@dataclass(frozen=True)
class Followed:
    """What is known after each touch; nan while that is too little.

    Attributes:
        usual, recent: the level before the recent touches, and that of these.
        chance: that the customer has truly fallen by as much as matters.

    """

    usual: FloatArray
    recent: FloatArray
    chance: FloatArray


def followed(residual: FloatArray, within: float, between: float, drop: float) -> Followed:
    """Follow one customer.

    Args:
        residual: how each touch was, less what is usual for its kind; in the order of time.
        within, between: variance of a customer's touches, and of customers' levels.
        drop: a fall that matters.

    """
    from scipy import special  # noqa: PLC0415  0.3 s, as in stats.interval

    shape = len(residual)
    usual, recent, chance = (np.full(shape, np.nan) for _ in range(3))
    if within <= 0:  # how touches scatter is not known, so no fall can be told from chance
        return Followed(usual, recent, chance)
    for last in range(FEWEST_BEFORE + FEWEST_RECENT - 1, shape):
        size = min(RECENT, last + 1 - FEWEST_BEFORE)
        before, now = residual[: last + 1 - size], residual[last + 1 - size : last + 1]
        weight = (1 - NEWEST_WEIGHT) ** np.arange(size)[::-1]
        weight /= weight.sum()
        trust = between / (between + within / len(before))
        usual[last], recent[last] = trust * before.mean(), weight @ now
        error = within * (weight**2).sum() + trust * within / len(before)
        with np.errstate(divide="ignore", invalid="ignore"):
            chance[last] = special.ndtr((usual[last] - recent[last] - drop) / np.sqrt(error))
    return Followed(usual, recent, chance)
