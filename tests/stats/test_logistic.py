"""Regressions of a yes or no agree with statsmodels, with published figures and by hand."""

import numpy as np
from numpy.testing import assert_allclose
from statsmodels.api import GLM, families

from hearwell.stats.design import Coded, Dense
from hearwell.stats.logistic import Kinds, Point, expected, firth, ridge


def drawn(size, seed=5):
    rng = np.random.default_rng(seed)
    columns = np.column_stack([np.ones(size), rng.integers(0, 3, size), rng.integers(0, 2, size)])
    return columns, (rng.random(size) < expected(columns @ [-1, 0.6, -0.4])).astype(float)


def grouped(columns, y):
    """Return each kind of row once, with how many there are and how often the answer is yes."""
    kinds, place = np.unique(columns, axis=0, return_inverse=True)
    return kinds, np.bincount(place), np.bincount(place, weights=y)


def of_kinds(columns, y):
    kinds, *counts = grouped(columns, y)
    return Dense(kinds), *counts


def test_agrees_with_statsmodels():
    """Coefficients and errors, with no penalty, from kinds of rows."""
    columns, y = drawn(400)
    found = ridge(*of_kinds(columns, y), np.zeros(3))
    oracle = GLM(y, columns, family=families.Binomial()).fit()
    assert_allclose(oracle.params, found.coefficients, rtol=1e-6)
    assert_allclose(oracle.bse, found.errors, rtol=1e-6)
    assert_allclose(oracle.pvalues, found.p, rtol=1e-5)


def test_a_penalty_draws_towards_zero():
    """At the solution the slope of the loss is that of the penalty."""
    columns, y = drawn(200)
    penalty = np.array([0, 3.0, 3.0])
    found = ridge(*of_kinds(columns, y), penalty).coefficients
    assert_allclose(columns.T @ (y - expected(columns @ found)), penalty * found, atol=1e-6)


def test_codes_stand_for_their_columns():
    """What is asked of coded columns is the same as of all columns written out."""
    rng = np.random.default_rng(7)
    codes = [rng.integers(0, size, 300) for size in (2, 6, 3)]
    cells = [rng.normal(size=(size, width)) for size, width in ((2, 1), (6, 4), (3, 2))]
    coded = Coded(codes, cells)
    dense = Dense(np.hstack([each[code] for code, each in zip(codes, cells, strict=True)]))
    weight, coefficients = rng.random(300), rng.normal(size=7)
    assert coded.width == dense.width == 7
    assert_allclose(coded.times(coefficients), dense.times(coefficients))
    assert_allclose(coded.summed(weight), dense.summed(weight))
    assert_allclose(coded.products(weight), dense.products(weight), atol=1e-12)


def test_a_column_that_tells_all_stays_finite():
    """Of 10 nobody, of 10 all: Firth's log odds are those with half a row added to each cell."""
    columns = np.array([[1.0, 0], [1, 1]])
    found = firth(columns, np.array([10.0, 10]), np.array([0.0, 10]))
    assert_allclose([np.log(0.5 / 10.5), 2 * np.log(10.5 / 0.5)], found.coefficients, rtol=1e-6)


def test_nothing_near_is_likelier():
    """The penalised likelihood is highest at what was found."""
    columns, y = drawn(30)
    kinds = grouped(columns, y)
    found = firth(*kinds).coefficients
    told = Kinds(Dense(kinds[0]), *kinds[1:], np.zeros(3), bias=kinds[0])
    for step in np.random.default_rng(6).normal(0, 0.05, (200, 3)):
        assert Point(told, found + step).likelihood < Point(told, found).likelihood
