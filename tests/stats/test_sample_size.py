"""Answers needed, against tables in use and statsmodels."""

import pytest

from hearwell.stats.sample_size import LARGEST_SPREAD, answers_needed


@pytest.mark.parametrize(
    ("kind", "reach", "needed"),
    [("share", 5, 385), ("share", 3, 1068), ("share", 10, 97), ("net score", 10, 385)],
)
def test_known_figures(kind, reach, needed):
    assert answers_needed(LARGEST_SPREAD[kind], reach, 0.95) == needed


@pytest.mark.parametrize("reach", [2.0, 4.5, 11.0])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_against_statsmodels(reach, level):
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    theirs = proportion.samplesize_confint_proportion(0.5, reach / 100, alpha=1 - level)
    assert answers_needed(50.0, reach, level) - 1 < theirs <= answers_needed(50.0, reach, level)
