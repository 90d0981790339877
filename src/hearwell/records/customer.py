"""One row for each person or organisation served."""

from hearwell.records.record import Dimension, Instant, KeyPerson, Money, Record


class Customer(Record):
    """One row for each person or organisation served."""

    table_name = "customer"

    customer_id: KeyPerson
    segment: Dimension
    plan: Dimension
    language: Dimension  # BCP 47, such as pa or pt-BR
    country: Dimension  # ISO 3166, such as PK
    first_seen_at: Instant
    left_at: Instant  # when the customer left for good; null while they stay
    value: Money  # what the customer is worth a year
    currency: Dimension  # ISO 4217
