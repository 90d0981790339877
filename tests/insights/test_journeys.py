"""A customer's turn is found where it was planted; what comes before turns is, and nothing else."""

import json
from datetime import datetime, timedelta

import numpy as np
import pytest
from engine.tables import holding, utc
from numpy.testing import assert_allclose

from hearwell.engine.errors import BadQuestion, NotByTeam
from hearwell.engine.period import Period
from hearwell.insights.journeys.before_turn import before_turns
from hearwell.insights.journeys.paths import Path, Stage, funnel, paths_to
from hearwell.insights.journeys.person import journey, turning
from hearwell.insights.journeys.told import journeys
from hearwell.stats.turning import followed

YEAR = Period(utc("2026-01-01"), utc("2027-01-01"))
START = datetime(2026, 1, 5, 12)


def answer(who, day, signal, number=0):
    at = START + timedelta(days=day)
    return {
        "survey_id": f"{who} {day} {number}", "customer_id": who, "instrument": "csat",
        "status": "answered", "sent_at": at, "answered_at": at, "answer": 1 + 4 * signal,
        "scale_low": 1.0, "scale_high": 5.0, "channel": "email",
    }  # fmt: skip


def order(who, day, late):
    at = START + timedelta(days=day)
    return {
        "order_id": f"{who} {day}", "customer_id": who, "ordered_at": at - timedelta(days=9),
        "promised_at": at + timedelta(days=-1 if late else 1), "delivered_at": at,
    }  # fmt: skip


def test_followed_by_hand():
    residual = np.array([0.1, 0.1, 0.1, -0.9, -0.9])
    found = followed(residual, within=0.09, between=0.03, drop=0.2)
    assert np.isnan(found.chance[:3]).all()
    # After the fifth: two before, three recent ones with weights 0.49, 0.7 and 1.
    weight = np.array([0.49, 0.7, 1]) / 2.19
    trust = 0.03 / (0.03 + 0.09 / 2)
    assert_allclose(found.usual[4], trust * 0.1)
    assert_allclose(found.recent[4], weight @ [0.1, -0.9, -0.9])
    error = np.sqrt(0.09 * (weight**2).sum() + trust * 0.09 / 2)
    from statistics import NormalDist  # noqa: PLC0415

    score = (found.usual[4] - found.recent[4] - 0.2) / error
    assert_allclose(found.chance[4], NormalDist().cdf(score))


@pytest.mark.parametrize(("bad", "least", "most"), [(0.1, 0, 0.1), (0.8, 0.85, 1)])
def test_how_often_a_turn_is_found(bad, least, most):
    rng = np.random.default_rng(1)
    found = 0
    for _ in range(150):
        share = np.where(np.arange(12) < 6, 0.1, bad)
        values = (rng.random(12) > share).astype(float)
        chance = followed(values - 0.9, 0.09, 0.01, 0.2).chance
        found += turning(values, chance) is not None
    assert least <= found / 150 <= most


def company():
    """Of 40 customers half turn after a late delivery; all of them have other touches too."""
    surveys, orders = [], []
    for i in range(40):
        who, turns = f"c{i:02}", i % 2 == 0
        surveys += [answer(who, day, 1.0) for day in (0, 20, 40, 60)]
        surveys += [answer(who, 100 + k, 0.0 if turns else 1.0) for k in (0, 20, 40)]
        late = turns if i % 8 > 1 else not turns  # not always
        orders += [order(who, 30, late=False), order(who, 95, late=late)]
    return {"survey": surveys, "order": orders}


def test_one_customers_time_line_and_turn(lake):
    asked = holding(lake, **company())
    found = journey(asked, "c02")
    kinds = [each.kind for each in found.touches]
    assert kinds == [
        "survey_answer", "survey_answer", "order", "delivery", "survey_answer", "survey_answer",
        "order", "delivery", "survey_answer", "survey_answer", "survey_answer",
    ]  # fmt: skip
    assert found.touches[found.turned].at == START + timedelta(days=95)
    assert found.just_before == [6]
    assert journey(asked, "c03").turned is None
    assert json.loads(json.dumps(found.as_json())) == found.as_json()
    with pytest.raises(BadQuestion, match="Nothing is known"):
        journey(asked, "nobody")


