"""Matched odds agree with statsmodels and with a count by hand."""

from collections import defaultdict
from fractions import Fraction
from math import comb

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
    if enough(tables):
        assert_allclose(found.p[0], oracle.test_null_odds(correction=False).pvalue, atol=1e-12)
    else:
        assert_allclose(found.p[0], by_enumeration(tables), rtol=1e-9)


def enough(tables):
    """Is there room for five on either side of what is expected (Mantel and Fleiss 1980)?"""
    expected = sum((a + b) * (a + c) / (a + b + c + d) for a, b, c, d in tables)
    least = sum(max(0, a - d) for a, b, c, d in tables)
    most = sum(min(a + b, a + c) for a, b, c, d in tables)
    return min(expected - least, most - expected) >= 5


def by_enumeration(tables):
    """Return twice the smaller tail: all counts of all strata are gone through, in fractions."""
    chances = {0: Fraction(1)}
    for a, b, c, d in (map(int, each) for each in tables):
        following = defaultdict(Fraction)
        for n in range(max(0, a - d), min(a + b, a + c) + 1):
            ways = Fraction(comb(a + c, n) * comb(b + d, a + b - n), comb(a + b + c + d, a + b))
            for before, chance in chances.items():
                following[before + n] += chance * ways
        chances = following
    seen = sum(int(each[0]) for each in tables)
    tails = [sum(p for n, p in chances.items() if (n - seen) * way >= 0) for way in (1, -1)]
    return float(min(1, 2 * min(tails)))


def test_one_who_has_it_is_no_proof_however_rare_it_is():
    """2 of 2 who have it are among 10 of 1,000: the normal test says p = 0.0000000000..."""
    found = mantel_haenszel(
        np.array([[2.0]]), np.array([10.0]), np.array([[0.0]]), np.array([990.0]), 0.95
    )
    assert_allclose(found.p[0], 2 * comb(10, 2) / comb(1000, 2))
    alone = mantel_haenszel(
        np.array([[1.0]]), np.array([10.0]), np.array([[0.0]]), np.array([990.0]), 0.95
    )
    assert_allclose(alone.p[0], 0.02)


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
