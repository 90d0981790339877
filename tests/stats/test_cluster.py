"""Persons added up by random groups: as good as each by himself, whatever persons are like."""

import numpy as np
import pytest

from hearwell.stats.cluster import between_groups, design_effect, wider
from hearwell.stats.interval import wilson

GROUPS, LEVEL = 128, 0.95


def sizes_alike(_dice, shape):
    return np.full(shape, 4)


def sizes_skewed(dice, shape):
    """Most have a row or two, one in a hundred more than thirty."""
    return np.ceil(dice.lognormal(0.5, 1.2, shape)).astype(int)


def one_heavy(_dice, shape):
    """One has a hundredth of all rows."""
    sizes = np.ones(shape, int)
    sizes[:, 0] = shape[1] // 100
    return sizes


def single(_dice, shape):
    return np.ones(shape, int)


def many_rows(dice, shape):
    return dice.poisson(20, shape) + 1


DRAWN = {  # sizes of persons, how many there are, share of hits, how much those of one are alike
    "rows of their own": (single, 2000, 0.8, 0.0),
    "four rows each": (sizes_alike, 1000, 0.8, 0.5),
    "four rows each, few persons": (sizes_alike, 40, 0.7, 0.5),
    "twenty rows each, few persons": (many_rows, 60, 0.7, 0.3),
    "as many persons as groups": (sizes_alike, 128, 0.7, 0.5),
    "skewed": (sizes_skewed, 2000, 0.8, 0.3),
    "skewed, few persons": (sizes_skewed, 200, 0.8, 0.3),
    "one heavy person": (one_heavy, 4000, 0.7, 1.0),
    "rare events": (sizes_alike, 2000, 0.005, 0.3),
    "rare events, alike": (sizes_alike, 2000, 0.01, 0.9),
}


def drawn(dice, samples, sizes, persons, share, alike):
    """Return rows and hits of each person of each sample."""
    rows = sizes(dice, (samples, persons))
    if alike == 0:
        chance = np.full(rows.shape, share)
    elif alike == 1:
        chance = (dice.random(rows.shape) < share).astype(float)
    else:
        both = (1 - alike) / alike
        chance = dice.beta(share * both, (1 - share) * both, rows.shape)
    return rows.astype(float), dice.binomial(rows, chance).astype(float)


def exact_effect(rows, hits):
    n, k = rows.sum(1), hits.sum(1)
    products = ((hits**2).sum(1), (hits * rows).sum(1), (rows**2).sum(1))
    return design_effect(k, n, (k, k, n), products, n, np.full(n.shape, float(rows.shape[1])))


def effect_of_groups(dice, rows, hits):
    """Return the same from sums of random groups."""
    n, k = rows.sum(1), hits.sum(1)
    samples = len(rows)
    group = dice.integers(GROUPS, size=rows.shape) + GROUPS * np.arange(samples)[:, None]

    def added(amounts):
        found = np.bincount(group.ravel(), amounts.ravel(), GROUPS * samples)
        return found.reshape(samples, GROUPS)

    x, y = added(hits), added(rows)
    oo = between_groups((x * x).sum(1), k, k, GROUPS)
    ou = between_groups((x * y).sum(1), k, n, GROUPS)
    uu = between_groups((y * y).sum(1), n, n, GROUPS)
    return design_effect(k, n, (k, k, n), (oo, ou, uu), n, n**2 / np.maximum(uu, n))


def covered(rows, hits, effect, share):
    interval = wilson(hits.sum(1) / effect, rows.sum(1) / effect, LEVEL)
    return float(np.mean((interval.low <= share) & (share <= interval.high)))


def measured(name, samples, seed=5):
    """Return coverage with each person and with groups, and what their errors are to each other."""
    sizes, persons, share, alike = DRAWN[name]
    dice = np.random.default_rng(seed)
    exact, grouped, ratios = [], [], []
    for _ in range(samples // 500):
        rows, hits = drawn(dice, 500, sizes, persons, share, alike)
        one, other = exact_effect(rows, hits), effect_of_groups(dice, rows, hits)
        exact.append(covered(rows, hits, one, share))
        grouped.append(covered(rows, hits, other * wider(GROUPS, LEVEL), share))
        ratios.append(np.sqrt(other / one))
    return np.mean(exact), np.mean(grouped), np.concatenate(ratios)


def test_groups_tell_what_persons_tell_on_average():
    """Over all ways to put the same persons into groups there is no bias, however they differ."""
    dice = np.random.default_rng(3)
    left, right = dice.lognormal(0, 2, 50), dice.normal(5, 3, 50)
    group = dice.integers(8, size=(40_000, 50)) + 8 * np.arange(40_000)[:, None]

    def added(amounts):
        weights = np.broadcast_to(amounts, group.shape).ravel()
        return np.bincount(group.ravel(), weights, 8 * len(group)).reshape(-1, 8)

    products = (added(left) * added(right)).sum(1)
    told = between_groups(products, left.sum(), right.sum(), 8)
    error = told.std() / len(told) ** 0.5
    assert told.mean() == pytest.approx((left * right).sum(), abs=4 * error)
    assert error < 0.01 * told.mean()


def test_each_person_in_a_group_alone_is_told_exactly():
    """Of very many groups no two persons share one: nothing is left to chance."""
    amounts = np.array([3.0, -1.0, 4.0, -6.0])  # of a total of 0, as distances from a value are
    told = between_groups((amounts**2).sum(), amounts.sum(), amounts.sum(), 10**9)
    assert told == pytest.approx(62)


@pytest.mark.parametrize("name", ["rows of their own", "skewed, few persons", "one heavy person"])
def test_intervals_of_groups_cover_as_much(name):
    exact, grouped, ratios = measured(name, 2000)
    assert grouped > exact - 0.008  # two standard errors of a difference of the same samples
    assert 0.97 < ratios.mean() < 1.04
    assert ratios.std() < 0.075


@pytest.mark.long
@pytest.mark.parametrize("name", DRAWN)
def test_intervals_of_groups_cover_as_much_of_whatever_persons(name):
    """The figures of docs/algorithms/comparing.md."""
    exact, grouped, ratios = measured(name, 20_000)
    print(f"| {name} | {exact:.1%} | {grouped:.1%} | {ratios.std():.1%} |")  # noqa: T201  with -s
    assert grouped > exact - 0.003
    assert 0.99 < ratios.mean() < 1.03
    assert ratios.std() < 0.07
