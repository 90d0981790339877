"""Cohorts: which customers a question is about, by what is known of them elsewhere."""

import re
from datetime import datetime

import ibis

from hearwell.engine.errors import BadQuestion
from hearwell.engine.period import Period, cell_after, day_or_moment, to_utc
from hearwell.language import gettext_noop
from hearwell.metrics.part import Expr
from hearwell.records.customer import Customer
from hearwell.records.order import Order

SOURCES = (Customer, Order)


def of_cohort(table: Expr, name: str, values: list[str], zone: str) -> Expr:
    """Return the condition that a row is of a customer of the cohort.

    Raises:
        BadQuestion: a value is no period.

    """
    order, customer = Order.unbound(), Customer.unbound()
    if name == "cohort.bought":
        chosen = order.filter(order.product.isin(values))
    elif name == "cohort.first_seen":
        chosen = customer.filter(any_of(customer.first_seen_at, values, zone))
    else:
        first = order.filter(order.customer_id.notnull()).group_by("customer_id")
        bought = first.aggregate(first_at=order.ordered_at.min())
        chosen = bought.filter(any_of(bought.first_at, values, zone))
    return table.customer_id.isin(chosen.customer_id)


def in_both(table: Expr, rows: Expr, at: Expr, now: Period, before: Period) -> Expr:
    """Return the condition that a row is of a customer who has rows in both periods.

    Args:
        table: the rows of the question.
        rows: the same by another name, as SQL reads a table twice.
        at: the instant by which those are dated.

    """

    def there(period: Period) -> Expr:
        inside = (at >= ibis.timestamp(period.begins)) & (at < ibis.timestamp(period.ends))
        return table.customer_id.isin(rows.filter(inside).customer_id)

    return there(now) & there(before)


def any_of(instant: Expr, texts: list[str], zone: str) -> Expr:
    condition = ibis.literal(False)
    for text in texts:
        span = month_or_day(text, zone)
        condition |= (instant >= ibis.timestamp(span.begins)) & (
            instant < ibis.timestamp(span.ends)
        )
    return condition


def month_or_day(text: str, zone: str) -> Period:
    """Read a year, a month or a day, such as 2026, 2026-05 or 2026-05-31."""
    whole = re.fullmatch(r"(\d{4})(-\d{2})?(-\d{2})?", text)
    if whole is None:
        problem = gettext_noop(
            "{given} is no year, month or day such as 2026, 2026-05 or 2026-05-31."
        )
        raise BadQuestion(problem, given=repr(text))
    _, month, day = whole.groups()
    begins = datetime.fromisoformat(str(day_or_moment(text + "-01" * ((not month) + (not day)))))
    ends = cell_after(begins, "day" if day else "month" if month else "year")
    return Period(to_utc(begins, zone), to_utc(ends, zone))
