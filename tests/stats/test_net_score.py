"""Net scores agree with the worked examples of Rocks (2016) and with counting by hand."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from hearwell.stats.net_score import adjusted_net_score, net_score, net_score_interval

# (n, promoters, detractors), score, (centre, standard error), (low, high)
ANSWERS = [
    ((100, 50, 20), 30, (29.126213592233007, 7.691510421814), (14.051130178761, 44.201297005704)),
    ((20, 12, 3), 45, (39.130434782608695, 15.663197126582), (8.431132531755, 69.829737033461)),
    ((36, 15, 8), 175 / 9, (17.94871794871795, 12.361950312944), (-6.280259443326, 42.17769534076)),
    ((5, 5, 0), 100, (62.5, 22.963966338592297), (17.491453034168, 100)),
    ((10, 5, 5), 0, (0, 26.085884550481804), (-51.127394223814, 51.127394223814)),
    ((1000, 600, 150), 45, (44.8654037886341, 2.337354977471), (40.284272213703, 49.446535363564)),
]


@pytest.mark.parametrize(("counts", "score", "adjusted", "ends"), ANSWERS)
def test_worked_examples(counts, score, adjusted, ends):
    """The raw score is shown, the adjusted interval is around it, clipped at 100."""
    assert pytest.approx(score) == net_score(*counts)
    assert_allclose(adjusted, adjusted_net_score(*counts), atol=1e-12)
    interval = net_score_interval(*counts, 0.95)
    assert_allclose(ends, [interval.low, interval.high], atol=1e-10)


def test_unclipped_interval_is_centred():
    """Five promoters: the interval for a difference reaches beyond 100 as far as below."""
    interval = net_score_interval(5, 5, 0, 0.95, clipped=False)
    assert pytest.approx(62.5) == (interval.low + interval.high) / 2
    assert interval.high > 100


def test_all_groups_at_once():
    """An array of groups gives what each would, and a group without answers has no value."""
    n, promoters, detractors = np.array([100, 0, 5.0]), np.array([50, 0, 5.0]), np.array([20, 0, 0])
    assert_allclose([30, math.nan, 100], net_score(n, promoters, detractors))
    interval = net_score_interval(n, promoters, detractors, 0.95)
    assert_allclose([14.051130178761607, math.nan, 17.49145303416897], interval.low)
    assert_allclose([44.20129700570441, math.nan, 100], interval.high)
    assert_array_equal(True, np.isnan(adjusted_net_score(0, 0, 0)))
