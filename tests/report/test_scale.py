"""Axes: round values, few of them, and none that the unit does not have."""

from hypothesis import given
from hypothesis import strategies as st

from hearwell.metrics.metric import Unit
from hearwell.report.number import marks
from hearwell.report.scale import scale

numbers = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-3)


def told(values, unit):
    return [each.replace("\u00a0", " ") for each in marks(scale(values, unit).lines, unit)]


def test_axes_are_round():
    assert told([0.31, 0.58], Unit.SHARE) == ["30 %", "40 %", "50 %", "60 %"]
    assert told([0.0, 1.0], Unit.SHARE)[-1] == "100 %"
    assert told([95.0, 400.0], Unit.SECONDS) == ["0", "2 min", "4 min", "6 min", "8 min"]
    assert told([215.0, 245.0], Unit.SECONDS) == ["210 s", "220 s", "230 s", "240 s", "250 s"]
    assert told([3600.0, 4 * 86400.0], Unit.SECONDS) == ["0", "1 d", "2 d", "3 d", "4 d"]
    assert told([-31.0, 44.0], Unit.POINTS) == ["−40", "−20", "0", "20", "40", "60"]
    assert told([1, 3], Unit.COUNT) == ["0", "1", "2", "3"]
    assert told([1200, 1900], Unit.COUNT) == ["1,200", "1,400", "1,600", "1,800", "2,000"]


def test_nothing_and_one_value_have_a_scale_too():
    assert scale([], Unit.SHARE).lines[0] == 0
    assert scale([0.0], Unit.COUNT).low == 0
    one = scale([0.5, None], Unit.SHARE)
    assert one.low < 0.5 < one.high


@given(st.lists(numbers, min_size=1), st.sampled_from([Unit.SCALE, Unit.POINTS, Unit.SECONDS]))
def test_all_values_lie_on_the_scale(values, unit):
    made = scale(values, unit)
    slack = 1e-6 * (made.high - made.low)
    assert made.low - slack <= min(values)
    assert max(values) <= made.high + slack
    assert 2 <= len(made.lines) <= 8
    assert all(0 <= made.part(value) <= 1 for value in values)


@given(st.lists(st.floats(0, 1), min_size=1))
def test_shares_stay_between_none_and_all(values):
    made = scale(values, Unit.SHARE)
    assert 0 <= made.low < made.high <= 1
    assert made.low <= min(values) + 1e-9
    assert max(values) <= made.high + 1e-9
