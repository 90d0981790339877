"""Quantiles of histograms agree with NumPy's of all the values, and intervals with theory."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from hearwell.stats.quantile import Histogram, counts, quantile, quantile_interval

# few different values make ties, many groups make empty ones
VALUES = st.one_of(st.integers(0, 4).map(float), st.floats(-1e6, 1e6))
GROUPS = st.lists(st.lists(VALUES, max_size=30), max_size=8)
QS = st.sampled_from([0, 0.1, 0.29, 0.5, 0.7, 0.9, 0.99, 1])


def histogram_of(samples):
    tallies = [np.unique(np.array(x, dtype=float), return_counts=True) for x in samples]
    return Histogram(
        group=np.repeat(np.arange(len(samples)), [len(value) for value, _ in tallies]),
        value=np.concatenate([np.empty(0), *(value for value, _ in tallies)]),
        count=np.concatenate([np.empty(0), *(count for _, count in tallies)]),
    )


@settings(deadline=None)
@given(GROUPS, QS)
def test_quantile_is_numpys_to_the_last_bit(samples, q):
    """Any groups of any values, tied or not, empty or not."""
    expected = [np.quantile(x, q) if x else math.nan for x in samples]
    histogram = histogram_of(samples)
    assert_array_equal(expected, quantile(histogram, len(samples), q))
    assert_array_equal([len(x) for x in samples], counts(histogram, len(samples)))


@settings(deadline=None)
@given(GROUPS, QS, st.sampled_from([0.01, 0.5, 0.95]))
def test_interval_holds_the_value(samples, q, level):
    """An end is below or above the value, or open; below five values there is none."""
    histogram = histogram_of(samples)
    value = quantile(histogram, len(samples), q)
    interval = quantile_interval(histogram, len(samples), q, level)
    assert not (interval.low > value).any()
    assert not (interval.high < value).any()
    few = np.array([len(x) < 5 for x in samples], dtype=bool)
    assert np.isnan(interval.low[few]).all()
    assert np.isnan(interval.high[few]).all()


@settings(deadline=None)
@given(st.lists(st.lists(VALUES, min_size=5, max_size=30), min_size=1, max_size=5))
def test_groups_do_not_touch_each_other(samples):
    """A group has the interval that it has alone."""
    together = quantile_interval(histogram_of(samples), len(samples), 0.5, 0.95)
    alone = [quantile_interval(histogram_of([x]), 1, 0.5, 0.95) for x in samples]
    assert_array_equal([each.low[0] for each in alone], together.low)
    assert_array_equal([each.high[0] for each in alone], together.high)


@pytest.mark.parametrize(("n", "q"), [(30, 0.5), (100, 0.5), (200, 0.9), (400, 0.1), (10**6, 0.9)])
def test_interval_lies_where_the_binomial_has_its_tails(n, q):
    """Between the ranks that leave out less and more than the tail on each side."""
    interval = quantile_interval(histogram_of([np.arange(n)]), 1, q, 0.95)
    for end, chance in ((interval.low[0], 0.025), (interval.high[0], 0.975)):
        assert stats.binom.cdf(math.floor(end), n, q) <= chance * (1 + 1e-6)
        assert stats.binom.cdf(math.floor(end) + 1, n, q) >= chance * (1 - 1e-6)


@pytest.mark.parametrize(
    ("n", "q", "open_low", "open_high"),
    [
        (4, 0.5, True, True),
        (5, 0.5, False, False),
        (28, 0.9, False, True),
        (29, 0.9, False, False),
        (28, 0.1, True, False),
        (29, 0.1, False, False),
    ],
)
def test_interval_ends_at_the_last_value_or_is_open(n, q, open_low, open_high):
    """The largest of 29 values may end a p90, and of 28 may not: 0.9 ** 28 is over 5 %."""
    interval = quantile_interval(histogram_of([np.arange(n)]), 1, q, 0.95)
    assert open_low == np.isnan(interval.low[0])
    assert open_high == np.isnan(interval.high[0])
    if n == 29:
        assert q > 0.5 or interval.low[0] == 0
        assert q < 0.5 or interval.high[0] == n - 1


def test_ties_are_values_like_others():
    """Of waits in whole seconds, mostly 2, the median is 2 and so are the ends."""
    histogram = Histogram(np.zeros(3, dtype=int), np.array([1.0, 2, 9]), np.array([10.0, 80, 10]))
    interval = quantile_interval(histogram, 1, 0.5, 0.95)
    assert_allclose([2, 2, 2], [interval.low[0], quantile(histogram, 1, 0.5)[0], interval.high[0]])


def test_bucket_without_rows_is_passed_over():
    """A count of 0 is no value, at the ends of a group or within it."""
    value, count = np.array([0, 1, 2, 3, 4, 0.0]), np.array([0, 1, 0, 1, 0, 0.0])
    histogram = Histogram(np.array([0, 0, 0, 0, 0, 1]), value, count)
    assert_array_equal([1, math.nan], quantile(histogram, 2, 0))
    assert_array_equal([2, math.nan], quantile(histogram, 2, 0.5))
    assert_array_equal([3, math.nan], quantile(histogram, 2, 1))


def test_no_rows_have_no_value():
    """Groups without any rows, or no groups at all, raise nothing."""
    nothing = histogram_of([])
    for groups in (0, 3):
        interval = quantile_interval(nothing, groups, 0.5, 0.95)
        nans = np.full(groups, math.nan)
        assert_array_equal(nans, quantile(nothing, groups, 0.5))
        assert_array_equal([nans, nans], [interval.low, interval.high])
