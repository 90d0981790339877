"""A number that rests on rows which were made up says so, and no other does."""

import pytest
from engine.tables import calls, holding, named, surveys, utc

from hearwell.engine.ask import ask
from hearwell.engine.question import Question

MADE_UP = {"source": "simulated:7"}


def told(lake, *asked, **question):
    return ask(lake, Question(asked, **question)).simulated


def test_a_metric_that_counts_a_simulated_row_says_so(lake):
    """One of two calls is made up; surveys are real."""
    held = holding(
        lake,
        call=calls({"wait_seconds": 1.0}, MADE_UP | {"wait_seconds": 2.0}),
        survey=surveys({"answer": 4}),
    )
    answers = ask(held, Question((named("wait_time"), named("customer_satisfaction"))))
    assert answers.simulated == ("wait_time",)
    assert answers.as_json()["simulated"] == ["wait_time"]
    assert [each["simulated"] for each in answers.cells()] == [True, False]


def test_a_simulated_row_that_does_not_count_says_nothing(lake):
    """It was not answered, is of another queue, or of another period."""
    other = utc("2026-03-05 10:00")
    held = holding(
        lake,
        call=calls(
            {"wait_seconds": 1.0, "queue": "a"},
            MADE_UP | {"wait_seconds": 2.0, "outcome": "abandoned", "queue": "a"},
            MADE_UP | {"wait_seconds": 2.0, "queue": "b"},
            MADE_UP | {"wait_seconds": 2.0, "queue": "a", "entered_at": other},
        ),
    )
    asked = {"begins": "2026-01-01", "ends": "2026-01-31"}
    where = (("queue", "a"),)
    assert told(held, named("wait_time"), where=where, **asked) == ()
    assert told(held, named("abandonment_rate"), where=where, **asked) == ("abandonment_rate",)
    assert told(held, named("wait_time"), **asked) == ("wait_time",)


def test_what_a_number_is_compared_with_may_be_made_up_too(lake):
    earlier = MADE_UP | {"wait_seconds": 2.0, "entered_at": utc("2025-12-05 10:00")}
    held = holding(lake, call=calls({"wait_seconds": 1.0}, earlier))
    january = {"begins": "2026-01-01", "ends": "2026-01-31"}
    assert told(held, named("wait_time"), **january) == ()
    assert told(held, named("wait_time"), compare="previous", **january) == ("wait_time",)


@pytest.mark.parametrize("source", ["simulated", "not simulated:7", "Simulated:7"])
def test_only_the_simulator_names_sources_so(lake, source):
    held = holding(lake, call=calls({"wait_seconds": 1.0, "source": source}))
    assert told(held, named("wait_time")) == ()


def test_a_day_of_a_real_agent_with_simulated_calls_is_no_measurement(lake):
    """The roster is real; the calls that kept the agent busy were made up."""
    at = utc("2026-01-05 10:00")
    held = holding(
        lake,
        call=calls(MADE_UP | {"agent_id": "ann", "connected_at": at, "connected_seconds": 60.0}),
        shift=[
            {"agent_id": "ann", "state": "staffed", "started_at": at, "ended_at": utc("2026-01-06")}
        ],
    )
    assert told(held, named("occupancy")) == ("occupancy",)
