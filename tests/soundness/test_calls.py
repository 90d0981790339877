"""Wrong numbers of calls that were once seen. None of these may be weakened."""

import pytest
from engine.tables import calls, cell, holding

ON_OFFERED = [
    ("call_volume", "calls"),
    ("call_volume", "queue_visits"),
    ("hold_time", "mean"),
    ("hold_time", "queue_only_mean"),
    ("wait_time", "p50"),
    ("offered_wait", "p50"),
    ("on_hold_time", "held"),
    ("service_level", "SL1"),
    ("service_level", "SL3"),
    ("abandonment_rate", "all"),
    ("abandonment_rate", "without_short"),
    ("abandonment_rate", "gave_up_otherwise"),
    ("time_to_abandon", "mean"),
    ("patience", "mean"),
    ("average_handle_time", "mean"),
    ("average_handle_time", "without_wrap_up"),
    ("transfer_rate", "all"),
]


@pytest.mark.parametrize(("metric", "variant"), ON_OFFERED)
def test_a_call_of_unknown_outcome_is_told(lake, metric, variant):
    """A call without an outcome is left out of both sides, and counted beside the number.

    `outcome not in (…)` is unknown for it, so it was in no denominator; but it was in no list of
    what was left out either, and a lake with half of its outcomes missing looked complete.
    """
    rows = calls({"outcome": None, "wait_seconds": 3.0})
    assert cell(holding(lake, call=rows), metric, variant)["left_out"] == {"outcome not known": 1}


@pytest.mark.parametrize(("metric", "variant"), ON_OFFERED)
def test_only_calls_that_would_count_are_told_as_left_out(lake, metric, variant):
    """An outbound call that goes on is not missing among the calls that customers made.

    It was told as "not over yet" beside numbers in which it would never be counted.
    """
    rows = calls({"outcome": "open", "direction": "outbound"}, {"outcome": "open"})
    assert cell(holding(lake, call=rows), metric, variant)["left_out"] == {"not over yet": 1}


def test_calls_that_we_made_did_not_come_in(lake):
    """Call volume is how many calls came in: one that an agent made is none of them.

    Outbound calls were counted by `calls`, though by no other variant.
    """
    rows = calls({"direction": "outbound"}, {"direction": "inbound"}, {"direction": None})
    assert cell(holding(lake, call=rows), "call_volume", "calls")["value"] == 2


def test_an_abandoned_call_of_unknown_wait_is_told(lake):
    """Without its wait nobody can say whether a caller hung up at once: it is left out and told.

    It fell out of `without_short` unseen, because not (true and unknown) is unknown.
    """
    rows = calls({"outcome": "abandoned"}, {"outcome": "abandoned", "wait_seconds": 60.0}, {})
    found = cell(holding(lake, call=rows), "abandonment_rate", "without_short")
    assert (found["value"], found["n"], found["left_out"]) == (0.5, 2, {"wait not known": 1})


def test_service_level_tells_of_calls_that_were_turned_away(lake):
    """A full queue that turns callers away has a high service level; how many it turned away
    stands beside it.
    """
    rows = calls({"wait_seconds": 1.0}, {"outcome": "refused_full"}, {"outcome": "refused_empty"})
    found = cell(holding(lake, call=rows), "service_level", "SL3")
    assert (found["value"], found["left_out"]) == (
        1.0,
        {"turned away by a full or unstaffed queue": 2},
    )


@pytest.mark.parametrize("also", [{}, {"transfer_kind": "blind"}])
def test_where_nobody_tells_how_calls_ended_there_is_no_transfer_rate(lake, also):
    """A source that does not tell how calls ended gives no transfer rate.

    It gave a rate of 0 %, with a narrow interval: unknown was taken for none. Counting those that
    are known to be transferred, and only those, would give 100 %.
    """
    rows = calls({}, {}, also)
    found = cell(holding(lake, call=rows), "transfer_rate")
    assert (found["value"], found["n"]) == (None, 0)
    assert found["left_out"] == {"not known how the call ended": 3}


def test_a_call_ended_by_a_transfer_was_transferred(lake):
    """Calls ended by a transfer count, whether or not its kind is known.

    Only those of a known kind were counted.
    """
    kind = {"transfer_kind": "blind", "ended_by": "agent"}
    rows = calls({"ended_by": "transfer"}, {"ended_by": "caller"}, kind, {})
    found = cell(holding(lake, call=rows), "transfer_rate")
    assert (found["value"], found["n"]) == (pytest.approx(2 / 3), 3)


def test_a_row_is_left_out_for_one_reason(lake):
    """Reasons for rows outside the count do not hide that something inside it is not known."""
    rows = calls({"outcome": "open"}, {"wait_seconds": None}, {"wait_seconds": 8.0})
    found = cell(holding(lake, call=rows), "wait_time")
    assert (found["value"], found["n"]) == (8.0, 1)
    assert found["left_out"] == {"not over yet": 1, "wait not known": 1}
