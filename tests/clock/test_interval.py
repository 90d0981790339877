import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hearwell.clock.interval import clipped, common, elapsed, intervals, merged, reached

STRETCHES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)


def covered(pairs):
    """Count on the fingers: the set of the units that lie in some stretch."""
    return {unit for begin, end in pairs for unit in range(begin, end)}


@given(pairs=STRETCHES)
def test_merging_keeps_the_units_and_leaves_no_neighbours(pairs):
    """Merged stretches cover the same units, are sorted, and neither touch nor overlap."""
    result = merged(intervals(pairs))
    assert covered(result) == covered(pairs)
    assert (result[:, 0] < result[:, 1]).all()
    assert (result[:-1, 1] < result[1:, 0]).all()


@given(pairs=STRETCHES, others=STRETCHES)
def test_common_is_what_lies_in_both(pairs, others):
    """The common part of two lists covers the units that both cover."""
    result = common(merged(intervals(pairs)), merged(intervals(others)))
    assert covered(result) == covered(pairs) & covered(others)


@given(pairs=STRETCHES, begin=st.integers(0, 30), length=st.integers(0, 30))
def test_clipping_keeps_what_is_inside(pairs, begin, length):
    """Clipped stretches cover the units between the two ends."""
    result = clipped(merged(intervals(pairs)), begin, begin + length)
    assert covered(result) == covered(pairs) & set(range(begin, begin + length))


@given(pairs=STRETCHES, until=st.lists(st.integers(-5, 40)))
def test_elapsed_counts_the_units_before(pairs, until):
    """The elapsed time is the number of covered units before the instant."""
    result = elapsed(merged(intervals(pairs)), np.array(until, dtype=np.int64))
    assert result.tolist() == [len([u for u in covered(pairs) if u < at]) for at in until]


@given(pairs=STRETCHES, amount=st.integers(1, 40))
def test_reached_is_the_first_instant_before_which_so_much_has_passed(pairs, amount):
    stretches = merged(intervals(pairs))
    found = int(reached(stretches, np.array([amount]))[0])
    if amount > len(covered(pairs)):
        assert found == np.iinfo(np.int64).max
    else:
        assert len([unit for unit in covered(pairs) if unit < found]) == amount
        assert len([unit for unit in covered(pairs) if unit < found - 1]) == amount - 1
