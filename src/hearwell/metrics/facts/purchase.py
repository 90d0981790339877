"""One row for each purchase, with the next one of the same customer."""

from collections.abc import Mapping

import ibis

from hearwell.metrics.facts.steps import Steps, named
from hearwell.metrics.part import Expr
from hearwell.records.record import (
    Dimension,
    Flag,
    Instant,
    Key,
    Person,
    Record,
    RequiredInstant,
)

NOT_BOUGHT = ("canceled", "cancelled", "failed", "unavailable", "voided")
"""What shops call an order that came to nothing."""


class Purchase(Record):
    """One row for each purchase: an order that was not cancelled.

    Orders of one customer at the same instant are one purchase, told of by the first of them.
    """

    table_name = "purchase"

    order_id: Key
    customer_id: Person
    ordered_at: RequiredInstant
    next_ordered_at: Instant  # of the same customer; null where there is none
    is_first: Flag  # of the customer, as far as the lake goes back; null where nobody knows whose
    status: Dimension
    product: Dimension
    currency: Dimension
    known_until: Instant  # the last order that the source has told of


def purchases(order: Expr) -> Mapping[str, Expr]:
    """Return the tables to make; the last is `purchase`. Customers may buy in several shops."""
    steps = Steps()
    until = order.group_by("source").aggregate(known_until=order.ordered_at.max())
    until = steps.add("purchase_source", until)
    bought = order.filter(order.status.lower().notin(NOT_BOUGHT).fill_null(True))
    at_once = ibis.window(
        group_by=[bought.customer_id, bought.ordered_at],
        order_by=[bought.source, bought.order_id],
    )
    placed = bought.mutate(place=ibis.row_number().over(at_once))
    once = steps.add("purchase_once", placed.filter((placed.place == 0) | is_nobody(placed)))
    known = named("source", until)
    rows = once.join(known, once.source == known.source_source)
    in_order = ibis.window(group_by=rows.customer_id, order_by=rows.ordered_at)
    nobody = is_nobody(rows)
    rows = rows.mutate(
        next_ordered_at=nobody.ifelse(None, rows.ordered_at.lead().over(in_order)),
        is_first=nobody.ifelse(None, ibis.row_number().over(in_order) == 0),
        known_until=rows.source_known_until,
    )
    steps.add(Purchase.table_name, rows.select(*Purchase.columns()))
    return steps.made


def is_nobody(rows: Expr) -> Expr:
    return rows.customer_id.isnull()
