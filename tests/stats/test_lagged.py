"""Courses that go together are found at their lag; others are not."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from hearwell.stats.lagged import lagged, residual


def courses(rng, n, *, lag=None):
    """Return two courses with weekdays and a trend; the second follows the first, or does not."""
    weekday = np.arange(n) % 7
    usual = 200 * np.where(weekday >= 5, 0.4, 1.0) * np.linspace(1, 1.5, n)
    own = [np.exp(rng.normal(0, 0.2, n)) for _ in range(2)]
    second = own[1] if lag is None else own[1] * np.roll(own[0], lag)
    return rng.poisson(usual * own[0]), rng.poisson(usual * second), weekday


@pytest.mark.parametrize("lag", [-5, 0, 3])
def test_the_lag_is_found(lag):
    one, other, weekday = courses(np.random.default_rng(4), 150, lag=lag)
    found = lagged(one, other, weekday, 14, 0.95)
    assert found.lag[found.strongest] == lag
    assert found.correlation[found.strongest] > found.high[found.strongest]
    assert found.p < 0.05


def test_what_only_shares_weekdays_and_growth_goes_not_together():
    rng = np.random.default_rng(5)
    p = np.array([lagged(*courses(rng, 120), 14, 0.95).p for _ in range(100)])
    assert (p <= 0.05).mean() <= 0.12  # 5 of 100 expected


def test_correlation_by_numpy():
    one, other, weekday = courses(np.random.default_rng(6), 90)
    found = lagged(one, other, weekday, 3, 0.95)
    x, y = (residual(np.log1p(each), weekday) for each in (one, other))
    for lag, told in zip(found.lag, found.correlation, strict=True):
        a, b = (x[: 90 - lag], y[lag:]) if lag >= 0 else (x[-lag:], y[:lag])
        assert_allclose(told, np.corrcoef(a, b)[0, 1])
    assert_allclose([x[weekday == day].mean() for day in range(7)], 0, atol=0.02)


def test_a_course_that_never_changes_goes_with_nothing():
    weekday = np.arange(70) % 7
    found = lagged(np.full(70, 3.0), np.random.default_rng(1).poisson(9, 70), weekday, 14, 0.95)
    assert (np.abs(found.correlation) < 1e-6).all() or found.p > 0.05
