"""What customers buy, and the baskets that they leave: satisfaction decides who comes again."""

import numpy as np

from hearwell.simulator.column import (
    NOBODY,
    Array,
    Cents,
    Counts,
    Identifiers,
    Instants,
    People,
    Table,
    Words,
)
from hearwell.simulator.company import DAY, PRODUCTS, Company
from hearwell.simulator.customers import PLACES, Customers
from hearwell.simulator.matters import Matters, hours_of
from hearwell.simulator.orders import Orders
from hearwell.simulator.outcomes import Outcomes

LEFT_CARTS = 0.68
"""Part of the baskets that are not ordered."""

STEPS = ("basket", "address", "payment")
STATUSES = ("delivered", "shipped")
USUAL_SATISFACTION = 4.3
BUYS_AGAIN = 0.22
"""By how much more likely an order is for each point of satisfaction."""


def placed(
    company: Company, customers: Customers, orders: Orders, matters: Matters, found: Outcomes
) -> Array:
    """Return the orders that were placed: by customers still there and still willing.

    How willing depends on the last matter that was over before the order.
    """
    rng = company.generator("placed orders")
    satisfaction = latest(
        matters.customer, found.ends_at, found.satisfaction, orders.customer, orders.ordered_at
    )
    willing = np.clip(BUYS_AGAIN * satisfaction, 0.15, 1.0)
    asked_about = np.zeros(len(orders.ordered_at), dtype=bool)
    asked_about[matters.order[matters.order >= 0]] = True
    here = ~(orders.ordered_at >= customers.left_at[orders.customer])
    return np.nonzero(here & (asked_about | (rng.random(len(here)) < willing)))[0]


def latest(who: Array, at: Array, value: Array, asks: Array, moment: Array) -> Array:
    """Return each person's last value before a moment; the usual one where there is none."""
    order = np.lexsort((at, who))
    spans = float(max(at.max(initial=0.0), moment.max(initial=0.0))) + 1.0
    keys = who[order] * spans + at[order]
    place = np.searchsorted(keys, asks * spans + np.maximum(moment, 0.0)) - 1
    there = np.maximum(place, 0)
    if not len(order):
        return np.full(len(asks), USUAL_SATISFACTION)
    known = (place >= 0) & (who[order][there] == asks)
    return np.where(known, value[order][there], USUAL_SATISFACTION)


def order_table(company: Company, customers: Customers, orders: Orders, rows: Array) -> Table:
    customer = orders.customer[rows]
    delivered = orders.delivered_at[rows]
    is_here = delivered < company.end
    return {
        "order_id": Identifiers("order-", rows),
        "customer_id": People("customer-", customer),
        "ordered_at": Instants(orders.ordered_at[rows]),
        "promised_at": Instants(orders.promised_at[rows]),
        "delivered_at": Instants(np.where(is_here, delivered, np.nan)),
        "status": Words(np.where(is_here, 0, 1), STATUSES),
        "product": Words(orders.product[rows], PRODUCTS),
        "value": Cents(orders.value_cents[rows]),
        "currency": Words(customers.place[customer], [place.currency for place in PLACES]),
    }


def cart_table(company: Company, customers: Customers, orders: Orders, rows: Array) -> Table:
    """Return the baskets: one for each order, and those that were left."""
    rng = company.generator("carts")
    bought = len(rows)
    left = int(rng.poisson(bought * LEFT_CARTS / (1 - LEFT_CARTS)))
    size = bought + left
    customer = np.concatenate([orders.customer[rows], rng.integers(0, company.size, left)])
    ordered = np.concatenate([orders.ordered_at[rows], np.full(left, np.nan)])
    began = rng.integers(0, company.days, left) * DAY + hours_of(rng, left)
    took = 30.0 + rng.exponential(900.0, size)
    created = np.concatenate([orders.ordered_at[rows] - took[:bought], began])
    changed = np.minimum(created + took * rng.random(size), company.end - 1.0)
    known = (np.arange(size) < bought) | (rng.random(size) < 0.5)
    known &= customers.first_seen_at[customer] <= np.fmax(ordered, created)
    known &= ~(created >= customers.left_at[customer])
    dearer = orders.value_cents.mean() if len(orders.value_cents) else 0.0
    guessed = np.rint(dearer * rng.lognormal(-0.3, 0.6, left)).astype(np.int64)
    return {
        "cart_id": Identifiers("cart-", np.arange(size)),
        "visitor_id": People(
            "visitor-", np.where(known, customer, 10 * company.size + np.arange(size))
        ),
        "customer_id": People("customer-", np.where(known, customer, NOBODY)),
        "created_at": Instants(created),
        "last_changed_at": Instants(changed),
        "items": Counts(rng.geometric(0.6, size)),
        "value": Cents(np.concatenate([orders.value_cents[rows], guessed])),
        "currency": Words(customers.place[customer], [place.currency for place in PLACES]),
        "step": Words(
            np.where(np.arange(size) < bought, 2, rng.choice(3, size, p=[0.6, 0.25, 0.15])), STEPS
        ),
        "order_id": Identifiers("order-", np.concatenate([rows, np.full(left, NOBODY)])),
        "ordered_at": Instants(ordered),
    }
