"""Buyers who buy again: drawn by hand, and by a walk over orders."""

import random
from datetime import timedelta

import pytest
from engine.tables import cell, cells, holding, utc

from hearwell.engine.derived import readable
from hearwell.metrics.facts.purchase import Purchase

DAY = timedelta(days=1)
START = utc("2026-01-01 12:00")


def order(number, day, customer="ann", **more):
    at = START + day * DAY
    return {"order_id": str(number), "customer_id": customer, "ordered_at": at} | more


LATER = order("later", 400, "zoe")  # the shop has told of orders until then


def again(lake, *orders, variant="after_first", **asked):
    found = cell(holding(lake, order=orders), "repeat_purchase_rate", variant, **asked)
    return found["value"], found["n"], found["left_out"]


def test_a_buyer_counts_once_however_often_they_buy(lake):
    """Ann buys three times, bob once: half of the buyers came back. LATER's window is open."""
    orders = order(1, 0), order(2, 10), order(3, 20), order(4, 0, "bob")
    assert again(lake, *orders, LATER) == (0.5, 2, {"window not over": 1})
    value, n, left_out = again(lake, *orders, LATER, variant="after_any")
    assert (value, n, left_out) == (0.5, 4, {"window not over": 1})


@pytest.mark.parametrize(("day", "value"), [(90, 1.0), (90 + 1e-5, 0.0)])
def test_within_ninety_days(lake, day, value):
    assert again(lake, order(1, 0), order(2, day), LATER)[0] == value


def test_only_buyers_whose_window_is_over_count(lake):
    """Of those who bought in the last 90 days only those who came back would be known."""
    orders = order(1, 0), order(2, 10), order(3, 80, "bob"), order(4, 85, "cid")
    assert again(lake, *orders) == (None, 0, {"window not over": 3})
    assert again(lake, *orders, order(5, 90, "bob")) == (1.0, 1, {"window not over": 2})


def test_cancelled_orders_are_no_purchases(lake):
    """Neither the first nor the next; but they show that the shop has told of the time."""
    orders = (
        order(1, 0, status="Canceled"),
        order(2, 1, status="delivered"),
        order(3, 2, status="unavailable"),
        order(4, 3, status="cancelled"),
        order(5, 95, "bob", status="canceled"),
    )
    assert again(lake, *orders) == (0.0, 1, {})


def test_orders_at_one_instant_are_one_purchase(lake):
    """A basket that the shop cut into two orders is not a customer who came back."""
    orders = order(1, 0), order(2, 0), LATER
    assert again(lake, *orders) == (0.0, 1, {"window not over": 1})
    assert again(lake, *orders, variant="after_any")[:2] == (0.0, 1)


def test_orders_of_nobody_are_told(lake):
    orders = order(1, 0, None), order(2, 0, None), order(3, 0), LATER
    assert again(lake, *orders) == (0.0, 1, {"customer not known": 2, "window not over": 1})


def test_a_customer_who_comes_back_to_another_shop_came_back(lake):
    """But each shop's window ends with what that shop has told."""
    web, store = {"source": "web"}, {"source": "store"}
    orders = order(1, 0, **web), order(2, 10, **store), order(3, 95, "x", **web)
    found = cells(holding(lake, order=orders), "repeat_purchase_rate", by=("source",))
    assert {c["group"]["source"]: (c["value"], c["n"]) for c in found} == {
        "web": (1.0, 1),
        "store": (None, 0),
    }


def test_a_period_is_that_of_the_first_purchase(lake):
    """Who bought first in December is not a buyer of January, who came back in it either."""
    orders = order(1, -20), order(2, 1), order(3, 0, "bob"), LATER
    january = {"begins": "2026-01-01", "ends": "2026-01-31"}
    assert again(lake, *orders, **january)[:2] == (0.0, 1)
    december = {"begins": "2025-12-01", "ends": "2025-12-31"}
    assert again(lake, *orders, **december)[:2] == (1.0, 1)


# --- by a walk over orders ---------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(25))
def test_as_walked(lake, seed):
    """One row for each purchase, with the next of the same customer."""
    draw = random.Random(seed)
    orders = [
        order(
            number,
            draw.choice([0, 1, 89, 90, 91, 200]),
            draw.choice([None, "ann", "ann", "bob", "cid"]),
            source=draw.choice("ab"),
            status=draw.choice([None, "delivered", "delivered", "Cancelled"]),
        )
        for number in range(draw.randrange(20))
    ]
    wanted = {}
    bought = [o for o in orders if o["status"] != "Cancelled"]
    for o in sorted(bought, key=lambda o: (o["source"], o["order_id"])):
        until = max(x["ordered_at"] for x in orders if x["source"] == o["source"])
        key = o["customer_id"] or (o["source"], o["order_id"]), o["ordered_at"]
        own = {x["ordered_at"] for x in bought if x["customer_id"] == o["customer_id"]}
        later = [at for at in own if at > o["ordered_at"]]
        known = o["customer_id"] is not None
        told = (min(later, default=None), o["ordered_at"] == min(own)) if known else (None, None)
        wanted.setdefault(key, (o["source"], o["order_id"], *told, until))
    held = holding(lake, order=orders)
    with readable(held, Purchase):
        found = held.connection.execute(
            "select source, order_id, next_ordered_at, is_first, known_until from purchase"
        ).fetchall()
    assert sorted(found) == sorted(wanted.values())
