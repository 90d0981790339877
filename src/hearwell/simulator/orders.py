"""What customers mean to buy, and how it is delivered."""

from dataclasses import dataclass

import numpy as np

from hearwell.simulator.column import Array, pick
from hearwell.simulator.company import (
    DAY,
    DAYS_OF_A_YEAR,
    HOUR,
    PRODUCT_WEIGHTS,
    Company,
)
from hearwell.simulator.customers import RATE_OF_PLACE, Customers

ORDERS_PER_CUSTOMER_YEAR = 1.8
PRICES = np.array([35.0, 120.0, 150.0, 180.0, 90.0, 140.0])
PROMISED_DAYS = 4.0


@dataclass(frozen=True)
class Orders:
    """Orders as meant; those of customers who left or lost heart by then are not placed."""

    customer: Array
    product: Array
    ordered_at: Array
    promised_at: Array
    delivered_at: Array
    value_cents: Array

    @property
    def is_late(self) -> Array:
        found: Array = self.delivered_at > self.promised_at
        return found


def drawn_orders(company: Company, customers: Customers) -> Orders:
    """Draw orders: a Poisson process; most parcels come early, some much too late."""
    rng = company.generator("orders")
    expected = company.size * ORDERS_PER_CUSTOMER_YEAR * company.days / DAYS_OF_A_YEAR
    size = int(rng.poisson(expected))
    customer = rng.integers(0, company.size, size)
    ordered = rng.random(size) * company.end
    here = ordered >= customers.first_seen_at[customer]
    customer, ordered = customer[here], ordered[here]
    size = len(customer)
    product = pick(np.cumsum(PRODUCT_WEIGHTS), rng.random(size))
    takes = rng.lognormal(np.log(2.6), 0.38, size) * DAY
    worth = PRICES[product] * RATE_OF_PLACE[customers.place[customer]]
    return Orders(
        customer=customer,
        product=product,
        ordered_at=ordered,
        promised_at=np.ceil((ordered + PROMISED_DAYS * DAY) / DAY) * DAY - 4 * HOUR,
        delivered_at=ordered + takes,
        value_cents=np.rint(worth * rng.lognormal(0.0, 0.25, size) * 100).astype(np.int64),
    )
