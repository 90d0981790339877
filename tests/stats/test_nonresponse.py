"""What all would have answered: worked examples, ppi_py's figures, and answers of everyone."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from hearwell.stats.nonresponse import (
    Kinds,
    best_power,
    double_sampling,
    doubly_robust,
    hajek,
    mean_of,
    post_stratified,
    prediction_powered,
    raked,
    tipping_point,
    worst_and_best,
)


def test_strata():
    """83 of 100 are satisfied, and of all people 71 %."""
    found = post_stratified(np.array([0.5, 0.3, 0.2]), np.array([80, 15, 5]), np.array([72, 9, 2]))
    assert_allclose([0.71, 0.060342770900912404], [found.value, found.error])


def test_margins():
    """Rows 40 and 60, columns 55 and 45."""
    found = raked(np.array([[30, 20], [10, 40]]), np.array([40, 60]), np.array([55, 45]))
    assert_allclose([[31.688181, 8.311819], [23.311819, 36.688181]], found, atol=5e-7)


def each_alone(answers, expected):
    """Return a kind for each person; None gave no answer."""
    n = np.array([answer is not None for answer in answers], dtype=float)
    total = np.array([answer or 0 for answer in answers], dtype=float)
    return Kinds(np.ones(len(n)), n, total, total**2, np.array(expected, dtype=float))


def test_weights_and_both_models():
    """Five people of whom three answered."""
    chance = np.array([0.5, 0.4, 0.8, 0.5, 0.25])
    assert_allclose(0.5652173913043478, hajek(np.array([1, 0, 1]), chance[:3]))
    found = doubly_robust(each_alone([1, 0, 1, None, None], [0.8, 0.3, 0.7, 0.6, 0.2]), chance)
    assert_allclose([0.525, 0.30166206257997713], [found.value, found.error])


ANSWERS = [1, 0, 1, 1, 0, 1, 0, 1]
EXPECTED = [0.9, 0.2, 0.6, 0.8, 0.3, 0.7, 0.4, 0.5]
OF_OTHERS = [0.8, 0.7, 0.9, 0.3, 0.2, 0.6, 0.5, 0.4, 0.9, 0.7, 0.1, 0.8, 0.6, 0.3, 0.7, 0.5]


@pytest.mark.parametrize(
    ("power", "value", "low", "high"),
    [
        (0, 0.625, 0.289526, 0.960474),
        (0.5, 0.63125, 0.353275, 0.909225),
        (1, 0.6375, 0.389537, 0.885463),
    ],
)
def test_agrees_with_ppi(power, value, low, high):
    """The figures of ppi_py 0.2.3."""
    asked, others = each_alone(ANSWERS, EXPECTED), each_alone([None] * 16, OF_OTHERS)
    kinds = Kinds(
        np.concatenate([np.zeros(8), others.people]),
        *(
            np.concatenate([getattr(asked, name), getattr(others, name)])
            for name in ("n", "total", "squares", "expected")
        ),
    )
    found = prediction_powered(kinds, power)
    interval = found.interval(0.95)
    assert_allclose([value, low, high], [found.value, interval.low, interval.high], atol=5e-7)


def test_power_is_where_the_error_is_least():
    """By a search through all powers, where what was expected tells much of the answers."""
    rng = np.random.default_rng(7)
    expected = rng.random(3000)
    answers = (rng.random(3000) < expected).astype(float)
    n = (np.arange(3000) < 300).astype(float)
    kinds = Kinds(1 - n, n, n * answers, n * answers, expected)
    errors = [prediction_powered(kinds, power).error for power in np.linspace(0, 1, 101)]
    assert abs(np.argmin(errors) / 100 - best_power(kinds, 2700)) < 0.05


def test_asking_again():
    """Of 1,000 people 200 answered and 70 % were satisfied; of 50 others asked again, half."""
    found = double_sampling(1000, mean_of(200, 140, 140), 200, mean_of(50, 25, 25))
    assert_allclose([0.54, 0.05751101788114484], [found.value, found.error])


def test_what_the_silent_could_change():
    """Of a fifth that answered 80 % are satisfied: all are between 16 % and 96 %."""
    assert_allclose([0.16, 0.96], worst_and_best(0.2, 0.8))
    assert_allclose(0.675, tipping_point(0.2, 0.8, 0.7))
    assert_allclose(0.7, 0.2 * 0.8 + 0.8 * tipping_point(0.2, 0.8, 0.7))


def test_people_are_put_together_without_a_difference():
    """Kinds of many people give what the people give one by one."""
    rng = np.random.default_rng(8)
    kind = rng.integers(0, 4, 500)
    said, expected = rng.random(500) < 0.3, np.array([0.2, 0.4, 0.6, 0.9])
    answers = rng.random(500) < expected[kind]
    chance = np.array([0.2, 0.3, 0.4, 0.5])
    alone = Kinds(np.ones(500), said * 1.0, said * answers, said * answers, expected[kind])

    def summed(each):
        return np.bincount(kind, weights=each)

    together = Kinds(
        *(summed(each) for each in (alone.people, alone.n, alone.total, alone.squares)), expected
    )
    for found, other in (
        (doubly_robust(alone, chance[kind]), doubly_robust(together, chance)),
        (prediction_powered(alone, 0.7), prediction_powered(together, 0.7)),
    ):
        assert_allclose([found.value, found.error], [other.value, other.error])
