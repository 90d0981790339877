"""Ratios of two shares agree with statsmodels, and are finite where nobody was hit."""

import numpy as np
from numpy.testing import assert_allclose
from statsmodels.stats.contingency_tables import Table2x2

from hearwell.stats.relative_risk import risk_ratio


def test_agrees_with_statsmodels():
    """20 of 60 against 50 of 900."""
    ratio, interval = risk_ratio(20, 60, 50, 900, 0.95)
    oracle = Table2x2([[20, 40], [50, 850]])
    assert_allclose(oracle.riskratio, ratio)
    assert_allclose(oracle.riskratio_confint(0.05), [interval.low, interval.high])


def test_nobody_was_hit():
    """Of 10 none, of 1,000 fifty: up to several times as likely is possible."""
    ratio, interval = risk_ratio(0, 10, 50, 1000, 0.95)
    assert 0 < interval.low < ratio < 1 < interval.high < np.inf
