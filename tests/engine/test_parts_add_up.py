"""The sums behind a number add up: over groups, over metrics of one pass, in any order of rows."""

import random
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from engine.tables import calls, cell, cells, holding, surveys, utc

from hearwell.engine import ask as asking
from hearwell.engine import passes, sums
from hearwell.engine.question import Asked, Question
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.estimator import Mean, Share
from hearwell.metrics.metric import Variant

ALL_OF_CALLS = tuple(
    Asked(metric, variant)
    for metric in METRICS.values()
    if metric.record.table_name == "call"
    for variant in metric.variants()
)
ALL_OF_SURVEYS = tuple(
    Asked(metric, variant)
    for metric in METRICS.values()
    if metric.record.table_name == "survey"
    for variant in metric.variants()
)


def some_calls(
    seed, count=300, wait=lambda dice: dice.choice([0.0, 3.0, 19.5, 20.0, 44.0, 300.25])
):
    dice = random.Random(seed)
    start = utc("2026-01-05 08:00")
    return calls(
        *(
            {
                "entered_at": start + timedelta(minutes=dice.randrange(60 * 24 * 20)),
                "queue": dice.choice(["billing", "support", None]),
                "team": dice.choice(["red", None]),
                "outcome": dice.choice(["answered", "answered", "abandoned", "timeout", None]),
                "wait_seconds": dice.choice([None, wait(dice), wait(dice), wait(dice)]),
                "hold_seconds": dice.choice([None, 0.0, 2.5]),
                "connected_seconds": dice.choice([None, 60.0, 181.5]),
                "wrap_up_seconds": dice.choice([None, 10.0]),
                "ended_by": dice.choice([None, "caller", "transfer"]),
            }
            for _ in range(count)
        )
    )


def some_surveys(seed, count=300):
    dice = random.Random(seed)
    return surveys(
        *(
            {
                "instrument": (instrument := dice.choice(["csat", "nps", "ces", "esat", "enps"])),
                "scale_low": 0 if "nps" in instrument else 1,
                "scale_high": 10 if "nps" in instrument else 7 if instrument == "ces" else 5,
                "answer": dice.choice([None, 1, 2, 3, 4, 5, 6]),
                "weight": dice.choice([None, 0.5, 1.0, 2.0]),
                "team": dice.choice(["red", "blue", None]),
                "status": dice.choice(["answered", "sent", "bounced", None]),
                "eligible_at": utc("2026-01-04"),
            }
            for _ in range(count)
        )
    )


@pytest.fixture
def parts_of(monkeypatch):
    """Ask a question, and give the parts of every metric as they were summed."""
    seen = []
    estimated = asking.estimated

    def overheard(parts, estimator, level, effect=None):
        seen.append(parts)
        return estimated(parts, estimator, level, effect)

    monkeypatch.setattr(asking, "estimated", overheard)

    def ask(lake, question):
        seen.clear()
        asking.ask(lake, question)
        return dict(zip(question.asked, list(seen), strict=True))

    return ask


def merged(parts):
    """All groups as one: the sums, and how many rows of each kind have each value."""
    sums = {name: amounts.sum() for name, amounts in parts.sums.items()}
    rows = {}
    for i, value in enumerate(parts.value):
        for kind, counts in parts.kinds.items():
            rows[kind, float(value)] = rows.get((kind, float(value)), 0) + counts[i]
    return sums, {key: count for key, count in rows.items() if count}


@pytest.mark.parametrize(
    ("record", "asked", "rows", "by"),
    [
        ("call", ALL_OF_CALLS, some_calls(1), ("queue", "team")),
        ("survey", ALL_OF_SURVEYS, some_surveys(1), ("team",)),
    ],
)
@pytest.mark.parametrize("grain", ["none", "day", "hour_of_week"])
def test_the_parts_of_groups_add_up_to_those_of_all_rows(
    lake, parts_of, record, asked, rows, by, grain
):
    """Sums and histograms of all groups and days, added, are those of the whole."""
    held = holding(lake, **{record: rows})
    whole = parts_of(held, Question(asked))
    split = parts_of(held, Question(asked, by=by, grain=grain))
    for each in asked:
        sums, histogram = merged(whole[each])
        split_sums, split_histogram = merged(split[each])
        assert split_sums == pytest.approx(sums), each
        assert split_histogram == histogram, each


