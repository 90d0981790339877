"""Sums of evidence, dates of changes and baselines agree with published values and plain counts."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from hearwell.stats.baseline import baseline, dispersion
from hearwell.stats.change_point import OfLevel, OfShare, changes, dated
from hearwell.stats.cusum import (
    added_up,
    evidence_of_level,
    evidence_of_share,
    tabular,
    threshold,
)

NIST = [
    324.925, 324.675, 324.725, 324.35, 325.35, 325.225, 324.125, 324.525, 325.225, 324.6, 324.625,
    325.15, 328.325, 327.25, 327.825, 328.5, 326.675, 327.775, 326.875, 328.35,
]  # fmt: skip
HITS = np.array([
    82, 81, 83, 80, 82, 84, 81, 83, 82, 80, 74, 73, 75, 72, 76, 74, 73, 75, 74, 72,
], dtype=float)  # fmt: skip


def test_the_example_of_the_handbook():
    high, low = tabular(np.array(NIST), 325, 0.3175)
    assert_allclose(high[4], 0.0325)
    assert_allclose(high[12:], [3.0075, 4.94, 7.4475, 10.63, 11.9875, 14.445, 16.0025, 19.035])
    assert_allclose(
        low[:12],
        [0, 0.0075, 0, 0.3325, 0, 0, 0.5575, 0.715, 0.1725, 0.255, 0.3125, 0],
        atol=1e-9,
    )
    assert int(np.argmax(high > 4.1959)) + 1 == 14


def test_one_answer_and_a_hundred_a_day():
    told = evidence_of_share([1, 0], 1, 0.82, 0.77)
    assert_allclose(told, [-0.062914, 0.245122], atol=5e-7)
    found = added_up(evidence_of_share(HITS, 100, 0.82, 0.77))
    expected = [1.7176, 3.7432, 5.1527, 7.4863, 8.5878, 10.3054, 12.331, 13.7405, 15.458, 17.7917]
    assert_allclose(found[:10], 0)
    assert_allclose(found[10:], expected, atol=5e-5)


def test_evidence_of_a_level_is_the_ratio_of_two_densities():
    def density(x, mean):
        return math.exp(-((x - mean) ** 2) / (2 * 0.7**2))

    told = float(evidence_of_level(3.1, 0.7, 2.0, 2.5))
    assert_allclose(told, math.log(density(3.1, 2.5) / density(3.1, 2.0)))


def test_a_day_without_rows_changes_nothing():
    assert added_up(np.array([1.0, math.nan, 1.0, -5.0, 2.0])).tolist() == [1, 1, 2, 0, 2]
    assert evidence_of_share(0, 0, 0.8, 0.7) == 0


@pytest.mark.parametrize("rate", [0.5, 2.0])
def test_chance_alarms_are_as_rare_as_was_asked_for(rate):
    def quiet(runs, seed=1):
        hits = np.random.default_rng(seed).binomial(40, 0.82, (runs, 365))
        return (
            added_up(evidence_of_share(hits, 40, 0.82, 0.87)),
            added_up(evidence_of_share(hits, 40, 0.82, 0.77)),
        )

    limit = threshold(quiet, 365, rate)
    rise, fall = quiet(2000, seed=2)
    alarmed = (np.maximum(rise, fall).max(axis=1) > limit).mean()
    assert_allclose(alarmed, 1 - math.exp(-rate), atol=0.04)


# --- dates -----------------------------------------------------------------------------------


def test_the_day_and_the_days_that_may_be():
    misfit = OfShare(HITS, np.full(20, 100.0))
    assert changes(misfit, penalty=2 * math.log(20), shortest=2) == [10]
    better = misfit(0, 20) - misfit(0, 10) - misfit(10, 20)
    assert_allclose(better, 18.608363513420954)
    (found,) = dated(misfit, [10])
    assert found.day == 10
    told = dict(zip(found.days, found.likely, strict=True))
    assert list(told)[:4] == [10, 9, 11, 8]
    assert_allclose(list(told.values())[:4], [0.5567, 0.2394, 0.1045, 0.0523], atol=5e-5)
    assert 0.95 <= sum(told.values()) < 1
    assert sum(list(told.values())[:-1]) < 0.95


def cut_every_way(misfit, price, shortest):
    """Try all ways to cut the days."""
    best = (math.inf, [])
    for count in range(4):
        for found in itertools.combinations(range(1, misfit.days), count):
            edges = [0, *found, misfit.days]
            if min(np.diff(edges)) < shortest:
                continue
            cost = sum(float(misfit(a, b)) for a, b in itertools.pairwise(edges)) + price * count
            best = min(best, (cost, list(found)))
    return best


@settings(max_examples=40)
@given(
    days=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=4, max_size=11),
    price=st.floats(0.5, 6),
    of_share=st.booleans(),
)
def test_the_cut_is_the_best_of_all(days, price, of_share):
    n = np.array([float(max(pair)) for pair in days])
    hits = np.array([float(min(pair)) for pair in days])
    misfit = OfShare(hits, n) if of_share else OfLevel(hits, 1 + n)
    found = changes(misfit, penalty=price, shortest=3)
    edges = [0, *found, misfit.days]
    cost = sum(float(misfit(a, b)) for a, b in itertools.pairwise(edges)) + price * len(found)
    assert_allclose(cost, cut_every_way(misfit, price, 3)[0], atol=1e-9)


def test_a_level_is_as_likely_as_its_best_mean_makes_it():
    values, error = np.array([1.0, 2.0, math.nan, 4.0]), np.array([1.0, 2.0, 1.0, 0.5])
    weights = np.array([1, 0.25, 0, 4])
    mean = np.average([1, 2, 0, 4], weights=weights)
    squares = sum(w * (x - mean) ** 2 for w, x in zip(weights, [1, 2, 0, 4], strict=True))
    assert_allclose(OfLevel(values, error)(0, 4), squares)


@pytest.mark.parametrize("change", [0.0, 0.08])
def test_how_often_a_change_is_found_and_its_day_is_among_those_that_may_be(change):
    found, held = 0, 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        share = np.where(np.arange(180) < 108, 0.82, 0.82 - change)
        misfit = OfShare(rng.binomial(40, share).astype(float), np.full(180, 40.0))
        told = changes(misfit)
        found += bool(told)
        held += any(108 in each.days for each in dated(misfit, told))
    if change:
        assert found == 100
        assert held >= 90
    else:
        assert found <= 3


# --- baselines -------------------------------------------------------------------------------


def test_weekdays_and_holidays_are_those_that_were_planted():
    days = np.arange(140)
    weekday, is_holiday = days % 7, days % 35 == 3
    values = 0.8 - 0.05 * (weekday == 0) + 0.02 * (weekday == 5)
    values = np.where(is_holiday, 0.6, values)
    model = baseline(weekday, is_holiday, np.full(140, 50.0), days < 105)
    assert_allclose(model.usual(values), values, atol=2e-3)
    level = (0.8 * 7 - 0.05 + 0.02) / 7
    assert_allclose(values[1] - model.effects(values)[1], level, atol=2e-3)
    assert model.told.all()


def test_a_change_after_the_baseline_does_not_move_it():
    days = np.arange(60)
    values = np.where(days < 40, 1.0, 9.0)
    model = baseline(days % 7, np.zeros(60, bool), np.ones(60), days < 40)
    assert_allclose(model.usual(values), 1.0, atol=1e-9)


def test_nothing_is_said_of_holidays_when_none_was_seen():
    days = np.arange(60)
    model = baseline(days % 7, days == 50, np.ones(60), days < 40)
    assert model.told.tolist() == (days != 50).tolist()


def test_more_scatter_than_chance_is_noticed():
    rng = np.random.default_rng(5)
    scatter = rng.normal(0, 2, 4000)
    assert_allclose(dispersion(scatter, np.ones(4000), 1), 4, rtol=0.1)
    assert dispersion(scatter / 4, np.ones(4000), 1) == 1
    assert dispersion(scatter[:1], np.ones(1), 1) == 1
