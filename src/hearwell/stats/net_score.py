"""Net scores (NPS and its kin): promoters less detractors for each hundred answers.

Every count is a number or a float array of shape (groups,); results are in points,
-100 to 100. Passives are part of n. nan where nobody answered.
"""

import numpy as np

from hearwell.stats.interval import FloatArray, Interval, Numbers, around, floats, normal_quantile

# AW(3, T) of Rocks (2016): three answers are added in the proportions of a triangle.
ADDED_PROMOTERS = ADDED_DETRACTORS = 0.75
ADDED_ANSWERS = 3  # the other one and a half are passives


@np.errstate(divide="ignore", invalid="ignore")
def net_score(n: Numbers, promoters: Numbers, detractors: Numbers) -> FloatArray:
    """Score as answered: what is shown."""
    n, promoters, detractors = floats(n, promoters, detractors)
    return 100 * (promoters - detractors) / n


@np.errstate(divide="ignore", invalid="ignore")
def adjusted_net_score(
    n: Numbers, promoters: Numbers, detractors: Numbers
) -> tuple[FloatArray, FloatArray]:
    """Centre and standard error of the adjusted Wald interval AW(3, T) (Rocks 2016).

    The raw score has an error of 0 when all answer alike, and covers too little below 50.
    """
    n, promoters, detractors = floats(n, promoters, detractors)
    answers = np.where(n > 0, n + ADDED_ANSWERS, np.nan)
    happy = (promoters + ADDED_PROMOTERS) / answers
    unhappy = (detractors + ADDED_DETRACTORS) / answers
    centre = happy - unhappy
    error = np.sqrt((happy + unhappy - centre**2) / answers)
    return 100 * centre, 100 * error


def net_score_interval(
    n: Numbers, promoters: Numbers, detractors: Numbers, level: float, *, clipped: bool = True
) -> Interval:
    """Interval of a net score. A difference of two scores takes them unclipped."""
    centre, error = adjusted_net_score(n, promoters, detractors)
    interval = around(centre, normal_quantile(level) * error)
    if not clipped:
        return interval
    return Interval(np.maximum(interval.low, -100), np.minimum(interval.high, 100))
