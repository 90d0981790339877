"""One row for each basket."""

from hearwell.records.record import (
    Count,
    Dimension,
    Instant,
    Key,
    Money,
    Person,
    Record,
    RequiredInstant,
    Text,
)


class Cart(Record):
    """One row for each basket, ordered or not."""

    table_name = "cart"

    cart_id: Key
    visitor_id: Person
    customer_id: Person
    created_at: RequiredInstant
    last_changed_at: Instant
    items: Count
    value: Money
    currency: Dimension
    step: Dimension  # how far the customer came: basket, address, payment
    order_id: Text
    ordered_at: Instant
