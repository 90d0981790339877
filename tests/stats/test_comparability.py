"""Verdicts in families, values for rankings, and rows that belong together."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from hearwell.stats.cluster import design_effect
from hearwell.stats.difference import difference
from hearwell.stats.interval import Interval, student, wilson
from hearwell.stats.multiplicity import benjamini_hochberg, p_value
from hearwell.stats.shrinkage import shrunken_means, shrunken_shares

BENJAMINI_HOCHBERG_1995 = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459),
    *(0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0),
]


def test_the_example_of_benjamini_and_hochberg():
    """Four of fifteen are believed, where each for itself would be nine; the order is no matter."""
    p = np.array(BENJAMINI_HOCHBERG_1995)
    assert benjamini_hochberg(p, 0.05).sum() == 4
    turned = benjamini_hochberg(p[::-1], 0.05)
    assert_array_equal(turned, benjamini_hochberg(p, 0.05)[::-1])


def test_what_is_not_known_is_no_member_of_the_family():
    p = np.array([0.04, np.nan, np.nan])
    assert_array_equal(benjamini_hochberg(p, 0.05), [True, False, False])
    assert not benjamini_hochberg(np.array([np.nan]), 0.05).any()
    assert len(benjamini_hochberg(np.array([]), 0.05)) == 0


def test_chance_alone_gives_few_verdicts():
    """Of 400 families of 20 differences that are none, about one in twenty has any verdict."""
    dice = np.random.default_rng(5)
    families = [benjamini_hochberg(dice.uniform(size=20), 0.05).any() for _ in range(400)]
    assert 0.02 < np.mean(families) < 0.09


def test_a_p_value_says_what_its_interval_says():
    """It is below 0.05 just where the 95 % interval leaves 0 out, also for lopsided intervals."""
    hits, n = np.array([5.0, 40, 61, 30]), np.array([50.0, 60, 100, 60])
    other, m = np.array([20.0, 39, 48, 30]), np.array([60.0, 61, 100, 60])
    a, b = hits / n, other / m
    point, interval = difference(a, a, wilson(hits, n, 0.95), b, b, wilson(other, m, 0.95))
    p = p_value(point, interval, 0.95)
    assert_array_equal(p < 0.05, (interval.low > 0) | (interval.high < 0))
    assert p[3] == 1


def test_a_p_value_of_a_symmetric_interval():
    """A difference of 1.96 errors has p = 0.05, and one of 0.6745 errors p = 0.5."""
    errors = np.array([1.959964, 0.674490])
    around = Interval(errors - 1.959964, errors + 1.959964)
    assert_allclose(p_value(errors, around, 0.95), [0.05, 0.5], atol=1e-5)
    assert np.isnan(p_value(np.array([1.0]), Interval(np.array([np.nan]), np.array([2.0])), 0.95))


def test_shrunken_shares_of_the_design():
    """The test vector of `statistics.md`, computed apart."""
    hits, n = np.array([45.0, 38, 9, 50, 5, 28]), np.array([50.0, 40, 10, 60, 6, 40])
    expected = [0.879052, 0.90278, 0.86062, 0.839344, 0.847173, 0.77026]
    assert_allclose(shrunken_shares(hits, n), expected, atol=1e-6)


def test_shares_that_differ_by_chance_alone_are_one():
    hits, n = np.array([50.0, 51, 49, 0]), np.array([100.0, 100, 100, 0])
    assert_allclose(shrunken_shares(hits, n), [0.5, 0.5, 0.5, np.nan])
    assert_allclose(shrunken_shares(np.array([100.0, 0]), np.array([100.0, 100])), [1, 0])
    assert np.isnan(shrunken_shares(np.zeros(2), np.zeros(2))).all()


def test_shrunken_means_are_nearer_to_the_truth():
    """Of 200 groups drawn at random, the shrunken values miss the truth by less."""
    dice = np.random.default_rng(7)
    truth = dice.normal(300, 20, 200)
    error = dice.choice([5.0, 20.0, 60.0], 200)
    seen = dice.normal(truth, error)
    shrunken = shrunken_means(seen, error)
    assert np.mean((shrunken - truth) ** 2) < 0.35 * np.mean((seen - truth) ** 2)


def test_shrunken_means_counted_by_hand():
    """Two groups, errors alike: the variance between is (10² / 2) - 1² = 49, trust is 49 / 50."""
    value, error = np.array([10.0, 20.0]), np.array([1.0, 1.0])
    assert_allclose(shrunken_means(value, error), [15 - 5 * 0.98, 15 + 5 * 0.98])
    with_one_row = shrunken_means(np.array([10.0, 20.0, 99.0]), np.array([1.0, 1.0, np.nan]))
    assert with_one_row[2] == pytest.approx(15)
    assert np.isnan(shrunken_means(np.array([np.nan]), np.array([np.nan]))).all()
    assert_allclose(shrunken_means(np.array([4.0, 6]), np.array([np.nan, np.nan])), [5, 5])


def effect(values, clusters):
    values, clusters = np.asarray(values, float), np.asarray(clusters)
    sums = np.array([values[clusters == each].sum() for each in np.unique(clusters)])
    sizes = np.array([(clusters == each).sum() for each in np.unique(clusters)], float)
    one = lambda number: np.array([float(number)])  # noqa: E731
    return float(
        design_effect(
            one(values.sum()),
            one(len(values)),
            (one((values**2).sum()), one(values.sum()), one(len(values))),
            (one((sums**2).sum()), one((sums * sizes).sum()), one((sizes**2).sum())),
            one(len(values)),
            one(len(sizes)),
        )[0]
    )


def test_customers_who_say_the_same_ten_times_count_once():
    """Each answer given k times by the same customer tells as much as the answer given once."""
    values = np.array([1, 0, 1, 1, 0, 1, 1, 1.0])
    assert effect(values, range(8)) == pytest.approx(1)
    expected = 10 * (8 / 7) / (80 / 79)  # each variance with its own count - 1
    assert effect(np.repeat(values, 10), np.repeat(range(8), 10)) == pytest.approx(expected)
    assert effect([1, 1, 1, 1], [1, 1, 2, 2]) == 2  # no spread at all: by what could be different
    assert effect([1, 0, 1, 0], [1, 1, 1, 1]) == 4


def test_clustered_intervals_cover():
    """Of 1,000 samples of 60 customers with up to ten answers each, 93 to 97 % cover the mean."""
    dice, covered, naive = np.random.default_rng(11), 0, 0
    for _ in range(1000):
        sizes = dice.integers(1, 11, 60)
        mood = dice.normal(0, 1, 60)
        values = np.concatenate([dice.normal(m, 1, s) for m, s in zip(mood, sizes, strict=True)])
        scale = effect(values, np.repeat(range(60), sizes))
        n, total, squares = len(values), values.sum(), (values**2).sum()
        interval = student(n / scale, total / scale, squares / scale, 0.95)
        plain = student(n, total, squares, 0.95)
        covered += interval.low <= 0 <= interval.high
        naive += plain.low <= 0 <= plain.high
    assert 930 <= covered <= 970
    assert naive < 800  # without the design effect they would not
