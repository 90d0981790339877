"""Numbers that can be compared: cohorts, the same mix of cases, ranks, families of verdicts."""

import pytest
from engine.tables import calls, cell, cells, holding, named, surveys, utc

from hearwell.engine.ask import ask
from hearwell.engine.errors import BadQuestion
from hearwell.engine.question import Question
from hearwell.settings import Settings

MONTHS = {"begins": "2026-02-01", "ends": "2026-02-28", "compare": "previous"}


def answers_of(customer, count, answer=5, at="2026-02-05"):
    return [
        {"customer_id": customer, "answer": answer, "answered_at": utc(at)} for _ in range(count)
    ]


def bought(customer, at, product="shoes"):
    return {
        "order_id": f"{customer}{at}",
        "customer_id": customer,
        "ordered_at": utc(at),
        "product": product,
    }


ORDERS = [
    bought("may", "2025-05-31 23:00"),  # in London it is June
    bought("may", "2025-08-01", "hat"),
    bought("april", "2025-04-02"),
    bought("april", "2025-05-20", "hat"),  # bought in May, but not first
    bought("june", "2025-06-02", "hat"),
]
CUSTOMERS = [
    {"customer_id": "april", "first_seen_at": utc("2025-04-01")},
    {"customer_id": "june", "first_seen_at": utc("2025-05-15")},
]


@pytest.mark.parametrize(
    ("where", "n"),
    [
        ([("cohort.first_bought", "2025-05")], 10),
        ([("cohort.first_bought", "2025-05"), ("cohort.first_bought", "2025-04-02")], 25),
        ([("cohort.first_bought", "2025")], 45),
        ([("cohort.bought", "hat")], 45),
        ([("cohort.bought", "shoes")], 25),
        ([("cohort.first_seen", "2025-05")], 20),
        ([("cohort.bought", "hat"), ("cohort.first_seen", "2025-04")], 15),
    ],
)
def test_a_cohort_is_told_by_orders_and_customers(lake, where, n):
    """Who first bought in a month, who ever bought a product, who came in a month."""
    rows = surveys(
        *answers_of("may", 10),
        *answers_of("april", 15),
        *answers_of("june", 20),
        *answers_of(None, 25),
    )
    held = holding(lake, survey=rows, order=ORDERS, customer=CUSTOMERS)
    assert cell(held, "customer_satisfaction", where=tuple(where))["n"] == n


def test_a_cohort_goes_by_the_clock_of_the_organisation(lake):
    """23:00 in UTC on 31 May is June in London."""
    held = holding(
        lake, Settings(zone="Europe/London"), survey=surveys(*answers_of("may", 10)), order=ORDERS
    )
    where = (("cohort.first_bought", "2025-06"),)
    assert cell(held, "customer_satisfaction", where=where)["n"] == 10


def test_the_same_customers_then_and_now(lake):
    """Only those who answered in both periods are held against themselves."""
    rows = surveys(
        *answers_of("both", 40),
        *answers_of("both", 40, answer=1, at="2026-01-05"),
        *answers_of("new", 40, answer=1),
        *answers_of("gone", 40, at="2026-01-05"),
    )
    held = holding(lake, survey=rows)
    whole = cell(held, "customer_satisfaction", **MONTHS)
    assert (whole["value"], whole["compared"]["value"]) == (0.5, 0.5)
    same = cell(held, "customer_satisfaction", **MONTHS, where=(("cohort.same", "yes"),))
    assert (same["value"], same["n"], same["compared"]["value"]) == (1.0, 40, 0.0)


def test_a_cohort_that_makes_no_sense_is_refused(lake):
    """A table without customers, a cohort nobody knows, a month that is none, one period only."""
    with pytest.raises(BadQuestion, match="does not know customers"):
        Question((named("searches_without_result"),), where=(("cohort.bought", "hat"),))
    with pytest.raises(BadQuestion, match=r"no cohort\.married"):
        Question((named("wait_time"),), where=(("cohort.married", "yes"),))
    for value in ("May", "2025-5", "2025-05-06-07"):
        where = (("cohort.first_bought", value),)
        held = holding(lake, survey=surveys())
        with pytest.raises(BadQuestion, match="no year, month or day"):
            cells(held, "customer_satisfaction", where=where)
    held = holding(lake, survey=surveys())
    with pytest.raises(BadQuestion, match="needs two periods"):
        cells(held, "customer_satisfaction", where=(("cohort.same", "yes"),))


