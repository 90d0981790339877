"""Loads are those counted by hand; planted shortage is found, and none where there is none."""

import json
from datetime import datetime, timedelta

import numpy as np
import pytest
from engine.tables import holding, utc
from numpy.testing import assert_allclose

from hearwell.engine.errors import BadQuestion
from hearwell.engine.period import Period
from hearwell.insights.staffing.load import OF_A_WEEK, Loads, loads
from hearwell.insights.staffing.plan import (
    CANNOT_TELL,
    ENOUGH,
    SHORT,
    planned,
    with_more,
)
from hearwell.insights.staffing.told import staffing
from hearwell.settings import Settings
from hearwell.stats.erlang import Target, agents_needed
from hearwell.stats.queue_simulation import simulated

WEEK = Period(utc("2026-03-02"), utc("2026-03-09"))  # from a Monday
WEEKS = 6
HANDLE, PATIENCE = 300.0, 120.0
AT_NINE, AT_TEN = 18, 20  # half hours of a day


def call(at, queue="billing", outcome="answered", agent=None, **more):
    team = None if agent is None else more.pop("team", "phone")
    return {
        "call_id": f"{queue} {at}", "leg": 1, "entered_at": utc(f"2026-03-{at}"), "queue": queue,
        "outcome": outcome, "agent_id": agent, "team": team, "wait_seconds": 10.0,
        "connected_at": utc(f"2026-03-{at}") if agent else None,
        "talk_seconds": 100.0 if agent else None, "wrap_up_seconds": 20.0 if agent else None,
    } | more  # fmt: skip


CALLS = [
    call("02 09:00", agent="ann", caller="a"),
    call("02 09:29:59", agent="ann", caller="b", wait_seconds=30.0, hold_seconds=50.0),
    call("02 09:30", outcome="abandoned", caller="c", wait_seconds=40.0),
    call("02 09:40", agent="bob", caller="c"),  # the same caller, again
    call("03 09:45", outcome="abandoned", caller="a"),  # more than a day after being answered
    call("03 09:50", outcome="timeout", caller="d"),
    call("04 09:51", agent="ann", caller="d"),  # a day and a minute later: not again
    call("02 10:00", queue="orders", agent="ann", ring_seconds=40.0, talk_seconds=200.0),
    call("02 10:10", queue="orders", agent="eve", team="others"),
    call("02 11:00", outcome="open"),
    call("02 11:00:01", outcome="abandoned", direction="outbound"),
    call("09 09:00", agent="ann"),  # after the week
]
SHIFTS = [
    {"agent_id": "ann", "state": "staffed", "started_at": utc("2026-03-02 09:15"),
     "ended_at": utc("2026-03-02 10:00")},
    {"agent_id": "ann", "state": "paused", "started_at": utc("2026-03-02 09:30"),
     "ended_at": utc("2026-03-02 09:45")},
    {"agent_id": "bob", "state": "staffed", "started_at": utc("2026-03-02 09:00"),
     "ended_at": utc("2026-03-02 10:00")},
    {"agent_id": "zoe", "state": "staffed", "started_at": utc("2026-03-02 09:00"),
     "ended_at": utc("2026-03-02 10:00")},
]  # fmt: skip


def test_loads_counted_by_hand(lake):
    found = loads(holding(lake, call=CALLS, shift=SHIFTS), WEEK, 20.0)
    assert found.queues == ["billing", "orders"]
    assert found.calls.shape == (2, OF_A_WEEK)
    day = 48

    def at(name):
        amounts = getattr(found, name)[0]
        return [float(amounts[i]) for i in (AT_NINE, AT_NINE + 1, day + 19, 2 * day + 19)]

    assert at("calls") == [2, 2, 2, 1]
    assert at("again") == [0, 1, 0, 0]
    assert at("abandoned") == [0, 1, 1, 0]
    assert at("in_time") == [1, 1, 0, 1]
    assert at("waited_seconds") == [40, 50, 20, 10]
    assert at("handle_seconds") == [120 + 170, 120, 0, 120]
    assert at("handle_squares") == [120**2 + 170**2, 120**2, 0, 120**2]
    assert found.calls[0].sum() == 7
    assert found.half_hour_of_week.tolist() == list(range(OF_A_WEEK))


