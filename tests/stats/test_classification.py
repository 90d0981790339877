"""How well a score tells two kinds apart, against counts by hand, scikit-learn and resampling."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.metrics import roc_auc_score

from hearwell.stats.classification import area_under_curve, calibration_error


def of_all_pairs(score, is_yes):
    yes, no = score[is_yes], score[~is_yes]
    return np.mean([(a > b) + (a == b) / 2 for a in yes for b in no])


def test_of_all_pairs():
    """Of 3 times 4 pairs 9 are in order and one is equal."""
    score = np.array([0.9, 0.4, 0.6, 0.1, 0.3, 0.6, 0.2])
    is_yes = np.array([True, True, True, False, False, False, False])
    found = area_under_curve(score, is_yes, np.arange(7))
    assert found.value == pytest.approx((4 + 3 + 3.5) / 12)
    assert found.value == pytest.approx(of_all_pairs(score, is_yes))


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_scikit_learn(seed):
    """Also with many equal scores."""
    rng = np.random.default_rng(seed)
    is_yes = rng.random(200) < 0.3
    score = np.round(rng.normal(is_yes, 1.0), seed % 3)
    found = area_under_curve(score, is_yes, np.arange(200))
    assert found.value == pytest.approx(roc_auc_score(is_yes, score))


def test_error_of_delong():
    """The variances of the parts of each yes and each no, over their numbers."""
    rng = np.random.default_rng(5)
    is_yes = rng.random(80) < 0.4
    score = rng.normal(is_yes, 1.0)
    yes, no = score[is_yes], score[~is_yes]
    above = [np.mean([(a > b) + (a == b) / 2 for b in no]) for a in yes]
    below = [np.mean([(a > b) + (a == b) / 2 for a in yes]) for b in no]
    variance = np.var(above, ddof=1) / len(yes) + np.var(below, ddof=1) / len(no)
    found = area_under_curve(score, is_yes, np.arange(80))
    assert found.error == pytest.approx(np.sqrt(variance), rel=1e-9)


def test_texts_of_a_person_tell_less():
    """Each row twice by the same person changes nothing; by two persons the error seems less."""
    rng = np.random.default_rng(6)
    is_yes = rng.random(120) < 0.5
    score = rng.normal(is_yes, 1.0)
    alone = area_under_curve(score, is_yes, np.arange(120))
    twice = np.tile(score, 2), np.tile(is_yes, 2)
    together = area_under_curve(*twice, np.tile(np.arange(120), 2))
    apart = area_under_curve(*twice, np.arange(240))
    assert_allclose([together.value, together.error], [alone.value, alone.error], rtol=1e-9)
    assert apart.error == pytest.approx(alone.error / np.sqrt(2), rel=0.02)


def test_error_is_that_of_resampling():
    """Persons with one to four rows each, of both kinds."""
    rng = np.random.default_rng(7)
    person = np.repeat(np.arange(100), rng.integers(1, 5, 100))
    mood = rng.normal(0, 1, 100)[person]
    is_yes = rng.random(len(person)) < 1 / (1 + np.exp(-2 * mood))
    score = mood + rng.normal(0, 1, len(person))
    found = area_under_curve(score, is_yes, person)
    drawn = []
    rows = [np.flatnonzero(person == each) for each in range(100)]
    for _ in range(300):
        some = np.concatenate([rows[each] for each in rng.integers(0, 100, 100)])
        drawn.append(area_under_curve(score[some], is_yes[some], some).value)
    assert found.error == pytest.approx(np.std(drawn), rel=0.2)


def test_calibration():
    """Of two said to be 0.1 none was; of two said to be 0.8 one was: off by 0.1 and by 0.3."""
    chance = np.array([0.1, 0.1, 0.8, 0.8])
    is_yes = np.array([False, False, True, False])
    assert calibration_error(chance, is_yes) == pytest.approx((0.1 + 0.3) / 2)
    assert calibration_error(np.array([1.0, 0.0]), np.array([True, False])) == 0
