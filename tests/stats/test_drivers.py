"""Importance of factors: published figures, an enumeration with statsmodels, and laws."""

from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from statsmodels.api import OLS, add_constant

from hearwell.stats.drivers import explained_variance, johnson, lmg, penalty_reward

AMONG = np.array([[1, 0.5, 0.3, 0.4], [0.5, 1, 0.2, 0.1], [0.3, 0.2, 1, 0.35], [0.4, 0.1, 0.35, 1]])
OUTCOME = np.array([0.6, 0.4, 0.35, 0.45])
EACH = [[0], [1], [2], [3]]


def test_worked_example():
    """Four factors of a made-up outcome, by both ways."""
    assert_allclose(0.44544580629656333, explained_variance(AMONG, OUTCOME))
    assert_allclose(
        [0.2091828219744879, 0.07718602450928928, 0.0515029597534927, 0.10757400005929345],
        lmg(AMONG, OUTCOME, EACH),
    )
    assert_allclose(
        [0.20293150464431867, 0.08009054888063794, 0.05234015140286149, 0.11008360136874534],
        johnson(AMONG, OUTCOME, EACH),
    )


SWISS = """
80.2 17 15 12 9.96 22.2|83.1 45.1 6 9 84.84 22.2|92.5 39.7 5 5 93.4 20.2|85.8 36.5 12 7 33.77 20.3
76.9 43.5 17 15 5.16 20.6|76.1 35.3 9 7 90.57 26.6|83.8 70.2 16 7 92.85 23.6
92.4 67.8 14 8 97.16 24.9|82.4 53.3 12 7 97.67 21|82.9 45.2 16 13 91.38 24.4
87.1 64.5 14 6 98.61 24.5|64.1 62 21 12 8.52 16.5|66.9 67.5 14 7 2.27 19.1
68.9 60.7 19 12 4.43 22.7|61.7 69.3 22 5 2.82 18.7|68.3 72.6 18 2 24.2 21.2
71.7 34 17 8 3.3 20|55.7 19.4 26 28 12.11 20.2|54.3 15.2 31 20 2.15 10.8
65.1 73 19 9 2.84 20|65.5 59.8 22 10 5.23 18|65 55.1 14 3 4.52 22.4|56.6 50.9 22 12 15.14 16.7
57.4 54.1 20 6 4.2 15.3|72.5 71.2 12 1 2.4 21|74.2 58.1 14 8 5.23 23.8|72 63.5 6 3 2.56 18
60.5 60.8 16 10 7.72 16.3|58.3 26.8 25 19 18.46 20.9|65.4 49.5 15 8 6.1 22.5
75.5 85.9 3 2 99.71 15.1|69.3 84.9 7 6 99.68 19.8|77.3 89.7 5 2 100 18.3
70.5 78.2 12 6 98.96 19.4|79.4 64.9 7 3 98.22 20.2|65 75.9 9 9 99.06 17.8
92.2 84.6 3 3 99.46 16.3|79.3 63.1 13 13 96.83 18.1|70.4 38.4 26 12 5.62 20.3
65.7 7.7 29 11 13.79 20.5|72.7 16.7 22 13 11.22 18.9|64.4 17.6 35 32 16.92 23
77.6 37.6 15 7 4.97 20|67.6 18.7 25 7 8.65 19.5|35 1.2 37 53 42.34 18|44.7 46.6 16 29 50.43 18.2
42.8 27.7 22 29 58.33 19.3
"""
"""Fertility in 47 provinces of Switzerland about 1888, with five measures (Mosteller and Tukey)."""


def test_provinces_of_switzerland():
    """The figures that Grömping (2006) prints."""
    rows = SWISS.replace("\n", "|").strip("|").split("|")
    table = np.array([[float(x) for x in row.split()] for row in rows])
    assert table.shape == (47, 6)
    correlation = np.corrcoef(table.T)
    found = lmg(correlation[1:, 1:], correlation[1:, 0], [[i] for i in range(5)])
    assert_allclose([0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592], found, atol=1e-8)


