"""Who leaves although satisfied: planted, not planted, by hand, and where too few left."""

import json
from datetime import datetime, timedelta

import numpy as np
import pytest
from engine.tables import holding, named
from insights.made import answers, filled

from hearwell.engine.question import Question
from hearwell.evidence.errors import NotExplained
from hearwell.evidence.outcome import outcome
from hearwell.insights.deal_breakers.explain import deal_breakers, independent
from hearwell.insights.drivers.explain import drivers

CSAT = Question((named("customer_satisfaction"),))


def told(seed, planted, size=3000):
    """Return customers with four items, of which *billing* is rarely bad, and who left.

    Billing hardly moves the overall score. Where it is planted, it makes five times as many leave.
    """
    rng = np.random.default_rng(seed)
    items = {name: np.clip(rng.normal(3.8, 0.9, size).round(), 1, 5) for name in "abc"}
    billing = np.where(rng.random(size) < 0.06, 1, 4)
    overall = sum(items.values()) / 3 + rng.normal(0, 0.4, size) - 0.05 * (billing == 1)
    overall = np.clip(overall.round(), 1, 5)
    chance = 0.03 + 0.04 * (overall <= 2)
    chance = np.where((billing == 1) & planted, 5 * chance, chance)
    left = rng.random(size) < chance
    survey = (
        "select * from (values "
        + ", ".join(
            f"('c{i}', timestamp '2026-01-10', {overall[i]}, map {{"
            + ", ".join(f"'{n}': {items[n][i]}" for n in "abc")
            + f", 'billing': {billing[i]}.0}})"
            for i in range(size)
        )
        + ") as t(customer_id, answered_at, answer, items)"
    )
    gone = ", ".join("true" if each else "false" for each in left)
    customer = (
        "select 'test' as source, timestamp '2026-06-01' as received_at, 'c' || i as customer_id, "
        "if(i = 0, timestamp '2026-04-01', timestamp '2025-01-01') as first_seen_at, "
        f"if([{gone}][i + 1], timestamp '2026-01-20', null) as left_at from range({size}) as r(i)"
    )
    return {"survey": answers(survey), "customer": customer}, overall, billing, left


def test_what_drivers_cannot_see_is_found(lake):
    """Billing is last among the drivers of the score, and the only deal-breaker."""
    rows, overall, billing, left = told(1, planted=True)
    found = deal_breakers(filled(lake, **rows), CSAT)
    (only,) = [each for each in found.suspects if each.believed]
    satisfied = overall >= 4
    bad = satisfied & (billing == 1)
    ok = satisfied & (billing == 4)
    assert only.name == "billing"
    assert (only.bad_n, only.bad_left) == (bad.sum(), left[bad].sum())
    assert (only.ok_n, only.ok_left) == (ok.sum(), left[ok].sum())
    assert only.ratio == pytest.approx(left[bad].mean() / left[ok].mean())
    assert only.more == pytest.approx(left[bad].sum() - bad.sum() * left[ok].mean())
    assert (found.people, found.left, found.not_over) == (3000, left.sum(), 0)
    assert found.findings[0].kind == "deal_breakers.found"
    json.dumps(found.as_json(), allow_nan=False)
    last = drivers(filled(lake, **rows), CSAT).drivers[-1]
    assert last.factor.name == "billing"
    assert last.share < 0.05


def test_nothing_planted_is_not_found(lake):
    """In eight companies without one, at most one is named; and it is told what would be seen."""
    named_ones = 0
    for seed in range(8):
        rows, *_ = told(100 + seed, planted=False, size=1500)
        found = deal_breakers(filled(lake, **rows), CSAT)
        named_ones += sum(each.believed for each in found.suspects)
    assert named_ones <= 1
    if found.findings[0].kind == "deal_breakers.none":
        assert found.findings[0].says.as_json()["values"]["all"]["value"] == len(found.suspects)


MOMENTS = answers(
    "select 'c' || i as customer_id, timestamp '2026-01-10' as answered_at, 5 as answer, "
    "if(i < 50, 'refund', 'other') as topic from range(400) as r(i)"
)
ROW = "select 'test' as source, timestamp '2026-06-01' as received_at, "


