"""A target that is just met raises no more alarms than were allowed, and a missed one does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.stats.interval import wilson
from hearwell.stats.target import is_met, is_missed, is_surely_met, level_of

DAYS, A_DAY, WINDOW, RUNS = 365, 80, 7, 300


def alarms(rng, truth, target, rate):
    """Return how many alarms each of many years raises, by the same rules as alerts."""
    hits = rng.binomial(A_DAY, truth, size=(RUNS, DAYS + WINDOW - 1))
    summed = np.lib.stride_tricks.sliding_window_view(hits, WINDOW, axis=1).sum(axis=2)
    n = np.full(summed.shape, A_DAY * WINDOW)
    found = wilson(summed, n, level_of(rate))
    value = summed / n
    opened = np.zeros(RUNS)
    for run in range(RUNS):
        is_open = False
        for day in range(DAYS):
            if not is_open and is_missed(
                found.low[run, day], found.high[run, day], target, at_least=True
            ):
                is_open = True
                opened[run] += 1
            elif is_open and is_met(value[run, day], target, at_least=True):
                is_open = False
    return opened


@pytest.mark.parametrize("rate", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("target", [0.5, 0.8])
def test_a_target_that_is_just_met_raises_no_more_alarms_than_allowed(rate, target):
    opened = alarms(np.random.default_rng(7), target, target, rate)
    chance = 3 * opened.std() / np.sqrt(RUNS)
    assert opened.mean() <= rate + chance


def test_a_target_that_is_met_with_room_raises_none():
    assert alarms(np.random.default_rng(7), 0.85, 0.8, 1.0).sum() == 0


def test_a_target_that_is_missed_raises_an_alarm():
    assert (alarms(np.random.default_rng(7), 0.7, 0.8, 1.0) >= 1).all()


VALUES = st.floats(-10, 10)


@settings(max_examples=100)
@given(low=VALUES, width=st.floats(0, 10), target=VALUES, at_least=st.booleans())
def test_a_target_is_never_both_missed_and_met(low, width, target, at_least):
    high = low + width
    missed = is_missed(low, high, target, at_least=at_least)
    assert not (missed and is_surely_met(low, high, target, at_least=at_least))
    assert missed == is_missed(-high, -low, -target, at_least=not at_least)


def test_an_open_end_raises_no_alarm():
    assert not is_missed(0.1, None, 0.8, at_least=True)
    assert not is_missed(None, 0.9, 0.8, at_least=False)


def test_what_is_not_known_is_not_met():
    assert not is_met(None, 0.8, at_least=True)