# --- the same mix ----------------------------------------------------------------------------


def test_a_changed_mix_changes_nothing_where_it_is_held_constant(lake):
    """Both queues are as they were, but more callers come to the slow one (by hand).

    Before: 80 calls of 10 s and 20 of 60 s make 20 s. Now: 20 and 80 make 50 s. With the mix of
    before it is 20 s again.
    """
    held = holding(
        lake,
        call=calls(
            *spread("fast", 10, 80, "2026-01-05"),
            *spread("slow", 60, 20, "2026-01-06"),
            *spread("fast", 10, 20, "2026-02-05"),
            *spread("slow", 60, 80, "2026-02-06"),
        ),
    )
    plain = cell(held, "wait_time", "mean", **MONTHS)
    assert (plain["value"], plain["compared"]["value"]) == (50, 20)
    assert plain["compared"]["verdict"] == "worse"
    same = cell(held, "wait_time", "mean", **MONTHS, standardise=("queue",))
    assert (same["value"], same["compared"]["value"]) == (pytest.approx(20), pytest.approx(20))
    assert same["compared"]["verdict"] == "no evidence"
    assert same["n"] == 100


def spread(queue, middle, count, at):
    """Calls of a queue around a mean: half of them a second below, half above."""
    return [
        {
            "queue": queue,
            "outcome": "answered",
            "wait_seconds": middle + (1 if i % 2 else -1),
            "entered_at": utc(at),
        }
        for i in range(count)
    ]


def test_kinds_that_are_not_in_both_periods_are_left_out_and_told(lake):
    """A new queue has nothing to be held against: its calls are counted as left out."""
    held = holding(
        lake,
        call=calls(
            *spread("fast", 10, 40, "2026-01-05"),
            *spread("gone", 90, 40, "2026-01-05"),
            *spread("fast", 12, 40, "2026-02-05"),
            *spread("new", 500, 30, "2026-02-05"),
        ),
    )
    found = cell(held, "wait_time", "mean", **MONTHS, standardise=("queue",))
    assert (found["value"], found["n"]) == (pytest.approx(12), 40)
    assert found["compared"]["value"] == pytest.approx(10)
    assert found["left_out"]["kinds of cases that are not in both periods"] == 30


def test_an_interval_of_a_standardised_value_by_hand(lake):
    """Weights 0.8 and 0.2: the errors of the two queues add in squares."""
    held = holding(
        lake,
        call=calls(
            *spread("fast", 10, 80, "2026-01-05"),
            *spread("slow", 60, 20, "2026-01-06"),
            *spread("fast", 10, 20, "2026-02-05"),
            *spread("slow", 60, 80, "2026-02-06"),
        ),
    )
    fast, slow = (
        cell(held, "wait_time", "mean", begins="2026-02-01", where=(("queue", name),))
        for name in ("fast", "slow")
    )
    found = cell(held, "wait_time", "mean", **MONTHS, standardise=("queue",))
    reach = (
        (0.8 * (fast["value"] - fast["low"])) ** 2 + (0.2 * (slow["value"] - slow["low"])) ** 2
    ) ** 0.5
    assert found["low"] == pytest.approx(20 - reach)
    assert found["high"] == pytest.approx(20 + reach)


def test_what_cannot_be_standardised_is_refused():
    with pytest.raises(BadQuestion, match="no standardised value"):
        Question((named("wait_time", "p50"),), **MONTHS, standardise=("queue",))
    with pytest.raises(BadQuestion, match="add --compare"):
        Question((named("wait_time", "mean"),), standardise=("queue",))


# --- ranks and families ----------------------------------------------------------------------


