"""One row for each customer and month: who left."""

from collections.abc import Mapping

from hearwell.metrics.facts.presence import last_told, presence, with_leaving
from hearwell.metrics.facts.steps import Steps
from hearwell.metrics.part import Expr
from hearwell.records.record import Dimension, Flag, Instant, KeyInstant, KeyPerson, Record


class CustomerMonth(Record):
    """One row for each customer and each month that they began with us."""

    table_name = "customer_month"

    customer_id: KeyPerson
    month_began_at: KeyInstant  # in UTC, of the organisation's month
    month_ended_at: Instant
    segment: Dimension
    plan: Dimension
    language: Dimension
    country: Dimension
    has_left: Flag  # before the month ended
    is_leaving_told: Flag  # has the source told of anybody who left?
    known_until: Instant  # the last thing that the source has told


def customer_months(customer: Expr, month: Expr) -> Mapping[str, Expr]:
    """Return the tables to make; the last is `customer_month`."""
    steps = Steps()
    who = steps.add("customer_person", customer.rename(came_at="first_seen_at"))
    told = steps.add("customer_source", last_told((customer, ("first_seen_at", "left_at"))))
    known = steps.add("customer_source_leaving", with_leaving(told, who))
    rows = presence(who, known, month)
    steps.add(CustomerMonth.table_name, rows.select(*CustomerMonth.columns()))
    return steps.made
