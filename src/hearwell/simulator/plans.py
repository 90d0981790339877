"""Which plan customers were on: some who were not pleased take a smaller one."""

import numpy as np

from hearwell.simulator.column import Array, Cents, Identifiers, Instants, People, Table, Words
from hearwell.simulator.company import DAY, Company
from hearwell.simulator.customers import (
    PLACES,
    PLANS,
    RATE_OF_PLACE,
    VALUE_OF_PLAN,
    VALUE_OF_SEGMENT,
    Customers,
)
from hearwell.simulator.matters import Matters
from hearwell.simulator.outcomes import Outcomes

TAKES_SMALLER = 0.12
"""How likely a matter makes a customer take a smaller plan who was not pleased with it."""

PLEASED_FROM = 3.0
WITHIN_DAYS = 8.0
MONTHS = 12


def plan_table(company: Company, customers: Customers, matters: Matters, found: Outcomes) -> Table:
    """Return the plan each customer began with, and the smaller one that some came onto.

    The plan that a customer has in the end is already known: before a change it was the next
    larger one.
    """
    rng, size = company.generator("plans"), company.size
    cross = found.happened & (found.satisfaction < PLEASED_FROM)
    took = cross & (rng.random(len(matters)) < TAKES_SMALLER)
    at = np.where(took, found.ends_at + rng.exponential(WITHIN_DAYS * DAY, len(matters)), np.inf)
    changed = np.full(size, np.inf)
    np.minimum.at(changed, matters.customer, at)
    stays_until = np.fmin(customers.left_at, company.end)
    smaller = np.nonzero((changed < stays_until) & (customers.plan < len(PLANS) - 1))[0]
    first = customers.plan.copy()
    first[smaller] += 1
    customer = np.concatenate([np.arange(size), smaller])
    plan = np.concatenate([first, customers.plan[smaller]])
    return {
        "subscription_id": Identifiers("subscription-", customer),
        "changed_at": Instants(np.concatenate([customers.first_seen_at, changed[smaller]])),
        "customer_id": People("customer-", customer),
        "plan": Words(plan, PLANS),
        "monthly_price": Cents(monthly_cents(customers, customer, plan)),
        "currency": Words(customers.place[customer], [place.currency for place in PLACES]),
    }


def monthly_cents(customers: Customers, customer: Array, plan: Array) -> Array:
    yearly = VALUE_OF_PLAN[plan] * VALUE_OF_SEGMENT[customers.segment[customer]]
    priced = yearly * RATE_OF_PLACE[customers.place[customer]] / MONTHS
    found: Array = np.rint(priced * 100).astype(np.int64)
    return found