def test_a_rank_goes_by_the_shrunken_value(lake):
    """Thirty of thirty is better than 970 of 1,000 only if one does not ask how sure that is.

    `lucky` comes first by its value; drawn to the mean of all it is behind `steady`. Three calls
    are too few for a rank.
    """
    many = [("steady", 970, 1000), ("poor", 500, 1000), ("middling", 700, 1000), ("lucky", 30, 30)]
    rows = [
        {"queue": name, "outcome": "answered" if i < good else "abandoned", "wait_seconds": 5.0}
        for name, good, n in [*many, ("tiny", 3, 3)]
        for i in range(n)
    ]
    found = {
        each["group"]["queue"]: each
        for each in cells(holding(lake, call=calls(*rows)), "service_level", "SL3", by=("queue",))
    }
    assert found["lucky"]["value"] > found["steady"]["value"]
    assert found["lucky"]["shrunken"] < found["lucky"]["value"]
    ranks = {name: each["rank"] for name, each in found.items()}
    assert ranks == {"steady": 1, "lucky": 2, "middling": 3, "poor": 4, "tiny": None}


def test_what_belongs_to_no_group_has_no_rank(lake):
    """Calls of no known queue are no team that could be first."""
    rows = [
        {"queue": queue, "outcome": "answered" if i % 3 else "abandoned", "wait_seconds": 5.0}
        for queue in ("a", "b", None)
        for i in range(60)
    ]
    found = cells(holding(lake, call=calls(*rows)), "service_level", "SL3", by=("queue",))
    assert {each["group"]["queue"]: each["rank"] for each in found} == {"a": 1, "b": 2, None: None}


def test_groups_are_ranked_within_their_own_time(lake):
    """Each week has its own first."""
    rows = [
        {"queue": name, "wait_seconds": wait + i % 3, "outcome": "answered", "entered_at": utc(day)}
        for name, wait, day in [
            ("a", 5.0, "2026-01-05"),
            ("b", 9.0, "2026-01-05"),
            ("a", 30.0, "2026-01-12"),
            ("b", 9.0, "2026-01-12"),
        ]
        for i in range(40)
    ]
    found = cells(
        holding(lake, call=calls(*rows)), "wait_time", "mean", by=("queue",), grain="week"
    )
    ranks = {(each["group"]["queue"], each["period"]["from"][:10]): each["rank"] for each in found}
    assert ranks == {
        ("a", "2026-01-05"): 1,
        ("b", "2026-01-05"): 2,
        ("a", "2026-01-12"): 2,
        ("b", "2026-01-12"): 1,
    }


def test_one_of_many_verdicts_must_be_surer(lake):
    """A change with p just below 0.05 is a verdict alone, and none among forty without a change."""

    def month(queue, good, at):
        return [
            {
                "queue": queue,
                "outcome": "answered" if i < good else "abandoned",
                "wait_seconds": 5.0,
                "entered_at": utc(at),
            }
            for i in range(100)
        ]

    rows = [*month("q", 60, "2026-01-05"), *month("q", 74, "2026-02-05")]
    for i in range(40):
        rows += [*month(f"same{i}", 60, "2026-01-05"), *month(f"same{i}", 60, "2026-02-05")]
    held = holding(lake, call=calls(*rows))
    alone = cell(held, "service_level", "SL3", **MONTHS, where=(("queue", "q"),))
    assert alone["compared"]["verdict"] == "better"
    among = {
        each["group"]["queue"]: each
        for each in cells(held, "service_level", "SL3", **MONTHS, by=("queue",))
    }
    assert among["q"]["compared"]["low"] > 0
    assert among["q"]["compared"]["verdict"] == "no evidence"


def test_metrics_asked_together_are_one_family(lake):
    """A verdict among many metrics that did not change must be surer than alone."""
    rows = [
        {"wait_seconds": 10 + i % 7 + more, "hold_seconds": float(i % 7), "entered_at": utc(at)}
        for more, at in ((0, "2026-01-05"), (0.75, "2026-02-05"))
        for i in range(60)
    ]
    held = holding(lake, call=calls(*rows))
    first = named("wait_time", "mean")
    others = (named("on_hold_time", "mean"), named("on_hold_time", "held"), named("patience"))
    alone = ask(held, Question((first,), **MONTHS)).answers[0].compared
    among = ask(held, Question((first, *others), **MONTHS)).answers[0].compared
    assert 0.0125 < alone.p[0] < 0.05
    assert alone.p == among.p
    assert (alone.verdict[0], among.verdict[0]) == ("worse", "no evidence")
