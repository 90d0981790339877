"""Erlang's formulas agree with published values, with the states counted one by one, and with a
queue that is simulated.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from hearwell.stats.erlang import (
    Target,
    agents_needed,
    erlang_a,
    erlang_b,
    erlang_c,
    people_needed,
)
from hearwell.stats.queue_simulation import simulated

# --- published and closed forms --------------------------------------------------------------


@pytest.mark.parametrize(
    ("load", "agents", "waiting", "digits"),
    [
        (1, 2, 1 / 3, 14),
        (2, 3, 4 / 9, 14),
        (4, 5, 128 / 231, 14),
        (9, 10, 0.668731524108, 12),
        (90, 100, 0.216940480906, 12),
        (20, 25, 0.209102826599, 12),  # a public test elsewhere claims 0.261
        (123, 132, 0.3211, 4),
        (12345, 12421, 0.3812, 4),
        (2.5, 6, 0.047445, 6),
        (2.5, 5, 0.130371, 6),
    ],
)
def test_share_that_waits_when_nobody_hangs_up(load, agents, waiting, digits):
    assert_allclose(erlang_c(load, agents, 1.0, 0.0).waiting, waiting, atol=0.6 * 10**-digits)


def test_a_hundred_calls_in_half_an_hour_of_three_minutes():
    found = erlang_c(100 / 1800 * 180, np.array([11, 12, 13, 14]), 180, 20)
    assert_allclose(found.waiting, [0.682118, 0.449388, 0.285270, 0.174132], atol=5e-7)
    assert_allclose(found.in_time, [0.389614, 0.640158, 0.795595, 0.888350], atol=5e-7)
    assert_allclose(found.wait_seconds, [122.78, 40.44, 17.12, 7.836], atol=5e-3)
    assert_allclose(found.occupancy[-1], 0.714286, atol=5e-7)
    target = Target(in_time=0.8, within_seconds=20, abandoned=1.0, occupancy=1.0)
    assert float(agents_needed(10, 180, math.inf, target)) == 14
    assert float(people_needed(14, 0.3)) == 20


@pytest.mark.parametrize(
    ("rate", "handle", "agents", "within", "in_time", "waiting", "speed"),
    [
        (0.2, 240, 55, 15, 0.845883, 0.238701, 8.184),
        (35 / 900, 752, 37, 20, 0.904216, None, None),
        (123 / 300, 300, 130, 20, 0.7339, 0.4244, None),
    ],
)
def test_service_levels_that_others_print(rate, handle, agents, within, in_time, waiting, speed):
    found = erlang_c(rate * handle, agents, handle, within)
    digits = 4 if in_time == 0.7339 else 6
    assert round(float(found.in_time), digits) == in_time
    assert waiting is None or round(float(found.waiting), digits) == waiting
    assert speed is None or round(float(found.wait_seconds), 3) == speed


def test_agents_needed_that_others_print():
    nine_of_ten = Target(in_time=0.9, within_seconds=20, abandoned=1.0, occupancy=1.0)
    assert float(agents_needed(25 / 900 * 752, 752, math.inf, nine_of_ten)) == 28
    at_once = Target(in_time=0.9, within_seconds=0, abandoned=1.0, occupancy=1.0)
    assert float(agents_needed(30 / 3600 * 300, 300, math.inf, at_once)) == 6


@pytest.mark.parametrize(
    ("rate", "leaving", "agents", "within", "told"),
    [
        (1, 1, 1, 0.2, {"waiting": 0.6321205588, "abandoned": 0.3678794412}),
        (10, 1, 10, 0.2, {"waiting": 0.5420702855, "abandoned": 0.1251100357}),
        (10, 1, 12, 0.2, {"waiting": 0.3032238537, "abandoned": 0.0530916254}),
        (100, 1, 100, 0.2, {"waiting": 0.5132987983, "abandoned": 0.0398609968}),
        (48, 0.5, 50, 1 / 3, {"waiting": 0.467774, "abandoned": 0.030912, "in_time": 0.943019}),
        (48, 0.5, 50, 1 / 3, {"wait_seconds": 0.061825, "occupancy": 0.930324}),
        (10, 0.5, 10, 0.2, {"waiting": 0.619655, "abandoned": 0.103913, "in_time": 0.572023}),
        (10, 0.5, 10, 0.2, {"wait_seconds": 0.207826}),
        (12, 0.5, 10, 0.2, {"waiting": 0.85038, "abandoned": 0.19566, "in_time": 0.29443}),
        (12, 0.5, 10, 0.2, {"occupancy": 0.96521}),
        (600, 0.5, 600, 0.1, {"waiting": 0.590267, "abandoned": 0.0134911, "in_time": 0.938268}),
    ],
)
def test_callers_who_lose_patience(rate, leaving, agents, within, told):
    found = erlang_a(rate, agents, 1.0, 1 / leaving, within)
    for name, value in told.items():
        digits = len(str(value).partition(".")[2])
        assert_allclose(vars(found)[name], value, atol=0.6 * 10**-digits)


def test_of_those_who_are_served_more_are_served_in_time():
    found = erlang_a(48, 50, 60, 120, 20)
    assert round(float(found.in_time / (1 - found.abandoned)), 4) == 0.9731


def test_great_patience_is_endless_patience():
    patient = erlang_a(10, 14, 180, 180e7, 20)
    endless = erlang_a(10, 14, 180, math.inf, 20)
    for name, value in vars(erlang_c(10, 14, 180, 20)).items():
        assert_allclose(vars(endless)[name], value, rtol=1e-12)
        assert_allclose(vars(patient)[name], value, rtol=1e-6, atol=1e-8)


# --- the ends of the scale -------------------------------------------------------------------


def test_too_few_agents_have_no_steady_state_unless_callers_hang_up():
    found = erlang_c([10, 10], [10, 9], 180, 20)
    assert found.waiting.tolist() == [1, 1]
    assert found.in_time.tolist() == [0, 0]
    assert found.wait_seconds.tolist() == [math.inf, math.inf]
    assert 0 < float(erlang_a(12, 10, 180, 60, 20).abandoned) < 1


def test_nobody_at_work_and_nobody_who_calls():
    nobody = erlang_a(5, 0, 180, 60, 20)
    assert (float(nobody.waiting), float(nobody.abandoned), float(nobody.in_time)) == (1, 1, 0)
    assert float(nobody.wait_seconds) == 60
    quiet = erlang_a(0, 3, 180, 60, 20)
    assert (float(quiet.waiting), float(quiet.in_time), float(quiet.occupancy)) == (0, 1, 0)
    assert float(agents_needed(0, 180, 60, Target())) == 0


def test_what_is_not_known_has_no_value():
    found = erlang_a([math.nan, 10], 12, 180, [60, math.nan], 20)
    assert np.isnan(list(vars(found).values())).all()
    assert math.isnan(agents_needed(math.nan, 180, 60, Target()))


def test_a_service_level_alone_is_met_by_callers_who_hang_up():
    alone = Target(in_time=0.8, within_seconds=20, abandoned=1.0, occupancy=1.0)
    assert float(agents_needed(10, 180, 30, alone)) == 11
    assert round(float(erlang_a(10, 11, 180, 30, 20).abandoned), 3) == 0.127
    pair = Target(in_time=0.8, within_seconds=20, abandoned=0.05, occupancy=1.0)
    assert float(agents_needed(10, 180, 30, pair)) == 14


def test_people_needed_are_not_one_more_for_a_rounding_error():
    assert people_needed(np.array([7.0, 0.0, 6.3]), 0.3).tolist() == [10, 0, 9]


# --- oracles ---------------------------------------------------------------------------------


def counted(rate, agents, leaving, within):
    """Weigh every state of the line, one by one; a call is as long as 1."""
    weights = [1.0]
    most = agents + int(20 * math.sqrt(rate) + 6 * rate / leaving + 200)
    for calls in range(1, most):
        ends = min(calls, agents) + max(calls - agents, 0) * leaving
        weights.append(weights[-1] * rate / ends)
    total = math.fsum(weights)
    waiting = math.fsum(weights[agents:]) / total
    queue = math.fsum((i - agents) * w for i, w in enumerate(weights) if i > agents) / total
    in_time = 1 - waiting
    for ahead in range(most - agents - 1):  # a caller who finds so many in the line
        weight = weights[agents + ahead] / total
        if weight < 1e-13:
            continue
        in_time += weight * served_within(agents, ahead, leaving, within)
    return {
        "waiting": waiting,
        "abandoned": leaving * queue / rate,
        "wait_seconds": queue / rate,
        "in_time": in_time,
    }


def served_within(agents, ahead, leaving, within, steps=400):
    """Solve for one caller how likely they are served, step by step (Runge and Kutta)."""
    chance = np.zeros(ahead + 2)  # of still being in the line, with so many ahead; last is served
    chance[ahead] = 1
    down = np.array([agents + i * leaving for i in range(ahead + 1)])

    def change(now):
        moved = np.zeros_like(now)
        moved[: ahead + 1] -= now[: ahead + 1] * (down + leaving)
        moved[:ahead] += now[1 : ahead + 1] * down[1:]
        moved[ahead + 1] += now[0] * down[0]
        return moved

    step = within / steps
    for _ in range(steps):
        first = change(chance)
        second = change(chance + step / 2 * first)
        third = change(chance + step / 2 * second)
        fourth = change(chance + step * third)
        chance = chance + step / 6 * (first + 2 * second + 2 * third + fourth)
    return float(chance[-1])


@settings(max_examples=30)
@given(
    rate=st.floats(0.2, 30), agents=st.integers(1, 35), leaving=st.floats(0.1, 5),
    within=st.floats(0.01, 1),
)  # fmt: skip
def test_it_agrees_with_the_states_counted_one_by_one(rate, agents, leaving, within):
    found = vars(erlang_a(rate, agents, 1.0, 1 / leaving, within))
    for name, value in counted(rate, agents, leaving, within).items():
        assert_allclose(found[name], value, rtol=1e-6, atol=1e-8, err_msg=name)


@given(load=st.floats(0.01, 60), agents=st.integers(0, 60))
def test_blocking_agrees_with_its_definition(load, agents):
    terms = [load**k / math.factorial(k) for k in range(agents + 1)]
    assert_allclose(erlang_b(load, agents), terms[-1] / math.fsum(terms), rtol=1e-10)


@settings(max_examples=60)
@given(
    load=st.floats(0.05, 40), patience=st.floats(10, 2000), in_time=st.floats(0.1, 0.99),
    abandoned=st.floats(0.005, 1), occupancy=st.floats(0.3, 1),
)  # fmt: skip
def test_as_many_as_needed_are_enough_and_one_fewer_are_not(
    load, patience, in_time, abandoned, occupancy
):
    target = Target(in_time, 20, abandoned, occupancy)
    enough = int(agents_needed(load, 180, patience, target))
    of = np.arange(enough + 1)
    met = erlang_a(load, of, 180, patience, 20).meets(target)
    assert met.tolist() == [False] * enough + [True]


# --- a simulated queue -----------------------------------------------------------------------


def test_a_queue_counted_by_hand():
    found = simulated(
        arrives=np.array([0.0, 1.0, 2.0, 3.0, 30.0]),
        handle_seconds=np.array([10.0, 10.0, 5.0, 5.0, 5.0]),
        patience_seconds=np.array([9.0, 9.0, 9.0, 1.0, 9.0]),
        worked=[(0.0, 25.0), (4.0, 100.0)],
    )
    # The second waits for the agent who comes at 4, the third for the first to end at 10; the
    # fourth hangs up; the fifth comes when the first agent has gone home.
    assert found.wait_seconds.tolist() == [0, 3, 8, 1, 0]
    assert found.is_answered.tolist() == [True, True, True, False, True]


def test_callers_meet_nobody_after_hours():
    found = simulated(np.array([5.0]), np.array([1.0]), np.array([7.0]), [(0.0, 5.0)])
    assert (found.wait_seconds.tolist(), found.is_answered.tolist()) == ([7], [False])


@pytest.mark.parametrize(("rate", "agents", "patience"), [(10.0, 10, 2.0), (12.0, 10, 2.0)])
def test_a_long_simulation_agrees_with_the_formula(rate, agents, patience):
    rng = np.random.default_rng(7)
    calls = 200_000
    found = simulated(
        np.cumsum(rng.exponential(1 / rate, calls)),
        rng.exponential(1.0, calls),
        rng.exponential(patience, calls),
        [(0.0, math.inf)] * agents,
    )
    told = erlang_a(rate, agents, 1.0, patience, 0.2)
    assert_allclose((~found.is_answered).mean(), told.abandoned, atol=0.004)
    assert_allclose(found.wait_seconds.mean(), told.wait_seconds, atol=0.006)
    in_time = found.is_answered & (found.wait_seconds <= 0.2)
    assert_allclose(in_time.mean(), told.in_time, atol=0.012)