@pytest.mark.parametrize(
    ("after", "rows", "left"),
    [
        (
            "left",  # 20 in time, 10 too late, 10 before the answer
            {
                "customer": ROW + "'c' || i as customer_id, timestamp '2025-01-01' as "
                "first_seen_at, timestamp '2026-01-10' + to_days((case when i < 20 then 30 "
                "when i < 30 then 31 else -5 end)::int) as left_at from range(40) as r(i) "
                "union all " + ROW + "'late', timestamp '2026-05-01', null"
            },
            20,
        ),
        (
            "no_purchase",  # all but 300 bought again in time
            {
                "order": ROW + "'o' || i as order_id, 'c' || i as customer_id, timestamp "
                "'2026-01-10' + to_days(if(i < 350, 20, 40)) as ordered_at "
                "from range(50, 400) as r(i)"
            },
            100,
        ),
        (
            "contact",  # about a complaint, in time
            {
                "case": ROW + "'k' || i as case_id, 'c' || i as customer_id, if(i % 2 = 0, "
                "'complaint', 'other') as topic, timestamp '2026-01-10' + to_days(if(i < 60, 3, "
                "60)) as opened_at from range(120) as r(i)"
            },
            30,
        ),
    ],
)
def test_what_counts_after_an_answer(lake, after, rows, left):
    """Within 30 days, and not before; of contacts only complaints."""
    found = deal_breakers(filled(lake, survey=MOMENTS, **rows), CSAT, after, topics=("complaint",))
    assert (found.people, found.left) == (400, left)


def plans(dice, rows):
    """Return changes of a few subscriptions, with gaps in what is known of them."""
    return [
        {
            "source": str(dice.choice(["a", "b"])),
            "subscription_id": f"s{dice.integers(4)}",
            "changed_at": datetime(2026, 1, 1) + timedelta(hours=int(hour)),
            "customer_id": dice.choice(["c1", "c2", None]),
            "plan": dice.choice(["small", "middle", "large", None]),
            "monthly_price": dice.choice([10, 20, 30, None]),
            "currency": dice.choice(["EUR", "EUR", "USD", None]),
        }
        for hour in dice.permutation(1000)[:rows]
    ]


@pytest.mark.parametrize("seed", range(4))
def test_a_smaller_plan_is_another_at_a_lower_price(lake, seed):
    """Counted row by row: each change against the one before it of the same subscription."""
    rows = plans(np.random.default_rng(seed), 600)
    before, expected = {}, []
    for row in sorted(rows, key=lambda row: row["changed_at"]):
        held = before.get((row["source"], row["subscription_id"]))
        before[row["source"], row["subscription_id"]] = row
        names = ("plan", "monthly_price")
        known = held and not any(each[name] is None for each in (held, row) for name in names)
        if not known or row["customer_id"] is None or row["plan"] == held["plan"]:
            continue
        if row["currency"] == held["currency"] and row["monthly_price"] < held["monthly_price"]:
            expected.append((row["customer_id"], row["changed_at"]))
    asked = holding(lake, plan_change=rows)
    found = asked.connection.execute(outcome("downgrade").moments).fetchall()
    assert sorted(found) == sorted(expected)
    assert expected


def test_who_has_no_plan_cannot_take_a_smaller_one(lake):
    """400 answered: 90 had a plan by then, and 20 of them took a smaller one in time."""
    had = ROW + (
        "'s' || i as subscription_id, 'c' || i as customer_id, 'large' as plan, 30 as "
        "monthly_price, timestamp '2026-01-10' + to_days(if(i < 90, -5, 1)) as changed_at "
        "from range(100) as r(i)"
    )
    took = ROW + (
        "'s' || i, 'c' || i, 'small', 10, timestamp '2026-01-10' + to_days(case when i < 20 "
        "then 30 when i < 30 then 31 else -1 end::int) from range(40) as r(i)"
    )
    told_to = ROW + "'last', null, 'large', 30, timestamp '2026-05-01'"
    rows = f"{had} union all {took} union all {told_to}"
    found = deal_breakers(filled(lake, survey=MOMENTS, plan_change=rows), CSAT, "downgrade")
    assert (found.people, found.left) == (90, 20)
    assert "smaller plan" in outcome("downgrade").says


def test_windows_that_are_not_over_are_left_out(lake):
    """Nobody knows yet; and of nobody there is nothing to tell."""
    customer = ROW + "'c1' as customer_id, timestamp '2026-01-20' as first_seen_at, null as left_at"
    with pytest.raises(NotExplained, match="400 are still within it"):
        deal_breakers(filled(lake, survey=MOMENTS, customer=customer), CSAT)
    with pytest.raises(NotExplained, match="CSAT, NPS or CES"):
        deal_breakers(filled(lake), Question((named("service_level"),)))


def test_columns_that_are_sums_of_others():
    """The last of a complete set of groups, and one that is there twice."""
    group = np.eye(3)[[0, 1, 2, 0, 1, 2]]
    columns = np.column_stack([np.ones(6), group, [1, 0, 0, 0, 0, 1], group[:, 0]])
    assert independent(columns) == [0, 1, 2, 4]


def test_a_planted_topic_is_found(company):
    """Refunds make customers of the simulation leave."""
    found = deal_breakers(company, Question(CSAT.asked, begins="2026-03-28"))
    assert "topic=refund" in [each.name for each in found.suspects[:2]]
