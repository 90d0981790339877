"""Who stands out is told by exact chances, and by as many as chance gives where nobody does."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from hearwell.stats.funnel import funnel


def test_chances_are_those_of_the_binomial_law():
    hits, n = np.array([[9.0], [50.0], [41.0]]), np.array([[20.0], [500.0], [480.0]])
    found = funnel(hits, n)
    assert_allclose(found.expected, 0.1)
    assert found.dispersion > 1
    exact = stats.binom.sf(8, 20, 0.1)
    score = stats.norm.isf(exact) / np.sqrt(found.dispersion)
    assert_allclose(found.high[0], stats.norm.sf(score))
    assert_allclose(found.high + found.low, 1)


def test_work_of_another_kind_is_held_against_its_like():
    # The second agent does the kind of work in which the sign is common.
    hits = np.array([[2.0, 0.0], [0.0, 40.0], [2.0, 40.0]])
    n = np.array([[100.0, 0.0], [0.0, 100.0], [100.0, 100.0]])
    found = funnel(hits, n)
    assert_allclose(found.expected, [0.02, 0.4, 0.21])
    assert (np.minimum(found.high, found.low) > 0.3).all()


@pytest.mark.parametrize("scatter", [0.0, 0.03])
def test_where_nobody_stands_out_few_are_named(scatter):
    rng = np.random.default_rng(4)
    named = agents = 0
    for _ in range(40):
        share = np.clip(rng.normal(0.1, scatter, 30), 0, 1)
        n = rng.integers(50, 400, 30).astype(float)
        found = funnel(rng.binomial(n.astype(int), share).astype(float)[:, None], n[:, None])
        named += int((found.high < 0.01).sum())
        agents += 30
    assert named / agents <= 0.025


def test_one_who_does_is_named():
    n = np.full((20, 1), 200.0)
    hits = np.full((20, 1), 10.0) + np.arange(20)[:, None] % 5
    hits[7] = 50
    assert int(funnel(hits, n).high.argmin()) == 7
    assert funnel(hits, n).high[7] < 1e-4