def test_who_serves_two_queues_counts_in_each_by_the_work_done(lake):
    found = loads(holding(lake, call=CALLS, shift=SHIFTS), WEEK, 20.0)
    in_billing = (120 + 170 + 120) / (120 + 170 + 120 + 260)  # seconds of ann's work
    assert_allclose(found.at_work[0, AT_NINE], 0.5 * in_billing + 1)  # zoe takes no calls
    assert_allclose(found.at_work[0, AT_NINE + 1], 0.5 * in_billing + 1)
    assert_allclose(found.at_work[1, AT_NINE], 0.5 * (1 - in_billing))
    assert found.at_work[0].sum() == found.at_work[0, AT_NINE : AT_NINE + 2].sum()
    alone = loads(holding(lake, call=CALLS, shift=SHIFTS), WEEK, 20.0, queues=["orders"])
    assert alone.queues == ["orders"]
    assert_allclose(alone.at_work[0], found.at_work[1])


def test_without_shifts_nobody_knows_who_was_there(lake):
    assert np.isnan(loads(holding(lake, call=CALLS), WEEK, 20.0).at_work).all()


def test_a_viewer_sees_queues_that_only_their_teams_answer(lake):
    asked = holding(lake, call=CALLS, shift=SHIFTS)
    assert loads(asked, WEEK, 20.0, teams=("phone",)).queues == ["billing"]
    assert loads(asked, WEEK, 20.0, teams=("phone", "others")).queues == ["billing", "orders"]
    assert loads(asked, WEEK, 20.0, teams=("others",)).queues == []
    assert loads(asked, WEEK, 20.0, teams=()).queues == []
    with pytest.raises(BadQuestion, match="There are no calls"):
        staffing(asked, begins="2026-03-02", ends="2026-03-08", teams=())


def test_calls_without_a_queue_are_one_queue(lake):
    found = loads(holding(lake, call=[call("02 09:00", queue=None)]), WEEK, 20.0)
    assert (found.queues, found.calls.sum()) == ([""], 1)


def test_half_hours_are_those_of_the_organisation(lake):
    kolkata = Settings(zone="Asia/Kolkata")
    period = Period(utc("2026-03-01 18:30"), utc("2026-03-08 18:30"))
    found = loads(holding(lake, kolkata, call=[call("02 03:31")]), period, 20.0)
    assert int(found.half_hour_of_week[np.flatnonzero(found.calls[0])[0]]) == AT_NINE


def test_the_week_with_a_change_of_clocks_is_whole(lake):
    berlin = Settings(zone="Europe/Berlin")
    period = Period(utc("2026-03-22 23:00"), utc("2026-03-29 22:00"))
    rows = [call("29 07:00")]  # 9 o'clock, an hour sooner than the day before
    found = loads(holding(lake, berlin, call=rows), period, 20.0)
    assert len(found.half_hour_of_week) == OF_A_WEEK - 2
    assert int(found.half_hour_of_week[np.flatnonzero(found.calls[0])[0]]) == 6 * 48 + AT_NINE


# --- planted shortage ------------------------------------------------------------------------


