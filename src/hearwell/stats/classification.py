"""How well a score tells two kinds apart, and whether its probabilities are true."""

import numpy as np
import numpy.typing as npt

from hearwell.stats.interval import FloatArray
from hearwell.stats.nonresponse import Estimated

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

BINS = 10


def area_under_curve(score: FloatArray, is_yes: Flags, person: Numbers) -> Estimated:
    """Probability that a yes has a higher score than a no; equal scores count half.

    The error is that of DeLong, DeLong and Clarke-Pearson (1988), with the rows of a person taken
    together (Obuchowski 1997): two texts of one person tell less than those of two.

    Args:
        person: a number for each row, from 0 up, the same for rows of one person.

    """
    yes, no = score[is_yes], score[~is_yes]
    among, own_yes, own_no = ranks(score), ranks(yes), ranks(no)
    above = (among[is_yes] - own_yes) / len(no)  # of each yes: the part of all no below it
    below = 1 - (among[~is_yes] - own_no) / len(yes)  # of each no: the part of all yes above it
    area = float(above.mean())
    people = int(person.max()) + 1
    of_yes = np.bincount(person[is_yes], weights=above - area, minlength=people) / len(yes)
    of_no = np.bincount(person[~is_yes], weights=below - area, minlength=people) / len(no)
    variance = (
        correction(person[is_yes]) * (of_yes**2).sum()
        + correction(person[~is_yes]) * (of_no**2).sum()
        + 2 * correction(person) * (of_yes * of_no).sum()
    )
    return Estimated(area, float(np.sqrt(max(variance, 0.0))))


def correction(person: Numbers) -> float:
    """Return what a mean of squares over so many people is multiplied with."""
    people = len(np.unique(person))
    return people / (people - 1) if people > 1 else 1.0


def ranks(values: FloatArray) -> FloatArray:
    """Return the place of each value in order, from 1; equal ones share the mean of theirs."""
    _, place, times = np.unique(values, return_inverse=True, return_counts=True)
    found: FloatArray = (np.cumsum(times) - (times - 1) / 2)[place]
    return found


def calibration_error(chance: FloatArray, is_yes: Flags, bins: int = BINS) -> float:
    """Return how far probabilities are from how often it was so, on average (ECE).

    Rows are put together by probability, into bins of equal width (Guo and others 2017).
    """
    place = np.minimum((chance * bins).astype(np.int64), bins - 1)
    gap = np.bincount(place, weights=chance - is_yes, minlength=bins)
    return float(np.abs(gap).sum() / len(chance))
