"""Rates drawn to that of all: by hand, and by SciPy's gamma law."""

import numpy as np
from numpy.testing import assert_allclose
from scipy import stats

from hearwell.stats.shrinkage import shrunken_rates

COUNT, EXPOSURE = np.array([30.0, 10.0, 2.0, 0.0]), np.array([100.0, 100.0, 10.0, 0.0])


def test_by_hand():
    found = shrunken_rates(COUNT, EXPOSURE, 0.95)
    overall = 42 / 210
    spread = (100 * 0.1**2 + 100 * 0.1**2 + 10 * 0.0**2) / 210
    between = spread - overall * 3 / 210
    shape, scale = overall**2 / between, overall / between
    assert_allclose(found.overall, 0.2)
    expected = (shape + COUNT[:3]) / (scale + EXPOSURE[:3])
    assert_allclose(found.value, [*expected, np.nan])
    law = stats.gamma(shape + COUNT[:3], scale=1 / (scale + EXPOSURE[:3]))
    assert_allclose(found.interval.low[:3], law.ppf(0.025))
    assert_allclose(found.interval.high[:3], law.ppf(0.975))


def test_groups_that_differ_by_chance_only_are_all_the_same():
    found = shrunken_rates(np.array([9.0, 11.0]), np.array([100.0, 100.0]), 0.95)
    assert_allclose(found.value, 0.1)
