"""Draws of people: the error of a mean of people, and how often intervals hold the truth."""

import numpy as np
from numpy.testing import assert_allclose
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from hearwell.stats.power import power_of_two_shares
from hearwell.stats.resampling import Resampled, poisson_weights


def test_error_of_a_mean_of_people():
    """Each of 20,000 people has one to nine rows that are alike; the formula is Cochran's."""
    rng = np.random.default_rng(9)
    rows = rng.integers(1, 10, 20_000)
    total = rows * rng.normal(3, 1, 20_000)
    mean = total.sum() / rows.sum()
    error = np.sqrt(((total - mean * rows) ** 2).sum()) / rows.sum()
    group = rng.integers(0, 1000, 20_000)
    of_group = [np.bincount(group, weights=each, minlength=1000) for each in (total, rows)]
    drawn = [poisson_weights(1000) @ each for each in of_group]
    found = Resampled(np.array(mean), drawn[0] / drawn[1])
    assert_allclose(error, found.error, rtol=0.08)
    interval = found.interval(0.95)
    assert_allclose(2 * 1.96 * error, interval.high - interval.low, rtol=0.1)


def test_power_by_simulation():
    """How often 1,000 pairs of shares are told apart that differ so."""
    rng = np.random.default_rng(10)
    share, other, n, many = 0.20, 0.08, 60, 900
    first, second = rng.binomial(n, share, 20_000) / n, rng.binomial(many, other, 20_000) / many
    pooled = (first * n + second * many) / (n + many)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / many))
    seen = (np.abs(first - second) > 1.959964 * error).mean()
    assert abs(seen - power_of_two_shares(share, other, n, many, 0.95)) < 0.05
    effect = proportion_effectsize(0.30, 0.25)
    oracle = NormalIndPower().power(effect, nobs1=1000, alpha=0.05, ratio=1)
    assert abs(oracle - power_of_two_shares(0.30, 0.25, 1000, 1000, 0.95)) < 0.01


def test_what_no_draw_knows_has_no_interval():
    """And makes no noise."""
    found = Resampled(np.array([1.0, np.nan]), np.array([[1.0, np.nan], [2, np.nan], [3, np.nan]]))
    assert_allclose([1.05, np.nan], found.interval(0.95).low)
    assert_allclose([1, np.nan], found.error)
