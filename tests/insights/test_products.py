"""Products that do poorly: by hand, planted, and with nothing planted."""

import json

import pytest
from engine.tables import named
from insights.made import answers, filled, said

from hearwell.engine.question import Question
from hearwell.evidence.errors import NotExplained
from hearwell.insights.products.explain import products

CSAT = Question((named("customer_satisfaction"),))

MADE = answers(
    "select timestamp '2026-01-10' as answered_at, product, topic, product || topic || i as "
    "customer_id, if(i < hits, 5, 1) as answer from (values ('lamp', 'setup', 200, 180), "
    "('lamp', 'refund', 100, 90), ('radio', 'setup', 100, 90), ('radio', 'refund', 200, 60), "
    "('clock', 'setup', 40, 36), ('clock', 'refund', 40, 34)) as t(product, topic, n, hits), "
    "range(n) as r(i)"
)


def test_by_hand(lake):
    """The radio has 150 of 300 satisfied, the others 340 of 380; refunds are why."""
    found = products(filled(lake, survey=MADE), CSAT)
    (poor,) = [each for each in found.products if each.is_poor]
    assert (poor.product, poor.n, poor.people) == ("radio", 300, 300)
    assert (poor.value, poor.rest) == pytest.approx((0.5, 340 / 380))
    assert poor.gap == pytest.approx(0.5 - 340 / 380)
    assert poor.low < poor.gap < poor.high < 0
    assert poor.value < poor.shrunken < poor.rest
    first = poor.topics[0]
    assert (first.topic, first.value, first.rest) == ("refund", 0.3, pytest.approx(124 / 140))
    share = (200 / 300 + 140 / 380) / 2
    assert first.amount == pytest.approx(share * (0.3 - 124 / 140))
    (words,) = said(found.findings, "products.poor")
    assert words.startswith("product radio does worse than the others")
    json.dumps(found.as_json(), allow_nan=False)


def test_a_bad_product_is_found(company):
    """The camera, from the day on which its release was bad; nothing before."""
    begins = "2026-03-28"
    found = products(company, Question(CSAT.asked, begins=begins))
    assert next(each.product for each in found.products if each.is_poor) == "camera"


def test_nothing_planted_is_not_found(lake):
    """Six products that are alike, ten times."""
    found = 0
    for seed in range(10):
        query = answers(
            "select timestamp '2026-01-10' as answered_at, 'p' || (i % 6) as product, "
            f"'c' || i as customer_id, if(hash(i, {seed}) % 10 < 8, 5, 1) as answer "
            "from range(900) as r(i)"
        )
        found += len(products(filled(lake, survey=query), CSAT).findings)
    assert found <= 2


def test_one_product_cannot_be_compared(lake):
    """With what to do."""
    query = answers(
        "select timestamp '2026-01-10' as answered_at, 'lamp' as product, 5 as answer "
        "from range(90)"
    )
    with pytest.raises(NotExplained, match="longer period"):
        products(filled(lake, survey=query), CSAT)
