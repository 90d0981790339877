"""What drives a number: against an oracle, with gaps, with something planted and with nothing."""

import json

import numpy as np
import pandas as pd
import pytest
from engine.tables import named
from insights.made import answers, filled
from scipy.stats import norm

from hearwell.engine.question import Question
from hearwell.evidence.errors import NotExplained
from hearwell.insights.drivers.explain import drivers
from hearwell.stats.drivers import lmg

CSAT = Question((named("customer_satisfaction", "mean"),))
ITEMS = ("food", "signs", "shops")


def questionnaire(seed, gaps=0.0):
    """Return 600 answers with three items, as a table and as a query."""
    rng = np.random.default_rng(seed)
    food, signs, shops = (np.clip(rng.normal(3.5, 1, 600).round(), 1, 5) for _ in ITEMS)
    signs = np.clip((food + signs) // 2, 1, 5)
    overall = np.clip((0.6 * food + 0.4 * signs + rng.normal(0, 0.7, 600)).round(), 1, 5)
    table = pd.DataFrame({"food": food, "signs": signs, "shops": shops, "answer": overall})
    for name in ITEMS:
        table.loc[rng.random(600) < gaps, name] = np.nan
    rows = []
    for i, row in enumerate(table.to_dict("records")):
        known = [f"'{name}': {row[name]}" for name in ITEMS if row[name] == row[name]]
        kept = f"map {{{', '.join(known)}}}" if known else "null::map(varchar, double)"
        rows.append(f"(timestamp '2026-02-10', {row['answer']}, {kept}, 'c{i}')")
    query = (
        f"select * from (values {', '.join(rows)}) as t(answered_at, answer, items, customer_id)"
    )
    return table, answers(query)


@pytest.mark.parametrize(("gaps", "way"), [(0.0, "listwise"), (0.2, "pairwise")])
def test_items_of_a_questionnaire(lake, gaps, way):
    """The shares are those of the correlations that pandas makes, of all pairs that are known."""
    table, query = questionnaire(1, gaps)
    found = drivers(filled(lake, survey=query), CSAT)
    assert found.way == way
    correlation = table.corr().to_numpy()
    expected = lmg(correlation[:3, :3], correlation[:3, 3], [[0], [1], [2]])
    got = {each.factor.name: each for each in found.drivers}
    assert [got[name].explains for name in ITEMS] == pytest.approx(list(expected))
    assert [got[name].correlation for name in ITEMS] == pytest.approx(list(correlation[:3, 3]))
    assert [got[name].known for name in ITEMS] == pytest.approx(
        list(table[list(ITEMS)].notna().mean())
    )
    bad = table[table.food <= 2].answer
    usual, good = table[table.food == 3].answer, table[table.food >= 4].answer
    assert (got["food"].bad.value, got["food"].bad.n) == (pytest.approx(bad.mean()), len(bad))
    assert got["food"].penalty == pytest.approx(bad.mean() - usual.mean())
    assert got["food"].reward == pytest.approx(good.mean() - usual.mean())
    json.dumps(found.as_json(), allow_nan=False)


def test_what_drives_nothing_is_not_named(lake):
    """Food comes first in most draws; shops, which have nothing to do with it, are not believed."""
    _, query = questionnaire(2)
    found = drivers(filled(lake, survey=query), CSAT)
    assert found.drivers[0].factor.name == "food"
    assert found.drivers[0].first > 0.9
    assert [each.factor.name for each in found.drivers if not each.believed] == ["shops"]
    first = found.findings[0]
    assert first.kind == "drivers.first"
    assert first.says.as_json()["values"]["factor"] == {"kind": "word", "value": "food"}


def test_intervals_are_as_wide_as_chance(lake):
    """The interval of a share of R² covers what 40 other samples of the same people show."""
    shares = []
    for seed in range(40):
        correlation = questionnaire(100 + seed)[0].corr().to_numpy()
        shares.append(lmg(correlation[:3, :3], correlation[:3, 3], [[0], [1], [2]])[0])
    found = drivers(filled(lake, survey=questionnaire(3)[1]), CSAT).drivers[0]
    spread = 2 * norm.ppf(0.975) * np.std(shares)
    assert found.high - found.low == pytest.approx(spread, rel=0.35)


def test_late_is_what_had_not_come_when_it_was_due(lake):
    """Each order by hand: late, in time, answered before it was due, and never delivered."""
    orders = (
        "select 'test' as source, timestamp '2026-06-01' as received_at, i::varchar as order_id, "
        "'c' || i as customer_id, timestamp '2026-01-01' as ordered_at, "
        "timestamp '2026-01-10' as promised_at, case when i % 8 < 3 then timestamp '2026-01-15' "
        "when i % 8 < 7 then timestamp '2026-01-08' end as delivered_at from range(800) as r(i)"
    )
    query = answers(
        "select i::varchar as order_id, 'c' || i as customer_id, "
        "timestamp '2026-01-01' + to_days(if(i % 8 = 2, 5, 12)) as answered_at, "
        "if(i % 8 < 2, 1 + i % 5, 3 + i % 3) as answer from range(800) as r(i)"
    )
    found = drivers(filled(lake, survey=query, order=orders), CSAT)
    by_name = {each.factor.name: each for each in found.drivers}
    late = by_name["late_delivery"]
    assert (late.bad.n, late.good.n) == (200, 400)
    assert late.known == pytest.approx(600 / 800)
    of_late = [1 + i % 5 for i in range(800) if i % 8 < 2]
    of_others = [3 + i % 3 for i in range(800) if 3 <= i % 8 < 7]
    assert late.bad.value == pytest.approx(np.mean(of_late))
    assert late.good.value == pytest.approx(np.mean(of_others))
    assert by_name["delivery_time"].known == pytest.approx(700 / 800)


def test_what_happened_to_customers(company):
    """Agents and time are the law of the simulation; articles are not."""
    care = Question((named("customer_satisfaction"),), where=(("programme", "care"),))
    names = [each.factor.name for each in drivers(company, care).drivers]
    assert names.index("agents") < names.index("channel")
    assert names.index("time_to_resolution") < names.index("article_read_before")


def test_groups_alone(company):
    """Of a number that is no answer: its dimensions; named ones only, if they are named."""
    handle = Question((named("average_handle_time", "without_wrap_up"),))
    found = drivers(company, handle, ("queue", "topic"))
    assert {each.factor.name for each in found.drivers} == {"queue", "topic"}


def test_too_little_is_refused(lake):
    """With what to bring in."""
    query = answers("select timestamp '2026-02-10' as answered_at, 4 as answer from range(50)")
    with pytest.raises(NotExplained, match="--factor"):
        drivers(filled(lake, survey=query), CSAT)
