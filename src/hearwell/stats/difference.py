"""The difference of two numbers that were measured on different rows, and what it shows."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hearwell.stats.interval import FloatArray, Interval, Numbers, floats

Better = Literal["higher", "lower", "in range"]

NO_EVIDENCE = "no evidence"
RISE_AND_FALL: dict[Better, tuple[str, str]] = {
    "higher": ("better", "worse"),
    "lower": ("worse", "better"),
    "in range": ("changed", "changed"),  # either may be the way back into the range
}


@np.errstate(invalid="ignore")
def difference(  # noqa: PLR0913, PLR0917  three for each side
    value: Numbers,
    centre: Numbers,
    interval: Interval,
    other_value: Numbers,
    other_centre: Numbers,
    other_interval: Interval,
) -> tuple[FloatArray, Interval]:
    """Value less other value, with an interval from the two intervals alone.

    The method is MOVER (Zou and Donner 2008), which for shares is Newcombe's hybrid score
    interval (1998, method 10) and for symmetric intervals adds the two errors in squares.
    The centre is the number that an interval was built around: the value itself for all
    kinds but net scores. Intervals come as built, not clipped to a scale (see
    `net_score_interval`), or the distance from centre to end would not be the error.
    An open end leaves the ends that depend on it open.
    """
    value, centre, other_value, other_centre = floats(value, centre, other_value, other_centre)
    below = np.hypot(centre - interval.low, other_interval.high - other_centre)
    above = np.hypot(interval.high - centre, other_centre - other_interval.low)
    middle = centre - other_centre
    return value - other_value, Interval(middle - below, middle + above)


def verdict(interval: Interval, better: Better) -> NDArray[np.str_]:
    """Say for each group what the interval of a difference shows.

    "better" or "worse" where it lies on one side of 0, "changed" where neither direction
    is good in itself, and "no evidence" where it holds 0 or is not known.
    """
    rise, fall = RISE_AND_FALL[better]
    return np.select([interval.low > 0, interval.high < 0], [rise, fall], NO_EVIDENCE)