def test_a_customer_is_known_by_the_identifier_of_the_source(lake):
    key = lake.identity_key
    from hearwell.lake.identity import hashed  # noqa: PLC0415

    query = f"select {hashed('$1', key)}"
    ((kept,),) = lake.connection.execute(query, ["ann@example.org"]).fetchall()
    asked = holding(lake, survey=[answer(kept, day, 1.0) for day in range(3)])
    assert len(journey(asked, " Ann@Example.org").touches) == 3


def test_what_comes_before_turns(lake):
    found = before_turns(holding(lake, **company()), YEAR, None, 0.95)
    # Of each customer who turns one answer: the one after the last good one.
    assert found.turned == 20
    assert found.stayed == 40 * 3 + 20 * 3
    (first, *others) = found.found
    assert (first.kind, first.what) == ("delivery", "bad")
    assert (first.turned, first.stayed, first.people) == (15 / 20, 5 / 180, 15)
    assert first.ratio > first.low > 1
    assert others == []


def test_where_nothing_comes_before_turns_nothing_is_found(lake):
    rng = np.random.default_rng(3)
    surveys, orders = [], []
    for i in range(120):
        who = f"c{i}"
        surveys += [answer(who, 0, 1.0), answer(who, 30, float(rng.random() > 0.4))]
        orders.append(order(who, 25, late=bool(rng.random() < 0.5)))
    asked = holding(lake, survey=surveys, order=orders)
    assert before_turns(asked, YEAR, None, 0.95).found == []
    told = journeys(asked, YEAR, stages=("order", "delivery")).as_json()
    assert told["findings"][0]["kind"] == "journeys.none"


def touches():
    """Return what three customers did: searching, reading, then asking."""
    views, searches, cases = [], [], []
    for who, day, kinds in (("a", 0, "srrc"), ("b", 1, "src"), ("c", 2, "rc"), ("d", 3, "s")):
        for place, kind in enumerate(kinds):
            at = START + timedelta(days=day, hours=place)
            if kind == "s":
                searches.append({"search_id": f"{who}{place}", "at": at, "visitor_id": who})
            elif kind == "r":
                views.append({
                    "view_id": f"{who}{place}", "opened_at": at, "visitor_id": who,
                    "customer_id": who,
                })  # fmt: skip
            else:
                cases.append({
                    "case_id": f"{who}{place}", "customer_id": who, "opened_at": at,
                    "opened_by_kind": "customer", "channel": "email",
                })  # fmt: skip
    return {"article_view": views, "search": searches, "case": cases}


def test_ways_and_funnels_by_hand(lake):
    asked = holding(lake, **touches())
    assert paths_to(asked, "contact", YEAR) == [
        Path(("search", "article_view", "contact"), 2, 2),
        Path(("article_view", "contact"), 1, 1),
    ]
    stages = ("search", "article_view", "contact")
    told = [Stage("search", 2), Stage("article_view", 2), Stage("contact", 2)]
    assert funnel(asked, stages, YEAR, 7) == told
    soon = [Stage("search", 2), Stage("article_view", 2), Stage("contact", 1)]
    assert funnel(asked, stages, YEAR, 1.5 / 24) == soon
    with pytest.raises(BadQuestion, match="two stages"):
        funnel(asked, ("search",), YEAR, 7)
    with pytest.raises(BadQuestion, match="no touches of the kind"):
        paths_to(asked, "visit", YEAR)


def test_who_may_see_some_teams_only_is_refused(lake):
    asked = holding(lake, **company())
    for ask in (
        lambda: journey(asked, "c02", ("a",)),
        lambda: before_turns(asked, YEAR, ("a",), 0.95),
        lambda: paths_to(asked, "contact", YEAR, ()),
        lambda: funnel(asked, ("search", "contact"), YEAR, 7, ("a",)),
    ):
        with pytest.raises(NotByTeam):
            ask()