def lived(seed, agents_at_nine, *, agents=14, rate=60.0):
    """Simulate some weeks of a queue that is open from 9 to 11 on each day."""
    rng = np.random.default_rng(seed)
    count = WEEKS * OF_A_WEEK
    sums = {name: np.zeros((1, count)) for name in (
        "calls", "waited_seconds", "abandoned", "in_time", "handled", "handle_seconds",
        "handle_squares",
    )}  # fmt: skip
    at_work = np.zeros((1, count))
    for day in range(WEEKS * 7):
        arrives = np.sort(rng.uniform(0, 7200, rng.poisson(4 * rate)))
        handle = rng.lognormal(np.log(HANDLE) - 0.18, 0.6, len(arrives))
        waits = rng.exponential(PATIENCE, len(arrives))
        # Who is there only later works until the end; both halves have their own agents.
        crew = [(0.0, 7200.0)] * agents_at_nine + [(3600.0, 7200.0)] * (agents - agents_at_nine)
        found = simulated(arrives, handle, waits, crew)
        slot = day * 48 + AT_NINE + (arrives // 1800).astype(int)
        answered = found.is_answered
        for name, amount in (
            ("calls", np.ones(len(arrives))), ("waited_seconds", found.wait_seconds),
            ("abandoned", ~answered), ("in_time", answered & (found.wait_seconds <= 20)),
            ("handled", answered), ("handle_seconds", answered * handle),
            ("handle_squares", answered * handle**2),
        ):  # fmt: skip
            np.add.at(sums[name][0], slot, amount)
        at_work[0, day * 48 + AT_NINE : day * 48 + AT_TEN] = agents_at_nine
        at_work[0, day * 48 + AT_TEN : day * 48 + AT_TEN + 2] = agents
    return Loads(
        queues=["billing"], begins=datetime(2026, 3, 2),
        half_hour_of_week=np.tile(np.arange(OF_A_WEEK), WEEKS),
        day=np.repeat(np.arange(WEEKS * 7), 48),
        again=np.zeros((1, count)), at_work=at_work, **sums,
    )  # fmt: skip


TRUE_NEED = int(agents_needed(60 / 1800 * HANDLE, HANDLE, PATIENCE, Target()))


@pytest.mark.parametrize("seed", range(2))
def test_a_planted_shortage_is_found_and_nothing_else(seed):
    plan = planned(lived(seed, TRUE_NEED - 4), Target(), 0.3, 0.95, 10)
    of_day = plan.verdict.reshape(7, 48)
    assert (of_day[:, AT_NINE:AT_TEN] == SHORT).mean() >= 0.9
    assert (of_day[:, AT_TEN : AT_TEN + 2] != SHORT).all()
    assert (of_day[:, :AT_NINE] == "").all()
    assert plan.back_test.is_believed.all()
    needed = plan.needed.reshape(7, 48)[:, AT_NINE : AT_TEN + 2]
    assert (np.abs(needed - TRUE_NEED) <= 2).all()
    assert np.isclose(needed.mean(), TRUE_NEED, atol=0.7)


@pytest.mark.parametrize("seed", range(2))
def test_where_agents_are_enough_none_are_missing(seed):
    plan = planned(lived(seed, TRUE_NEED + 1, agents=TRUE_NEED + 1), Target(), 0.3, 0.95, 10)
    assert not (plan.verdict == SHORT).any()
    ample = planned(lived(seed, TRUE_NEED + 4, agents=TRUE_NEED + 4), Target(), 0.3, 0.95, 10)
    assert (ample.verdict == ENOUGH).sum() >= 0.9 * 7 * 4


def test_the_model_is_not_believed_where_shifts_are_wrong():
    seen = lived(0, TRUE_NEED - 4)
    told = Loads(**vars(seen) | {"at_work": seen.at_work * 2})  # half of them were not there
    plan = planned(told, Target(), 0.3, 0.95, 10)
    assert plan.back_test.has_failed.all()
    assert set(plan.verdict.ravel()) == {"", CANNOT_TELL}


def test_one_more_helps_and_is_what_the_formula_says():
    seen = lived(1, 10, agents=10)
    plan = planned(seen, Target(), 0.3, 0.95, 10)
    outcomes = [with_more(plan, k) for k in (-1, 0, 1)]
    lost = [float(each.abandoned[0]) for each in outcomes]
    assert lost[0] > lost[1] > lost[2]
    measured = seen.abandoned.sum() / seen.calls.sum()
    assert_allclose(lost[1], measured, atol=0.03)


def test_few_calls_are_no_verdict():
    plan = planned(lived(2, 2, agents=2, rate=1.0), Target(), 0.3, 0.95, 10)
    assert not {SHORT, ENOUGH} & set(plan.verdict.ravel())


# --- the command -----------------------------------------------------------------------------


def calls_of_weeks():
    """One caller each minute from 9 to 10, of whom one agent answers every fifth at once."""
    rows, shifts = [], []
    for day in range(28):
        for minute in range(60):
            at = datetime(2026, 3, 2, 9) + timedelta(days=day, minutes=minute)
            answered = minute % 5 == 0
            rows.append({
                "call_id": str(at), "leg": 1, "entered_at": at, "queue": "billing",
                "outcome": "answered" if answered else "abandoned", "wait_seconds": 60.0,
                "agent_id": "ann" if answered else None, "talk_seconds": 280.0,
                "connected_at": at if answered else None, "wrap_up_seconds": 20.0,
                "caller": str(at),
            })  # fmt: skip
        morning = datetime(2026, 3, 2, 9) + timedelta(days=day)
        shifts.append({
            "agent_id": "ann", "state": "staffed", "started_at": morning,
            "ended_at": morning + timedelta(hours=1),
        })  # fmt: skip
    return {"call": rows, "shift": shifts}


def test_what_is_found_can_be_read_by_programs(lake):
    found = staffing(holding(lake, **calls_of_weeks())).as_json()
    assert json.loads(json.dumps(found)) == found
    (finding,) = found["findings"]
    assert finding["kind"] == "staffing.too_few"
    assert finding["says"]["values"]["told"] == {"kind": "count", "value": 14}
    assert finding["people"] == 28 * 60
    first = found["half_hours"][0]
    assert (first["half_hour"], first["calls"], first["at_work"]) == ("monday 09:00", 30, 1)
    assert first["needed"] == agents_needed(5, 300, 75, Target())
    assert first["gap"] == 1 - first["needed"]


def test_less_than_a_week_is_refused(lake):
    asked = holding(lake, **calls_of_weeks())
    with pytest.raises(BadQuestion, match="week apart"):
        staffing(asked, begins="2026-03-02", ends="2026-03-05")
    with pytest.raises(BadQuestion, match="There are no calls"):
        staffing(holding(lake))