@pytest.mark.parametrize(
    ("record", "asked", "rows"),
    [("call", ALL_OF_CALLS, some_calls(2)), ("survey", ALL_OF_SURVEYS, some_surveys(2))],
)
def test_metrics_asked_together_are_as_each_alone(lake, record, asked, rows):
    """One pass for many metrics gives each the number that it has alone."""
    held = holding(lake, **{record: rows})
    more = {"by": ("team",), "begins": "2026-01-05", "ends": "2026-01-18", "compare": "previous"}
    together = asking.ask(held, Question(asked, **more)).answers
    for found in together[:: 1 if record == "survey" else 2]:
        (alone,) = asking.ask(held, Question((found.asked,), **more)).answers
        assert_alike(found.cells("UTC", 0.95), alone.cells("UTC", 0.95))


def assert_alike(one, other):
    """The same but for the last digits, which depend on the order of a sum."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        one, other = list(one.values()), list(other.values())
    if isinstance(one, list):
        for pair in zip(one, other, strict=True):
            assert_alike(*pair)
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-9)
    else:
        assert one == other


def test_the_order_of_rows_does_not_matter(lake):
    """The same rows in another order give the same numbers, to ten digits."""
    rows = some_calls(3)
    more = {"by": ("queue",), "grain": "week"}
    shuffled = random.Random(4).sample(rows, len(rows))
    answers = [
        asking.ask(holding(lake, call=each), Question(ALL_OF_CALLS, **more)).cells()
        for each in (rows, shuffled)
    ]
    assert_alike(*answers)


def test_many_conditions_fill_more_than_one_number(lake, monkeypatch):
    """The yes-or-no answers of a row are bits of a number; when it is full another begins."""
    held = holding(lake, call=some_calls(7))
    question = Question(ALL_OF_CALLS, by=("queue",))
    usual = asking.ask(held, question).cells()
    monkeypatch.setattr(sums, "MOST_YES_NO", 3)
    assert_alike(asking.ask(held, question).cells(), usual)


def asked_of_calls(estimator):
    """Return a metric of calls that is in no catalogue."""
    usual = METRICS["wait_time"]
    made = replace(
        usual, formula=lambda call: {"one": Variant(estimator=estimator(call), meaning="one")}
    )
    return Asked(made, "one")


@pytest.mark.parametrize("kind", ["of", "among"])
def test_a_condition_may_be_a_negation(lake, kind):
    """Not abandoned, of the calls of which that is known: Ibis prints (~flag).notnull() wrongly."""
    rows = calls({"wait_seconds": 1.0}, {"wait_seconds": 50.0}, {"wait_seconds": 60.0}, {})

    def estimator(call):
        late = ~(call.wait_seconds <= 20)
        return Share(late) if kind == "of" else Share(call.outcome == "answered", among=late)

    found = asking.ask(holding(lake, call=rows), Question((asked_of_calls(estimator),))).cells()[0]
    assert (found["value"], found["n"]) == ((pytest.approx(2 / 3), 3) if kind == "of" else (1, 2))


def test_reasons_outside_a_count_do_not_hide_what_is_unknown_inside_it(lake):
    """One call goes on and one was answered after an unknown wait: each is told for itself.

    What is left over is what is missing among the rows that count. Reasons of rows that do not
    count are taken from it as well, so that nothing is left to tell.
    """
    rows = calls({"outcome": "open"}, {}, {"wait_seconds": 8.0})

    def estimator(call):
        return Mean(
            call.wait_seconds,
            among=call.outcome == "answered",
            left_out={"not over yet": call.outcome == "open"},
        )

    found = asking.ask(holding(lake, call=rows), Question((asked_of_calls(estimator),))).cells()[0]
    assert found["left_out"] == {"not over yet": 1, "not known": 1}


# --- shelves: what a histogram of many rows keeps --------------------------------------------

QUANTILES = [
    ("wait_time", "p50"),
    ("wait_time", "p90"),
    ("hold_time", "p90"),
    ("offered_wait", "p50"),
    ("on_hold_time", "p90"),
    ("average_handle_time", "p50"),
]


def whole_seconds_of_a_minute(dice):
    return float(dice.randrange(61))


@pytest.mark.parametrize(("metric", "variant"), QUANTILES)
def test_shelves_keep_whole_seconds_of_a_minute_exact(lake, monkeypatch, metric, variant):
    """Waits of whole seconds up to a minute have the same quantiles on shelves as without."""
    rows = some_calls(5, wait=whole_seconds_of_a_minute)
    for row in rows:
        row |= {"connected_seconds": row["wait_seconds"], "wrap_up_seconds": 0.0}
        row["hold_seconds"] = 0.0
    held = holding(lake, call=rows)
    exact = cell(held, metric, variant)
    monkeypatch.setattr(passes, "EXACT_ROWS", 0)
    assert_alike(cell(held, metric, variant), exact)


@pytest.mark.parametrize(("metric", "variant"), [*QUANTILES, ("offered_wait", "beyond")])
@pytest.mark.parametrize("scale", [1, 40, 1000])
def test_shelves_are_a_second_or_two_percent_wide(lake, monkeypatch, metric, variant, scale):
    """On shelves a quantile is at most a second off, or above a minute two percent."""
    rows = some_calls(6, count=500, wait=lambda dice: dice.expovariate(1 / 30) * scale)
    for row in rows:
        row["connected_seconds"] = row["wait_seconds"]
    held = holding(lake, call=rows)
    exact = cells(held, metric, variant, by=("queue",))
    monkeypatch.setattr(passes, "EXACT_ROWS", 0)
    shelved = cells(held, metric, variant, by=("queue",))
    for one, other in zip(exact, shelved, strict=True):
        assert (one["n"], one["group"], one["left_out"]) == (
            other["n"],
            other["group"],
            other["left_out"],
        )
        for side in ("value", "low", "high"):
            if variant == "beyond":
                assert other[side] == pytest.approx(one[side], abs=0.03)
            elif one[side] is not None:
                assert other[side] == pytest.approx(one[side], rel=0.02, abs=1)


def test_shelves_keep_zero_apart_and_take_negative_numbers(lake, monkeypatch):
    """A wait of zero has no logarithm, and a duration that is negative by fault has its shelf."""
    waits = [0.0, 0.0, 0.0, 0.4, -3.0, -100.0, 75.5, 75.5]
    held = holding(lake, call=calls(*({"wait_seconds": wait} for wait in waits)))
    monkeypatch.setattr(passes, "EXACT_ROWS", 0)
    assert cell(held, "wait_time", "p50")["value"] == pytest.approx(np.mean([0, 0, 0, 0.4]))
    assert cell(held, "wait_time", "mean")["value"] == pytest.approx(np.mean(waits))


@pytest.mark.parametrize("limit", [0, 8])
def test_shelves_begin_above_the_limit_of_exact_rows(lake, monkeypatch, limit):
    """Up to the limit every value is kept: 100.4 s stays 100.4 s."""
    monkeypatch.setattr(passes, "EXACT_ROWS", limit)
    waits = [100.4, 100.6] * 4
    found = cell(
        holding(lake, call=calls(*({"wait_seconds": w} for w in waits))), "wait_time", "p90"
    )
    assert found["value"] == pytest.approx(100.6 if limit else 100.5)
