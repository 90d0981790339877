"""Rows shown behind a number that it did not count. None of these may be weakened."""

import pytest
from engine.tables import calls, cell, holding, named, surveys

from hearwell.engine.question import Question
from hearwell.engine.rows import rows


@pytest.mark.parametrize(
    ("metric", "variant"),
    [
        ("wait_time", "mean"),
        ("wait_time", "p50"),
        ("hold_time", "mean"),
        ("service_level", "SL3"),
        ("average_handle_time", "without_wrap_up"),
        ("on_hold_time", "held"),
    ],
)
def test_rows_without_the_number_are_not_behind_it(lake, metric, variant):
    """The rows behind a number are the n it rests on: not one more of which nothing is known.

    An answered call of unknown wait was shown among the rows of the average wait.
    """
    known = {"wait_seconds": 5.0, "hold_seconds": 0.0, "connected_seconds": 9.0}
    held = holding(lake, call=calls(known, {}, known | {"outcome": None}))
    found = rows(held, Question((named(metric, variant),)))
    assert found.total == len(found.rows) == cell(held, metric, variant)["n"] == 1


def test_rows_behind_a_weighted_share_have_a_weight(lake):
    """An answer without a weight does not count in the weighted share, nor stand behind it."""
    rows_ = surveys(*[{"answer": 5, "weight": 1.0}] * 5, {"answer": 5})
    held = holding(lake, survey=rows_)
    found = rows(held, Question((named("customer_satisfaction", "weighted"),)))
    assert found.total == len(found.rows) == 5