def test_agrees_with_every_order_of_regressions():
    """Four factors, one of three columns: what each adds in all 24 orders, by statsmodels."""
    rng = np.random.default_rng(3)
    channel = np.eye(4)[rng.integers(0, 4, 300)][:, 1:]
    others = rng.normal(size=(300, 3)) @ rng.normal(size=(3, 3))
    columns = np.hstack([others, channel])
    y = columns @ [1, 0.5, -1, 0.3, 2, -1] + rng.normal(size=300)
    groups = [[0], [1], [2], [3, 4, 5]]
    expected = np.zeros(4)
    for order in permutations(range(4)):
        there, before = [], 0.0
        for i in order:
            there += groups[i]
            now = OLS(y, add_constant(columns[:, there])).fit().rsquared
            expected[i] += (now - before) / 24
            before = now
    correlation = np.corrcoef(np.column_stack([columns, y]).T)
    found = lmg(correlation[:-1, :-1], correlation[:-1, -1], groups)
    assert_allclose(expected, found, atol=1e-12)


@pytest.mark.parametrize("way", [lmg, johnson])
def test_shares_sum_to_what_is_explained(way):
    """For many draws at once as for each alone."""
    rng = np.random.default_rng(4)
    draws = np.stack([np.corrcoef(rng.normal(size=(6, 50))) for _ in range(5)])
    groups = [[0], [1, 2], [3], [4]]
    found = way(draws[:, :5, :5], draws[:, :5, 5], groups)
    assert_allclose(explained_variance(draws[:, :5, :5], draws[:, :5, 5]), found.sum(axis=1))
    assert_allclose(found[2], way(draws[2, :5, :5], draws[2, :5, 5], groups))


def test_cars():
    """Consumption of 32 cars by four measures, as the README of the R package rwa prints it."""
    mpg, cyl, disp, hp, gear = np.array(CARS).T
    correlation = np.corrcoef([cyl, disp, hp, gear, mpg])
    found = johnson(correlation[:4, :4], correlation[:4, 4], EACH)
    assert_allclose([0.2284797, 0.2221469, 0.2321744, 0.0963886], found, atol=5e-8)


CARS = [
    *[(21, 6, 160, 110, 4), (21, 6, 160, 110, 4), (22.8, 4, 108, 93, 4), (21.4, 6, 258, 110, 3)],
    *[(18.7, 8, 360, 175, 3), (18.1, 6, 225, 105, 3), (14.3, 8, 360, 245, 3)],
    *[(24.4, 4, 146.7, 62, 4), (22.8, 4, 140.8, 95, 4), (19.2, 6, 167.6, 123, 4)],
    *[(17.8, 6, 167.6, 123, 4), (16.4, 8, 275.8, 180, 3), (17.3, 8, 275.8, 180, 3)],
    *[(15.2, 8, 275.8, 180, 3), (10.4, 8, 472, 205, 3), (10.4, 8, 460, 215, 3)],
    *[(14.7, 8, 440, 230, 3), (32.4, 4, 78.7, 66, 4), (30.4, 4, 75.7, 52, 4)],
    *[(33.9, 4, 71.1, 65, 4), (21.5, 4, 120.1, 97, 3), (15.5, 8, 318, 150, 3)],
    *[(15.2, 8, 304, 150, 3), (13.3, 8, 350, 245, 3), (19.2, 8, 400, 175, 3)],
    *[(27.3, 4, 79, 66, 4), (26, 4, 120.3, 91, 5), (30.4, 4, 95.1, 113, 5)],
    *[(15.8, 8, 351, 264, 5), (19.7, 6, 145, 175, 5), (15, 8, 301, 335, 5), (21.4, 4, 121, 109, 4)],
]
"""Miles a gallon, cylinders, displacement, horsepower and gears (Motor Trend 1974)."""


def test_penalty_and_reward():
    """Twelve answers: what is low takes 1.75 away, what is high gives 0.75."""
    attribute = np.array([1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5])
    y = np.array([2, 1, 3, 2, 4, 4, 4, 3, 4, 5, 4, 5])
    low, high = attribute <= 2, attribute >= 4
    means = [y[part].mean() for part in (low, ~low & ~high, high)]
    assert_allclose([-1.75, 0.75, -0.4], penalty_reward(*means))
    oracle = OLS(y, add_constant(np.column_stack([low, high]).astype(float))).fit().params
    assert_allclose(oracle[1:], penalty_reward(*means)[:2])
