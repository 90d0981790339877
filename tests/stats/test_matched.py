"""Matched odds agree with statsmodels and with a count by hand."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from statsmodels.stats.contingency_tables import StratifiedTable

from hearwell.stats.matched import mantel_haenszel

TABLE = st.tuples(*[st.integers(1, 30).map(float)] * 4)


@settings(max_examples=60)
@given(tables=st.lists(TABLE, min_size=1, max_size=5))
def test_it_agrees_with_statsmodels(tables):
    a, b, c, d = np.array(tables).T
    found = mantel_haenszel(a[None], a + b, c[None], c + d, 0.95)
    oracle = StratifiedTable([np.array([[w, x], [y, z]]) for w, x, y, z in tables])
    assert_allclose(found.ratio[0], oracle.oddsratio_pooled)
    assert_allclose(
        [found.interval.low[0], found.interval.high[0]], oracle.oddsratio_pooled_confint()
    )
    assert_allclose(found.p[0], oracle.test_null_odds(correction=False).pvalue, atol=1e-12)


def test_what_differs_between_strata_only_is_no_difference():
    # In each stratum cases and others are alike; thrown together they would not be.
    found = mantel_haenszel(
        np.array([[90.0, 1.0]]), np.array([100.0, 10.0]), np.array([[9.0, 10.0]]),
        np.array([10.0, 100.0]), 0.95,
    )  # fmt: skip
    assert_allclose(found.ratio, 1)
    assert found.p[0] > 0.99


def test_strata_without_anybody_to_compare_with_tell_nothing():
    found = mantel_haenszel(
        np.array([[3.0, 5.0]]), np.array([6.0, 5.0]), np.array([[2.0, 0.0]]),
        np.array([8.0, 0.0]), 0.95,
    )  # fmt: skip
    assert_allclose(found.ratio, (3 * 6 / 14) / (3 * 2 / 14))
