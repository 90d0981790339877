"""Changes taken apart: worked examples, laws, and statsmodels."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from statsmodels.api import add_constant, datasets
from statsmodels.stats.oaxaca import OaxacaBlinder

from hearwell.stats.decomposition import explained_by, kitagawa, least_squares, nested


def test_every_group_improves_and_the_whole_falls():
    """0.81 to 0.767: the groups add 0.017 by what they do and take 0.060 by their sizes."""
    found = kitagawa(
        np.array([0.5, 0.3, 0.2]),
        np.array([0.9, 0.8, 0.6]),
        np.array([0.3, 0.3, 0.4]),
        np.array([0.92, 0.81, 0.62]),
    )
    assert_allclose([0.008, 0.003, 0.006], found.rate, atol=1e-15)
    assert_allclose([-0.0243, 0, -0.0357], found.mix, atol=1e-15)


weights = arrays(float, 5, elements=st.floats(0, 1)).filter(lambda each: each.sum() > 0.1)
rates = arrays(float, 5, elements=st.floats(-100, 100))


@given(weights, rates, weights, rates)
def test_all_parts_are_the_change(before, rate_before, now, rate_now):
    """Whatever the groups are, and also where one is there in one period only."""
    before, now = before / before.sum(), now / now.sum()
    found = kitagawa(before, rate_before, now, rate_now)
    change = (now * rate_now).sum() - (before * rate_before).sum()
    assert_allclose(change, (found.rate + found.mix).sum(), atol=1e-9)


def test_a_group_that_is_new_is_all_mix():
    """Its rate before is not known, and not taken to be 0."""
    found = kitagawa(
        np.array([1.0, 0]), np.array([0.8, np.nan]), np.array([0.5, 0.5]), np.array([0.8, 0.4])
    )
    assert_allclose([0, 0], found.rate)
    assert_allclose(-0.2, found.mix.sum())


def test_a_poor_group_that_shrinks_is_a_gain():
    """Not centred, less of a group would be a loss whatever the group is like."""
    rate = np.array([0.9, 0.5])
    found = kitagawa(np.array([0.5, 0.5]), rate, np.array([0.7, 0.3]), rate)
    assert (found.mix > 0).all()


SUMS = arrays(float, (2, 12), elements=st.sampled_from([0, 0, 1, 2, 5, 10]))


@given(SUMS, arrays(float, (2, 12), elements=st.floats(-5, 5)), st.randoms())
def test_levels_are_the_change(under, rate, random):
    """Three levels of groups that come and go: the mix of all and the last rate are the change."""
    if (under.sum(axis=1) == 0).any():
        return
    inner = np.array([*range(6), *(random.randrange(6) for _ in range(6))])
    outer = np.array([0, 1, 2, *(random.randrange(3) for _ in range(3))])
    over = under * rate
    found = nested(over, under, [outer[inner], inner, np.arange(12)])
    value = over.sum(axis=1) / under.sum(axis=1)
    parts = found[0].mix.sum() + found[1].mix.sum() + (found[2].mix + found[2].rate).sum()
    assert_allclose(value[1] - value[0], parts, atol=1e-9)
    for above, below, group in ((0, 1, outer), (1, 2, inner)):
        inside = np.bincount(group, weights=found[below].mix + found[below].rate)
        assert_allclose(found[above].rate, inside, atol=1e-9)


def test_one_level_is_kitagawa():
    """And carries draws along."""
    rng = np.random.default_rng(11)
    over, under = rng.random((7, 2, 4)), rng.integers(1, 9, (7, 2, 4)).astype(float)
    weight, rate = under / under.sum(axis=-1, keepdims=True), over / under
    (found,) = nested(over, under, [np.arange(4)])
    expected = kitagawa(weight[:, 0], rate[:, 0], weight[:, 1], rate[:, 1])
    assert_allclose(expected.mix, found.mix)
    assert_allclose(expected.rate, found.rate)


def test_one_dimension_is_kitagawa():
    """With the mean of both periods' coefficients, groups of one dimension give its mix."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        before, now = rng.dirichlet(np.ones(4)), rng.dirichlet(np.ones(4))
        rate_before, rate_now = rng.random(4), rng.random(4)
        parts = kitagawa(before, rate_before, now, rate_now)
        explained = explained_by(before, now, rate_before, rate_now)
        assert_allclose(parts.mix.sum(), explained.sum(), atol=1e-12)


def test_several_factors_agree_with_statsmodels():
    """What credit card holders spend who own a home and who do not (Greene's data)."""
    data = datasets.ccard.load_pandas().data
    y, x = data["AVGEXP"], data[["AGE", "INCOME", "INCOMESQ"]]
    owns = data["OWNRENT"] == 1
    both = pd.concat([x, data[["OWNRENT"]]], axis=1)
    oracle = OaxacaBlinder(y, both, "OWNRENT", hasconst=False)
    unexplained, explained, gap = oracle.two_fold(two_fold_type="reimers").params
    coefficients, means = [], []
    for part in (~owns, owns):
        columns = add_constant(x[part]).to_numpy()
        coefficients.append(least_squares(columns.T @ columns, columns.T @ y[part].to_numpy()))
        means.append(columns.mean(axis=0))
    found = explained_by(*means, *coefficients).sum()
    assert_allclose(158.75044, gap, atol=1e-5)
    assert_allclose(explained, found, rtol=1e-6)
    assert_allclose(unexplained, gap - found, rtol=1e-6)
    assert_allclose((27.94091, 130.80954), oracle.two_fold().params[:2], atol=1e-5)


@pytest.mark.parametrize("dropped", [0, 3, 6])
def test_the_choice_of_columns_does_not_matter(dropped):
    """A column too many, as of all groups of a dimension, changes nothing that is explained."""
    rng = np.random.default_rng(2)
    first, second = rng.integers(0, 3, 500), rng.integers(0, 4, 500)
    columns = np.hstack([np.ones((500, 1)), np.eye(3)[first], np.eye(4)[second]])
    y = first + 2.0 * second + rng.normal(size=500)
    now = np.arange(500) < 200
    found = []
    for kept in (np.arange(8), np.delete(np.arange(8), [1 + dropped % 3, 4 + dropped % 4])):
        x = columns[:, kept]
        fits = [least_squares(x[p].T @ x[p], x[p].T @ y[p]) for p in (~now, now)]
        each = explained_by(x[~now].mean(axis=0), x[now].mean(axis=0), *fits)
        of_second = kept >= 4
        found.append((each[~of_second].sum(), each[of_second].sum()))
    assert_allclose(*found, atol=1e-9)
