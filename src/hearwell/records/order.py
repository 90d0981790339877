"""One row for each purchase."""

from hearwell.records.record import (
    Dimension,
    Instant,
    Key,
    Money,
    Person,
    Record,
    RequiredInstant,
)


class Order(Record):
    """One row for each purchase."""

    table_name = "order"

    order_id: Key
    customer_id: Person
    ordered_at: RequiredInstant
    promised_at: Instant
    delivered_at: Instant
    status: Dimension
    product: Dimension
    value: Money
    currency: Dimension
