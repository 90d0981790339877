"""Kinds that count what is there and what is different: stocks, distinct values, clusters."""

import random
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from engine.tables import calls, cell, holding, surveys, utc

from hearwell.engine.ask import ask
from hearwell.engine.errors import BadQuestion
from hearwell.engine.question import Asked, Question
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.estimator import Distinct, DistinctRatio, Stock
from hearwell.metrics.metric import Variant
from hearwell.stats.distinct import distinct
from hearwell.stats.interval import Interval, poisson_total
from hearwell.stats.ratio import ratio_of_totals


def asked_of_calls(estimator):
    """Return a metric of calls that is in no catalogue."""
    made = replace(
        METRICS["call_volume"],
        formula=lambda call: {"one": Variant(estimator=estimator(call), meaning="one")},
    )
    return Asked(made, "one")


def answers(lake, estimator, **question):
    return ask(lake, Question((asked_of_calls(estimator),), **question)).cells()


# --- different ones --------------------------------------------------------------------------


def callers(call):
    return Distinct(call.caller, among=call.outcome == "answered")


def test_different_callers_are_counted_once_in_each_cell(lake):
    """Ann in two queues is one caller of all and one of each; who is unknown is nobody."""
    rows = calls(
        {"queue": "a", "caller": "ann"},
        {"queue": "a", "caller": "ann"},
        {"queue": "b", "caller": "ann"},
        {"queue": "b", "caller": "bob"},
        {"queue": "b", "caller": "cy", "outcome": "abandoned"},
        {"queue": "b"},
    )
    held = holding(lake, call=rows)
    (whole,) = answers(held, callers)
    assert (whole["value"], whole["n"]) == (2, 4)
    ends = poisson_total(2.0, 2.0, 0.95)
    assert (whole["low"], whole["high"]) == (pytest.approx(ends.low), pytest.approx(ends.high))
    by_queue = {
        each["group"]["queue"]: each["value"] for each in answers(held, callers, by=("queue",))
    }
    assert by_queue == {"a": 1, "b": 2}
    (nobody,) = answers(holding(lake, call=calls()), callers)
    assert (nobody["value"], nobody["n"]) == (0, 0)


@pytest.mark.parametrize("many", [4095, 4096, 20_000])
def test_many_different_callers_are_told_within_the_error(lake, many):
    """Below the size of a sketch the number is exact; above, within four errors of 1.6 %."""
    held = holding(lake, call=[])
    held.connection.execute(
        "insert into temp.call by name select 'test' as source, i::varchar as call_id, 1 as leg, "
        "timestamp '2026-01-05' as entered_at, 'answered' as outcome, "
        f"'caller ' || (i % {many}) as caller from range({3 * many}) as t (i)"
    )
    (found,) = answers(held, callers)
    assert found["n"] == 3 * many
    if many < 4096:
        assert found["value"] == many
    else:
        assert found["value"] == pytest.approx(many, rel=4 / np.sqrt(4094))
        assert found["low"] < many < found["high"]


def test_sketches_of_parts_make_that_of_the_whole():
    """The smallest hashes of both parts together are those of the whole, whoever is in both."""
    dice = np.random.default_rng(2)
    hashes = dice.uniform(size=9000)
    size = 1000

    def sketch(some):
        return np.sort(np.unique(some))[:size]

    parts = sketch(hashes[:6000]), sketch(hashes[3000:])
    merged, whole = sketch(np.concatenate(parts)), sketch(hashes)
    np.testing.assert_array_equal(merged, whole)
    (number,) = distinct(np.zeros(size, np.int64), merged, 1, size)
    assert number == pytest.approx(9000, rel=4 / np.sqrt(size))


def test_different_ones_for_each_row_of_another_kind(lake):
    """Three callers for each two abandoned calls: 1.5, whatever the group of them."""
    rows = calls(
        *[{"caller": name} for name in "abcab"],
        *[{"outcome": "abandoned", "caller": "z"}] * 2,
    )

    def estimator(call):
        answered = call.outcome == "answered"
        return DistinctRatio(answered.ifelse(call.caller, None), call.outcome == "abandoned")

    (found,) = answers(holding(lake, call=rows), estimator)
    assert (found["value"], found["n"]) == (1.5, 7)
    assert found["low"] < 1.5 < found["high"]


def test_an_interval_of_a_ratio_covers():
    """Of 2,000 pairs of Poisson numbers, about 95 % of the intervals hold the true ratio."""
    dice = np.random.default_rng(4)
    over, under = dice.poisson(60, 2000).astype(float), dice.poisson(25, 2000).astype(float)
    found = ratio_of_totals(
        over, poisson_total(over, over, 0.95), under, poisson_total(under, under, 0.95)
    )
    assert 0.94 < np.mean((found.low <= 60 / 25) & (found.high >= 60 / 25)) < 0.99
    exact = Interval(np.array([0.0]), np.array([3.0]))
    nothing = ratio_of_totals(np.array([0.0]), exact, np.array([0.0]), exact)
    assert np.isnan([nothing.low[0], nothing.high[0]]).all()


# --- stocks ----------------------------------------------------------------------------------


def open_calls(call):
    """Inbound calls come and outbound calls go: enough to be a stock."""
    return Stock((call.direction == "inbound").ifelse(1, -1))


