"""Wrong numbers of agents that were once seen. None of these may be weakened."""

import pytest
from engine.tables import cell, holding
from engine.test_agent_days import HOUR, call, shift


def occupancy(lake, **rows):
    found = cell(holding(lake, **rows), "occupancy")
    return found["value"], found["n"], found["left_out"]


def test_agents_are_not_busy_for_more_than_all_of_their_time(lake):
    """The interval of two agents on three days reached above 100 %.

    Time that is told twice makes them busier than that, and then the interval has to say so.
    """
    busy = {"ann": (0.99, 0.9, 0.85), "bob": (0.7, 0.95, 0.75)}
    times = [(name, day, part) for name in busy for day, part in enumerate(busy[name], 5)]
    shifts = [
        shift(f"2026-01-0{day} 09:00", f"2026-01-0{day} 10:00", agent_id=name)
        for name, day, _ in times
    ]

    def found(factor):
        calls = [
            call(f"2026-01-0{day} 09:00", call_id=f"{name} {day}", agent_id=name)
            | {"connected_seconds": factor * part * HOUR}
            for name, day, part in times
        ]
        told = cell(holding(lake, shift=shifts, call=calls), "occupancy")
        return told["value"], told["low"], told["high"]

    value, low, high = found(1)
    assert (value, high) == (pytest.approx(5.14 / 6), 1.0)
    assert 0.5 < low < value
    value, low, high = found(2)
    assert value == pytest.approx(5.14 / 3)
    assert low < value < high


STAFFED = [shift(f"2026-01-0{day} 09:00", f"2026-01-0{day} 10:00") for day in (5, 6, 7)]


def test_a_day_of_which_no_calls_are_told_is_not_an_idle_one(lake):
    """The roster goes back to Monday, the telephone system's log to Tuesday: Monday is not known.

    It was counted as a day on which nobody was busy, so that half of the time looked idle. On
    Wednesday Bob had a call and Ann had none: that is known, and she was idle.
    """
    calls = [
        call("2026-01-06 09:00", connected_seconds=HOUR / 2),
        call("2026-01-07 09:00", connected_seconds=HOUR, agent_id="bob"),
    ]
    left_out = {"time on calls not known": 1, "no staffed time known": 1}
    assert occupancy(lake, shift=STAFFED, call=calls) == (0.25, 2, left_out)


def test_who_takes_no_calls_is_not_idle(lake):
    """Cid answers letters; nobody knows from calls how busy he was."""
    shifts = [STAFFED[0], STAFFED[0] | {"agent_id": "cid"}]
    calls = [call("2026-01-05 09:00", connected_seconds=HOUR / 2)]
    assert occupancy(lake, shift=shifts, call=calls) == (0.5, 1, {"time on calls not known": 1})


def test_a_call_of_unknown_length_leaves_its_day_unknown(lake):
    """It was counted as one of no length, beside one of half an hour."""
    calls = [
        call("2026-01-05 09:00", connected_seconds=HOUR / 2),
        call("2026-01-05 09:30", connected_seconds=None),
        call("2026-01-06 09:30", connected_seconds=HOUR),
    ]
    found = occupancy(lake, shift=STAFFED[:2], call=calls)
    assert found == (1.0, 1, {"time on calls not known": 1})
