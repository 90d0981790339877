"""Survival agrees with counting by hand and with statsmodels."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from hearwell.stats.interval import wilson
from hearwell.stats.survival import (
    Survival,
    patience,
    patience_interval,
    survival_beyond,
    survival_beyond_interval,
    survival_median,
    survival_median_interval,
)

# Each row is (time, whether the event was seen); few different times make ties.
ROWS = st.lists(st.tuples(st.integers(0, 6).map(float), st.booleans()), max_size=25)
GROUPS = st.lists(ROWS, max_size=6)


def survival_of(groups):
    tally = {}
    for group, rows in enumerate(groups):
        for time, seen in rows:
            tally.setdefault((group, time), [0, 0])[not seen] += 1
    table = np.array([(*key, *tally[key]) for key in sorted(tally)], dtype=float).reshape(-1, 4)
    return Survival(table[:, 0].astype(int), table[:, 1], table[:, 2], table[:, 3])


def part_beyond(rows, threshold):
    """Follow the definition row by row, in plain Python."""
    if not rows:
        return math.nan
    part = 1.0
    for moment in sorted({time for time, seen in rows if seen and time <= threshold}):
        watched = sum(time >= moment for time, _ in rows)
        events = sum(time == moment and seen for time, seen in rows)
        part *= 1 - events / watched
    return part if part == 0 or threshold <= max(time for time, _ in rows) else math.nan


def median(rows):
    times = sorted({time for time, _ in rows})
    return next((time for time in times if part_beyond(rows, time) <= 0.5 + 1e-12), math.nan)


@settings(deadline=None)
@given(GROUPS, st.sampled_from([-1, 0, 2, 3.5, 6, 7]))
def test_survival_agrees_with_counting_by_hand(groups, threshold):
    """Any groups with any ties, with and without censoring, empty or not."""
    survival = survival_of(groups)
    expected = [part_beyond(rows, threshold) for rows in groups]
    assert_allclose(expected, survival_beyond(survival, len(groups), threshold), atol=1e-12)
    assert_array_equal([median(rows) for rows in groups], survival_median(survival, len(groups)))


@settings(deadline=None)
@given(GROUPS, st.sampled_from([0, 2, 3.5, 7]))
def test_intervals_hold_the_value(groups, threshold):
    """The interval of a part is within 0 and 1 and is known wherever the part is."""
    survival = survival_of(groups)
    part = survival_beyond(survival, len(groups), threshold)
    interval = survival_beyond_interval(survival, len(groups), threshold, 0.95)
    known = ~np.isnan(part)
    assert_array_equal(known, ~np.isnan(interval.low))
    assert_array_equal(known, ~np.isnan(interval.high))
    assert (interval.low[known] >= 0).all()
    assert (interval.low[known] <= part[known]).all()
    assert (interval.high[known] >= part[known]).all()
    assert (interval.high[known] <= 1).all()
    middle = survival_median(survival, len(groups))
    around = survival_median_interval(survival, len(groups), 0.95)
    assert not (around.low > middle).any()
    assert not (around.high < middle).any()


@pytest.mark.parametrize("seed", range(5))
def test_survival_agrees_with_statsmodels(seed):
    """Value, log(-log) Greenwood interval and Brookmeyer-Crowley interval, with ties."""
    rng = np.random.default_rng(seed)
    truth, watched = rng.exponential(20, 80).round(), rng.exponential(30, 80).round()
    rows = list(zip(np.minimum(truth, watched), truth <= watched, strict=True))
    oracle = SurvfuncRight(np.minimum(truth, watched), truth <= watched)
    survival = survival_of([rows])
    assert oracle.quantile(0.5) == survival_median(survival, 1)[0]
    found = survival_median_interval(survival, 1, 0.95)
    with np.errstate(divide="ignore", invalid="ignore"):  # statsmodels takes the logarithm of 0
        expected = oracle.quantile_ci(0.5, method="cloglog")
    assert_allclose(expected, [found.low[0], found.high[0]])
    at = np.searchsorted(oracle.surv_times, 15, side="right") - 1
    part, error = oracle.surv_prob[at], oracle.surv_prob_se[at]
    factor = np.exp(stats.norm.ppf(0.975) * error / part / np.log(part))
    found = survival_beyond_interval(survival, 1, 15, 0.95)
    assert_allclose(part, survival_beyond(survival, 1, 15)[0])
    assert_allclose(sorted([part**factor, part ** (1 / factor)]), [found.low[0], found.high[0]])


def test_events_come_before_censorings_at_one_time():
    """Who is censored at a time was still watched when the others had their event."""
    survival = survival_of([[(5, True), (5, False), (9, True), (9, True)]])
    assert_allclose([0.75], survival_beyond(survival, 1, 5))
    assert_allclose([9], survival_median(survival, 1))


def test_median_of_a_half_is_reached():
    """Five of ten are a half, whatever the order of the products."""
    survival = survival_of([[(float(time), True) for time in range(1, 11)]] * 50)
    assert_array_equal(np.full(50, 5), survival_median(survival, 50))


def test_threshold_of_each_group():
    """Each group may have its own threshold: a service level differs between queues."""
    survival = survival_of([[(1.0, True), (2.0, True)], [], [(1.0, True), (2.0, True)]])
    found = survival_beyond(survival, 3, np.array([1, 1, 2.0]))
    assert_array_equal([0.5, math.nan, 0], found)


def test_where_all_last_the_low_end_is_wilsons():
    """Twenty are watched beyond the threshold, whether or not others were lost before it."""
    later = [(float(time), True) for time in range(10, 30)]
    survival = survival_of([later, [(5.0, False), *later]])
    found = survival_beyond_interval(survival, 2, np.array([1.0, 5]), 0.95)
    assert_allclose(np.full(2, wilson(20, 20, 0.95).low), found.low)
    assert_allclose([1, 1], found.high)


def test_where_none_last_the_high_end_is_the_lowest_that_is_known():
    """Twenty at one time tell as much as a share; the last of many tells next to nothing."""
    at_once = [(5.0, True)] * 20
    one_left = [*[(3.0, False)] * 18, (4.0, True), (5.0, True)]
    survival = survival_of([at_once, one_left])
    assert_allclose([0, 0], survival_beyond(survival, 2, 5))
    found = survival_beyond_interval(survival, 2, 5, 0.95)
    assert_allclose([0, 0], found.low)
    assert_allclose([wilson(0, 20, 0.95).high, wilson(0, 1, 0.95).high], found.high)
    middle = survival_median_interval(survival, 2, 0.95)
    assert_array_equal([5, 3], middle.low)
    assert_array_equal([5, math.nan], middle.high)


def test_curve_that_ends_keeps_the_high_end_of_the_time_before():
    """The last of twenty events adds nothing to what the first nineteen have told."""
    survival = survival_of([[(float(time), True) for time in range(1, 21)]])
    ends = [survival_beyond_interval(survival, 1, time, 0.95).high[0] for time in (19, 20, 25)]
    assert ends[0] < wilson(0, 1, 0.95).high
    assert_array_equal(ends[0], ends)


def test_median_interval_may_be_open():
    """When the upper curve never falls to a half, there is a least median but no greatest."""
    half_censored = [(float(time), time <= 12) for time in range(1, 21)]
    survival = survival_of([half_censored, [(1.0, True)] * 4])
    found = survival_median_interval(survival, 2, 0.95)
    assert found.low[0] < 10
    assert_array_equal([math.nan], found.high[:1])
    assert_array_equal([math.nan, math.nan], [found.low[1], found.high[1]])


def test_no_rows_have_no_value():
    """Groups without any rows, or no groups at all, raise nothing."""
    nothing = survival_of([])
    for groups in (0, 3):
        nans = np.full(groups, math.nan)
        assert_array_equal(nans, survival_median(nothing, groups))
        assert_array_equal(nans, survival_beyond(nothing, groups, 5))
        for found in (
            survival_median_interval(nothing, groups, 0.95),
            survival_beyond_interval(nothing, groups, 5, 0.95),
        ):
            assert_array_equal([nans, nans], [found.low, found.high])


def test_patience_counts_all_waits():
    """425 calls waited 2590 s in all and 165 hung up: 15.7 s, where true patience was 14."""
    assert_allclose(15.7, patience(15.7 * 165, 165))
    found = patience_interval(15.7 * 165, 165, 0.95)
    assert_allclose([13.5, 18.3], [found.low, found.high], atol=0.05)


@pytest.mark.parametrize(("level", "times"), [(0.95, 2.9957), (0.99, 4.6052)])
def test_patience_of_nobody_abandoned_has_a_least_value(level, times):
    """No value, but a low end: three times fewer than the seconds waited, at 95 %."""
    total_wait, abandoned = np.array([600, 0, math.nan]), np.array([0, 0, 2])
    assert_array_equal(np.full(3, math.nan), patience(total_wait, abandoned))
    found = patience_interval(total_wait, abandoned, level)
    assert_allclose([600 / times, math.nan, math.nan], found.low, rtol=1e-4)
    assert_array_equal(np.full(3, math.nan), found.high)