def moved(at, change=1, queue="a"):
    direction = "inbound" if change > 0 else "outbound"
    return {"entered_at": utc(at), "direction": direction, "queue": queue}


def test_a_stock_is_what_came_less_what_went_until_the_end_of_each_cell(lake):
    """Days without a change keep what was there, also that from before the period (by hand)."""
    rows = calls(
        moved("2026-01-01 09:00"),
        moved("2026-01-02 09:00"),
        moved("2026-01-06 09:00", -1),
        moved("2026-01-09 09:00"),
    )
    held = holding(lake, call=rows)
    found = answers(held, open_calls, grain="day", begins="2026-01-05", ends="2026-01-09")
    assert [(each["period"]["from"][:10], each["value"]) for each in found] == [
        ("2026-01-05", 2),
        ("2026-01-06", 1),
        ("2026-01-07", 1),
        ("2026-01-08", 1),
        ("2026-01-09", 2),
    ]
    (ends,) = answers(held, open_calls, begins="2026-01-05", ends="2026-01-08", compare="previous")
    assert (ends["value"], ends["compared"]["value"]) == (1, 2)


def test_groups_of_a_stock_keep_their_own(lake):
    """A queue without any change in the period still has what it had."""
    rows = calls(moved("2026-01-01", queue="a"), moved("2026-01-05", queue="b"))
    found = answers(
        holding(lake, call=rows), open_calls, by=("queue",), begins="2026-01-05", ends="2026-01-06"
    )
    assert {each["group"]["queue"]: each["value"] for each in found} == {"a": 1, "b": 1}


def test_a_stock_has_no_hour_of_the_week(lake):
    with pytest.raises(BadQuestion, match="no hour of the week"):
        answers(holding(lake, call=calls(moved("2026-01-01"))), open_calls, grain="hour_of_week")


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_a_stock_of_random_changes_is_counted_as_by_hand(lake, seed, grain):
    """Every cell of every group: the changes before its end, added up one by one."""
    dice = random.Random(seed)
    rows = calls(
        *(
            moved("2026-01-01", dice.choice([1, 1, -1]), dice.choice(["a", "b", None]))
            | {"entered_at": utc("2026-01-01") + timedelta(hours=dice.randrange(24 * 80))}
            for _ in range(dice.randrange(1, 40))
        )
    )
    begins = dice.choice([None, "2026-01-20"])
    held = holding(lake, call=rows)
    found = answers(held, open_calls, by=("queue",), grain=grain, begins=begins, ends="2026-02-25")
    for each in found:
        end = utc(each["period"]["to"][:19])
        expected = sum(
            1 if row["direction"] == "inbound" else -1
            for row in rows
            if row["queue"] == each["group"]["queue"] and row["entered_at"] < end
        )
        assert each["value"] == expected, each
    queues = {row["queue"] for row in rows if row["entered_at"] < utc("2026-02-26")}
    assert {each["group"]["queue"] for each in found} == queues


# --- people who answer often -----------------------------------------------------------------


def test_a_customer_who_answers_forty_times_is_one_customer(lake):
    """Forty answers of four customers tell about as much as four: the interval is far wider."""
    each_once = surveys(*({"customer_id": str(i), "answer": 5 if i % 4 else 1} for i in range(40)))
    of_four = surveys(
        *({"customer_id": str(i % 4), "answer": 5 if i % 4 else 1} for i in range(40))
    )
    unknown = surveys(*({"answer": 5 if i % 4 else 1} for i in range(40)))
    alone, clustered, nobody = (
        cell(holding(lake, survey=rows), "customer_satisfaction")
        for rows in (each_once, of_four, unknown)
    )
    assert alone["value"] == clustered["value"] == nobody["value"] == 0.75
    assert (nobody["low"], nobody["high"]) == (alone["low"], alone["high"])
    assert clustered["high"] - clustered["low"] > 2 * (alone["high"] - alone["low"])
    assert clustered["n"] == 40


def test_the_backlog_of_drawn_cases(lake):
    """Three cases over ten days, one of them reopened; by hand, with their age on the last day."""
    cases = [
        {"case_id": name, "opened_at": utc(at)}
        for name, at in (("a", "2026-01-01 09:00"), ("b", "2026-01-05 09:00"), ("c", "2026-01-09"))
    ]
    events = [
        {"case_id": "a", "event_id": "1", "at": utc("2026-01-03 12:00"), "kind": "solved"},
        {"case_id": "a", "event_id": "2", "at": utc("2026-01-06 12:00"), "kind": "reopened"},
        {"case_id": "b", "event_id": "1", "at": utc("2026-01-08 12:00"), "kind": "solved"},
        {"case_id": "c", "event_id": "1", "at": utc("2026-01-10 12:00"), "kind": "assigned"},
    ]
    held = holding(lake, case=cases, case_event=events)
    days = cells_of_backlog(held, grain="day", begins="2026-01-02", ends="2026-01-10")
    assert [each["value"] for each in days] == [1, 0, 0, 1, 2, 2, 1, 2, 2]
    ages = cells_of_backlog(held, by=("age_band",), begins="2026-01-10", ends="2026-01-10")
    found = {each["group"]["age_band"]: each["value"] for each in ages if each["value"]}
    assert found == {"7_to_30_days": 1, "1_to_7_days": 1}


def cells_of_backlog(lake, **question):
    return ask(lake, Question((Asked(METRICS["backlog"], "open"),), **question)).cells()
