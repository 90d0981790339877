"""Confidence intervals of shares, means, ratios and totals, from sums alone.

Every argument but the level is a number or a float array of shape (groups,); numbers
broadcast. Results are float64 in the broadcast shape and in the unit of the data.
nan is "no value" or "no interval": nothing is raised and nothing is warned about.
A level is a fraction: 0.95 is the usual one. Rows are taken to be independent.
"""

from dataclasses import dataclass
from math import log
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Numbers = FloatArray | float


@dataclass(frozen=True)
class Interval:
    """The two ends for each group. A nan end is not known: that side is open."""

    low: FloatArray
    high: FloatArray


def normal_quantile(level: float) -> float:
    """Count the standard errors to either side of the centre: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def student_quantile(degrees: Numbers, level: float) -> FloatArray:
    """Count the standard errors to either side of a mean; nan below one degree of freedom."""
    enough = np.asarray(degrees) > 1 - 1e-9  # an effective sample size carries rounding
    if not enough.any():
        return np.full(enough.shape, np.nan)
    # SciPy takes 0.3 s to import: commands that need no interval start without it.
    from scipy import special  # noqa: PLC0415

    return np.where(enough, special.stdtrit(degrees, 0.5 + level / 2), np.nan)


@np.errstate(divide="ignore", invalid="ignore")
def kish_sample_size(weights: Numbers, weights_squared: Numbers) -> FloatArray:
    """How many equally weighted rows say as much as these (Kish 1965).

    The arguments are the sum of the weights and the sum of their squares.
    """
    weights, weights_squared = floats(weights, weights_squared)
    return weights**2 / weights_squared


@np.errstate(divide="ignore", invalid="ignore")
def wilson(hits: Numbers, n: Numbers, level: float) -> Interval:
    """Interval of a share, within 0 and 1 also when n is small (Wilson 1927).

    Both may be fractional: effective sizes. No rows, no interval.
    """
    hits, n = floats(hits, n)
    share = np.clip(hits / n, 0, 1)  # effective hits may pass n by a rounding error
    z = normal_quantile(level)
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    low = np.where(share == 0, 0, centre - reach)
    high = np.where(share == 1, 1, centre + reach)
    return Interval(np.clip(low, 0, 1), np.clip(high, 0, 1))


@np.errstate(divide="ignore", invalid="ignore")
def weighted_share(
    weights: Numbers, weights_squared: Numbers, weighted_hits: Numbers, level: float
) -> Interval:
    """Interval of a share of weighted rows: Wilson with Kish's effective sample size.

    The sums are of w, of w squared and of w over the rows that hit.
    """
    weights, weighted_hits = floats(weights, weighted_hits)
    n = kish_sample_size(weights, weights_squared)
    return wilson(n * weighted_hits / weights, n, level)


@np.errstate(divide="ignore", invalid="ignore")
def student(n: Numbers, total: Numbers, squares: Numbers, level: float) -> Interval:
    """Interval of a mean (Student 1908) from the sums of x and of x squared.

    Fewer than two rows have no interval. The sums lose digits where the spread is tiny
    beside the mean (1e-7 of it or less): subtract a constant first, as from clock times.
    """
    n, total, squares = floats(n, total, squares)
    mean = total / n
    deviations = np.maximum(squares - total * mean, 0)
    return around(mean, student_quantile(n - 1, level) * np.sqrt(deviations / (n - 1) / n))


@np.errstate(divide="ignore", invalid="ignore")
def weighted_mean(  # noqa: PLR0913, PLR0917  one argument for each sum
    weights: Numbers,
    weights_squared: Numbers,
    weighted_total: Numbers,
    squared_weights_total: Numbers,
    squared_weights_squares: Numbers,
    level: float,
) -> Interval:
    """Interval of a mean of weighted rows, from the sums of w, w², wx, w²x and w²x².

    Linearised variance (Särndal, Swensson and Wretman 1992) with Kish's effective
    sample size, less one, as degrees of freedom; none below an effective size of two.
    """
    weights, weighted_total = floats(weights, weighted_total)
    n = kish_sample_size(weights, weights_squared)
    mean = weighted_total / weights
    deviations = (
        squared_weights_squares - 2 * mean * squared_weights_total + mean**2 * weights_squared
    )
    variance = np.maximum(deviations, 0) / weights**2 * n / (n - 1)
    return around(mean, student_quantile(n - 1, level) * np.sqrt(variance))


@np.errstate(divide="ignore", invalid="ignore")
def ratio(  # noqa: PLR0913, PLR0917  one argument for each sum
    n: Numbers,
    over: Numbers,
    under: Numbers,
    over_over: Numbers,
    over_under: Numbers,
    under_under: Numbers,
    level: float,
) -> Interval:
    """Interval of one total over another, by the delta method (Cochran 1977).

    The sums are of x, y, x², xy and y² for the ratio of x to y. No interval where the
    total below is 0 or fewer than two rows are known. Where the total above is 0 the rows do not
    tell how large it could be: the upper end is open.
    """
    n, over, under = floats(n, over, under)
    value = over / under
    deviations = over_over - 2 * value * over_under + value**2 * under_under
    error = np.sqrt(np.maximum(deviations, 0) * n / (n - 1)) / np.abs(under)
    found = around(value, student_quantile(n - 1, level) * error)
    return Interval(found.low, np.where((over == 0) & (over_over == 0), np.nan, found.high))


@np.errstate(divide="ignore", invalid="ignore")
def poisson_total(total: Numbers, squares: Numbers, level: float) -> Interval:
    """Interval of a count, or of a sum of positive amounts, that arrive at random.

    A count has squares equal to its total, and the interval is exact (Garwood 1936). A sum
    of amounts is read as a count of events of one size, with the same sum and sum of squares
    (the gamma interval of Fay and Feuer 1997, but with an event of this size added above).
    Total and squares of 0 mean that a whole period was watched and no event of size 1 came:
    give nan where nothing was watched, or where the size of an event is not known.
    """
    total, squares = floats(total, squares)
    none = (total == 0) & (squares == 0)
    size = np.where(total > 0, squares / total, np.nan)
    events = total / size
    if np.isnan(events).all():
        low = high = events
    else:
        from scipy import special  # noqa: PLC0415  0.3 s, as above

        low = size * special.gammaincinv(events, (1 - level) / 2)
        high = size * special.gammaincinv(events + 1, (1 + level) / 2)
    return Interval(np.where(none, 0, low), np.where(none, -log((1 - level) / 2), high))


def around(centre: FloatArray, reach: FloatArray) -> Interval:
    return Interval(centre - reach, centre + reach)


def floats(*numbers: Numbers) -> tuple[FloatArray, ...]:
    """As arrays: Python numbers would raise on a division by zero."""
    return tuple(np.asarray(each, dtype=np.float64) for each in numbers)
