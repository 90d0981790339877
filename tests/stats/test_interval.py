"""Intervals from sums agree with counting by hand, with SciPy and with statsmodels."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from hearwell.stats import interval

LEVELS = [0.8, 0.95, 0.99]


def sums_of(x):
    x = np.asarray(x, dtype=float)
    return len(x), x.sum(), (x * x).sum()


def weighted_sums(w, x):
    return w.sum(), (w**2).sum(), (w * x).sum(), (w**2 * x).sum(), (w**2 * x**2).sum()


def ratio_sums(x, y):
    return len(x), x.sum(), y.sum(), (x * x).sum(), (x * y).sum(), (y * y).sum()


def test_statistics_start_without_scipy():
    """Importing the statistics does not import SciPy: a command starts in well under a second."""
    code = (
        "import sys, hearwell.stats.difference, hearwell.stats.net_score, hearwell.stats.survival\n"
        "sys.exit('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("level", LEVELS)
def test_normal_quantile_is_two_sided(level):
    """As many standard errors as SciPy says."""
    assert pytest.approx(stats.norm.ppf(0.5 + level / 2)) == interval.normal_quantile(level)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (81, 263, 0.2552885198782742, 0.36620957698280004),
        (15, 148, 0.0623863995307363, 0.16048724172330803),
        (0, 20, 0, 0.16112515805281938),
        (1, 29, 0.006113214292762653, 0.17175521879320288),
        (8, 10, 0.4901624715366418, 0.9433178485456248),
        (10, 10, 0.7224672001371107, 1),
    ],
)
def test_wilson_agrees_with_newcombe(hits, n, low, high):
    """The intervals of Newcombe 1998, table I."""
    found = interval.wilson(hits, n, 0.95)
    assert_allclose([low, high], [found.low, found.high], rtol=1e-12)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1),
    st.sampled_from(LEVELS),
)
def test_wilson_agrees_with_statsmodels(pairs, level):
    """Any share of any size, many at once, stays within 0 and 1 and holds the share."""
    hits, n = np.array([(hit, hit + miss) for hit, miss in pairs if hit + miss] or [(1, 1)]).T
    low, high = proportion_confint(hits, n, alpha=1 - level, method="wilson")
    found = interval.wilson(hits, n, level)
    assert_allclose([low, high], [found.low, found.high], atol=1e-12)
    assert (found.low >= 0).all()
    assert (found.high <= 1).all()
    assert (found.low <= hits / n).all()
    assert (found.high >= hits / n).all()


def test_wilson_ends_where_all_rows_end():
    """No hits start at 0 and only hits end at 1, to the last bit, also for effective sizes."""
    n = np.array([1, 3, 20, 1e6, 2.909090909090909])
    assert_array_equal(0, interval.wilson(0, n, 0.95).low)
    assert_array_equal(1, interval.wilson(n, n, 0.95).high)
    assert_array_equal(1, interval.wilson(n * (1 + 1e-15), n, 0.95).high)


def test_kish_sample_size():
    """Four rows of weights 1, 1, 2 and 4 are worth 2.9 equal ones."""
    assert pytest.approx(2.909090909090909) == interval.kish_sample_size(8.0, 22.0)
    assert_array_equal(math.nan, interval.kish_sample_size(0, 0))


def test_weighted_share_is_wilson_of_the_effective_size():
    """Weights 1, 1, 2 and 4, of which the last hits: half of 2.9 rows."""
    found = interval.weighted_share(8, 22, 4, 0.95)
    assert_allclose(
        proportion_confint(2.909090909090909 / 2, 2.909090909090909, method="wilson"),
        [found.low, found.high],
    )


@pytest.mark.parametrize("scale", [1, 0.1, 7])
def test_equal_weights_change_nothing(scale):
    """With equal weights, of any size, the weighted intervals are the plain ones."""
    x = np.random.default_rng(3).gamma(2, 30, 40)
    w = np.full(40, scale, dtype=float)
    mean = interval.weighted_mean(*weighted_sums(w, x), 0.95)
    plain = interval.student(*sums_of(x), 0.95)
    assert_allclose([plain.low, plain.high], [mean.low, mean.high], rtol=1e-9)
    hit = x > 60
    share = interval.weighted_share(w.sum(), (w**2).sum(), (w * hit).sum(), 0.95)
    plain = interval.wilson(hit.sum(), 40, 0.95)
    assert_allclose([plain.low, plain.high], [share.low, share.high], rtol=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_student_agrees_with_scipy(level):
    """The t interval of three groups at once, from sums alone."""
    rng = np.random.default_rng(1)
    groups = [rng.normal(5, 2, 2), rng.lognormal(3, 1, 30), rng.normal(-1000, 3, 500)]
    found = interval.student(*np.array([sums_of(x) for x in groups]).T, level)
    expected = [stats.t.interval(level, len(x) - 1, x.mean(), stats.sem(x)) for x in groups]
    assert_allclose(np.transpose(expected), [found.low, found.high], rtol=1e-9)


def test_student_survives_cancellation():
    """Equal values have an interval of next to no width, never one of a negative variance."""
    x = np.full(1000, 0.1) + 1e6
    found = interval.student(*sums_of(x), 0.95)
    assert_allclose([x[0], x[0]], [found.low, found.high], rtol=1e-6)


def test_weighted_mean_agrees_with_counting_by_hand():
    """Row by row: weighted squares of the distances to the mean."""
    w, x = [1.0, 1.0, 2.0, 4.0, 3.0], [10.0, 30.0, 20.0, 25.0, 12.0]
    mean = sum(a * b for a, b in zip(w, x, strict=True)) / sum(w)
    n = sum(w) ** 2 / sum(a * a for a in w)
    variance = sum((a * (b - mean)) ** 2 for a, b in zip(w, x, strict=True)) / sum(w) ** 2
    reach = stats.t.ppf(0.975, n - 1) * math.sqrt(variance * n / (n - 1))
    found = interval.weighted_mean(*weighted_sums(np.array(w), np.array(x)), 0.95)
    assert_allclose([mean - reach, mean + reach], [found.low, found.high])


def test_ratio_agrees_with_counting_by_hand():
    """Row by row: squares of what each row is above its share of the total below."""
    x, y = [30.0, 45.0, 10.0, 60.0], [60.0, 60.0, 30.0, 90.0]
    value = sum(x) / sum(y)
    spread = sum((a - value * b) ** 2 for a, b in zip(x, y, strict=True)) / 3
    reach = stats.t.ppf(0.975, 3) * math.sqrt(spread / 4) / (sum(y) / 4)
    found = interval.ratio(*ratio_sums(np.array(x), np.array(y)), 0.95)
    assert_allclose([value - reach, value + reach], [found.low, found.high])


def test_a_ratio_of_nothing_is_not_sure_to_be_nothing():
    """No request in ten readings does not say that there will never be one: the end is open."""
    found = interval.ratio(*ratio_sums(np.zeros(10), np.ones(10)), 0.95)
    assert found.low == 0
    assert np.isnan(found.high)


def test_ratio_to_one_for_each_row_is_a_mean():
    """A total over the count of rows has the interval of the mean."""
    x = np.random.default_rng(2).gamma(2, 30, 50)
    found = interval.ratio(*ratio_sums(x, np.ones(50)), 0.95)
    plain = interval.student(*sums_of(x), 0.95)
    assert_allclose([plain.low, plain.high], [found.low, found.high], rtol=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_poisson_count_is_exact(level):
    """A count has the interval of Garwood, by the chi-square distribution."""
    count = np.array([0, 1, 2, 10, 100, 12345.0])
    found = interval.poisson_total(count, count, level)
    low = stats.chi2.ppf((1 - level) / 2, 2 * count) / 2
    high = stats.chi2.ppf((1 + level) / 2, 2 * count + 2) / 2
    assert_allclose([np.nan_to_num(low), high], [found.low, found.high], rtol=1e-12)
    assert_array_equal(0, found.low[0])
    assert pytest.approx(-math.log((1 - level) / 2)) == found.high[0]


def test_poisson_amounts_of_one_size_are_a_scaled_count():
    """Ten orders of 30 each: thirty times the interval of ten."""
    ten = interval.poisson_total(10, 10, 0.95)
    found = interval.poisson_total(300, 9000, 0.95)
    assert_allclose([30 * ten.low, 30 * ten.high], [found.low, found.high])


def test_poisson_amounts_of_other_signs_have_no_interval():
    """A total below 0, or of 0 made of refunds, or one of unknown size, is not read as events."""
    total, squares = np.array([-5, 0, 0]), np.array([10, 4, math.nan])
    found = interval.poisson_total(total, squares, 0.95)
    assert_array_equal(np.full((2, 3), math.nan), [found.low, found.high])


KINDS = {
    "wilson": (interval.wilson, [0, 0]),
    "student": (interval.student, [0, 0, 0]),
    "weighted_share": (interval.weighted_share, [0, 0, 0]),
    "weighted_mean": (interval.weighted_mean, [0, 0, 0, 0, 0]),
    "ratio": (interval.ratio, [0, 0, 0, 0, 0, 0]),
    "poisson_total": (interval.poisson_total, [math.nan, math.nan]),
}
SINGLE = {
    "student": (interval.student, [1, 0.1, 0.1 * 0.1]),
    "weighted_mean": (interval.weighted_mean, [0.3, 0.09, 0.03, 0.009, 0.0009]),
    "ratio": (interval.ratio, [1, 0.1, 0.3, 0.01, 0.03, 0.09]),
}


@pytest.mark.parametrize(("kind", "sums"), KINDS.values(), ids=KINDS)
def test_nothing_seen_has_no_interval(kind, sums):
    """No rows, or unknown sums, give nan: in one group, in some of many, and in all."""
    many = [np.array([zero, math.nan]) for zero in sums]
    for found in (kind(*sums, 0.95), kind(*many, 0.95)):
        assert np.isnan(found.low).all()
        assert np.isnan(found.high).all()


@pytest.mark.parametrize(("kind", "sums"), SINGLE.values(), ids=SINGLE)
def test_one_row_has_no_interval(kind, sums):
    """One row tells nothing of the spread."""
    found = kind(*sums, 0.95)
    assert np.isnan([found.low, found.high]).all()


def test_unequal_weights_may_leave_too_little():
    """Two rows, one of ten times the weight, are worth 1.2: too few to tell the spread."""
    found = interval.weighted_mean(*weighted_sums(np.array([1.0, 10]), np.array([3.0, 5])), 0.95)
    assert np.isnan([found.low, found.high]).all()


def test_groups_do_not_touch_each_other():
    """A group without rows leaves its neighbours as they are, and shapes stay."""
    found = interval.student(np.array([2, 0, 1]), np.array([4, 0, 3]), np.array([10, 0, 9]), 0.95)
    assert_array_equal([False, True, True], np.isnan(found.low))
    reach = stats.t.ppf(0.975, 1) * 1
    assert_allclose([2 - reach, 2 + reach], [found.low[0], found.high[0]])
    assert np.float64 == found.low.dtype
