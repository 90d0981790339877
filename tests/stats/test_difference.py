"""Differences agree with Newcombe, with MeasuringU's worked example and with statsmodels."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from statsmodels.stats.proportion import confint_proportions_2indep

from hearwell.stats.difference import difference, verdict
from hearwell.stats.interval import Interval, student, wilson
from hearwell.stats.net_score import adjusted_net_score, net_score, net_score_interval


def difference_of_shares(hits, n, other_hits, other_n):
    share, other = hits / n, other_hits / other_n
    return difference(
        share, share, wilson(hits, n, 0.95), other, other, wilson(other_hits, other_n, 0.95)
    )


@pytest.mark.parametrize(
    ("args", "point", "low", "high"),
    [
        ((56, 70, 48, 80), 0.2, 0.052431472402365065, 0.333872654036906),
        ((9, 10, 3, 10), 0.6, 0.17052272393450302, 0.8090179735354881),
        ((10, 10, 0, 20), 1, 0.6790860371419147, 1),
    ],
)
def test_shares_agree_with_newcombe(args, point, low, high):
    """The hybrid score intervals of Newcombe 1998, by hand and by statsmodels."""
    value, interval = difference_of_shares(*args)
    assert_allclose([point, low, high], [value, interval.low, interval.high])
    oracle = confint_proportions_2indep(*args, method="newcomb", compare="diff")
    assert_allclose(oracle, [interval.low, interval.high])


def test_net_scores_agree_with_the_adjusted_test():
    """The raw difference is shown, in the interval of the adjusted one (MeasuringU)."""
    after, before = (100, 50, 20), (100, 40, 30)
    value, interval = difference(
        net_score(*before),
        adjusted_net_score(*before)[0],
        net_score_interval(*before, 0.95, clipped=False),
        net_score(*after),
        adjusted_net_score(*after)[0],
        net_score_interval(*after, 0.95, clipped=False),
    )
    assert pytest.approx(-20) == value
    assert_allclose([-41.38654743913794, 2.551595982827262], [interval.low, interval.high])
    assert_array_equal("no evidence", verdict(interval, "higher"))


def test_symmetric_errors_add_in_squares():
    """For two means the reach is the hypotenuse of the two reaches."""
    one, two = student(10, 50, 300, 0.95), student(20, 80, 500, 0.95)
    value, interval = difference(5, 5, one, 4, 4, two)
    reach = math.hypot(5 - one.low, 4 - two.low)
    assert_allclose([1, 1 - reach, 1 + reach], [value, interval.low, interval.high])


def test_difference_turns_around():
    """Exchanging the two sides turns the interval around, for all groups at once."""
    value, there = difference_of_shares(np.array([9, 10]), 10, np.array([3, 0]), 20)
    other, back = difference_of_shares(np.array([3, 0]), 20, np.array([9, 10]), 10)
    assert_allclose(value, -other)
    assert_allclose([there.low, there.high], [-back.high, -back.low])


def test_open_end_stays_open():
    """Nothing bounds a difference from above when nothing bounds the first number."""
    open_above = Interval(np.array([4.0]), np.array([math.nan]))
    known = Interval(np.array([1.0]), np.array([2.0]))
    _, interval = difference(5, 5, open_above, 1.5, 1.5, known)
    assert_allclose([3.5 - math.hypot(1, 0.5)], interval.low)
    assert_array_equal([math.nan], interval.high)
    assert_array_equal(["better"], verdict(interval, "higher"))


@pytest.mark.parametrize(
    ("better", "expected"),
    [
        ("higher", ["better", "worse", "no evidence", "no evidence", "no evidence"]),
        ("lower", ["worse", "better", "no evidence", "no evidence", "no evidence"]),
        ("in range", ["changed", "changed", "no evidence", "no evidence", "no evidence"]),
    ],
)
def test_verdict_says_what_the_interval_shows(better, expected):
    """A side of 0 is evidence; holding or touching 0 or not being known is none."""
    low = np.array([0.1, -0.3, -0.1, 0, math.nan])
    high = np.array([0.3, -0.1, 0.2, 0.1, math.nan])
    found = verdict(Interval(low, high), better)
    assert expected == found.tolist()
